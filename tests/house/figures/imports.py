from typing import Any

from configuration.models import ImportJob, ImportLine
from tests.workorders.conftest import Desk


def prepare(desk: Desk) -> dict[str, Any]:
    """One import that was checked, with three lines."""
    job = ImportJob.objects.create(
        table="divisions", file="imports/a.csv", file_name="区划.csv", size=10, sha256="0" * 64, state="checked",
        headers=["区划代码", "名称"], mapping={"code": 0, "name": 1}, created_by=desk.cast.user("sysadmin"),
        total=3, new=3, found={"notes": ["编码：UTF-8"]},
    )  # fmt: skip
    ImportLine.objects.bulk_create(
        ImportLine(job=job, number=number, kind="new", key=f"32099900{number}", after={"name": "北街街道"})
        for number in (2, 3, 4)
    )
    return {"import": job.pk}


FIGURES = {
    "page imports": ("/configuration/imports/", "sysadmin", 5),
    "page import new": ("/configuration/imports/new/?table=divisions", "sysadmin", 2),
    "page import": ("/configuration/imports/{import}/", "sysadmin", 5),
    "page import progress": ("/configuration/imports/{import}/progress/", "sysadmin", 3),
    "page import wrong": ("/configuration/imports/{import}/wrong/", "sysadmin", 4),
    "page table template": ("/configuration/tables/divisions/template.xlsx", "sysadmin", 2),
    "page table export": ("/configuration/tables/divisions/export.xlsx", "sysadmin", 7),
    "api imports": ("/api/v1/setup/imports/", "sysadmin", 4),
    "api import": ("/api/v1/setup/imports/{import}/", "sysadmin", 3),
    "api import lines": ("/api/v1/setup/imports/{import}/lines/", "sysadmin", 5),
    "api import wrong": ("/api/v1/setup/imports/{import}/wrong.xlsx", "sysadmin", 4),
    "api tables": ("/api/v1/setup/tables/", "sysadmin", 4),
    "api table template": ("/api/v1/setup/tables/divisions/template.xlsx", "sysadmin", 2),
    "api table export": ("/api/v1/setup/tables/divisions/export.xlsx", "sysadmin", 6),
}
