"""Who an import acts for, how long it may take and how often, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError

from accounts.models import AuditEntry, User
from configuration.models import ImportJob
from configuration.services import imports
from configuration.tables.divisions import Divisions
from configuration.tasks import purge_imports, resume_imports, run_import
from grids.models import Community
from tests.cast import Cast
from tests.configuration.files import Office, csv_file

pytestmark = pytest.mark.django_db
HEAD = ["区划代码", "名称", "级别", "上级代码"]
RENAMED = ["320999001001", "东街新里社区", "社区", "320999001"]
PERSON = ["用户名", "姓名", "电话"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return Office(cast)


@pytest.fixture
def second(office: Office, cast: Cast) -> Office:
    """Another system administrator."""
    User.objects.create_user("sysadmin2", kind="staff", officer="sysadmin", full_name="副管理员")
    return Office(cast, "sysadmin2")


def renamed(office: Office) -> ImportJob:
    return office.checked("divisions", csv_file([HEAD, RENAMED]))


def test_it_is_carried_out_as_whoever_pressed(office: Office, second: Office) -> None:
    job = second.step(renamed(office), "apply")
    assert (job.state, job.created_by.username) == ("applied", "sysadmin")
    told = AuditEntry.objects.filter(action__in=("configuration.import_applied", "grids.division_changed"))
    assert {entry.actor.username for entry in told if entry.actor} == {"sysadmin2"}
    assert "由副管理员全部导入。" in office.page(job)
    assert office.client.get(f"/api/v1/setup/imports/{job.pk}/").json()["applied_by"] == "sysadmin2"


def test_it_is_not_carried_out_as_somebody_who_left(office: Office, second: Office) -> None:
    job = renamed(office)
    second.client.post(f"/configuration/imports/{job.pk}/", {"step": "apply"})
    User.objects.filter(username="sysadmin2").update(is_active=False)
    imports.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("failed", "办理人的账号已停用，请由在用的账号重新办理")
    assert Community.objects.get(code="320999001001").name == "东街南里社区"


def test_a_district_in_one_file_has_half_an_hour() -> None:
    for task in (run_import, resume_imports):
        assert (task.soft_time_limit, task.time_limit) == (1800, 2000)


@pytest.mark.parametrize("hidden", [False, True])
def test_what_takes_longer_is_told_plainly(office: Office, monkeypatch: pytest.MonkeyPatch, hidden: bool) -> None:
    """Even when the interrupted statement leaves nothing but an error of the database."""
    job = renamed(office)

    def interrupted(*args: Any) -> None:
        try:
            raise SoftTimeLimitExceeded
        except SoftTimeLimitExceeded:
            if hidden:
                raise OperationalError("another command is already in progress")  # noqa: B904
            raise

    monkeypatch.setattr(Divisions, "write", interrupted)
    office.step(job, "apply")
    assert (job.state, job.message) == (
        "failed", "处理超过 30 分钟，已停止，没有改动任何数据；请把文件拆小，分几次导入",
    )  # fmt: skip


def test_a_database_that_is_away_is_no_fault_of_the_file(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    job = renamed(office)
    office.client.post(f"/configuration/imports/{job.pk}/", {"step": "apply"})
    with monkeypatch.context() as away:

        def cut(*args: Any) -> None:
            raise OperationalError("server closed the connection unexpectedly")

        away.setattr(Divisions, "write", cut)
        for _time in range(5):
            with pytest.raises(OperationalError):
                imports.run(job_id=job.pk)
    imports.run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.message) == ("applied", "")


def test_answers_show_no_telephone_number_whole(office: Office) -> None:
    office.step(office.checked("people", csv_file([PERSON, ["wangfang", "王芳", "13800000002"]])), "apply")
    job = office.checked(
        "people", csv_file([PERSON, ["wangfang", "王芳", "13800000003"], ["lilei", "李雷", "13800000004"]])
    )
    for _step in range(2):
        texts = [
            office.page(job),
            *(office.client.get(f"/api/v1/setup/imports/{job.pk}/{of}").content.decode() for of in ("", "lines/")),
        ]
        assert "138****0004" in texts[0]
        assert "138****0004" in texts[2]
        assert not [number for number in range(2, 5) for text in texts if f"1380000000{number}" in text]
        office.step(job, "apply")
    assert job.outcome["changed"] == [["wangfang", "王芳", "13800000002"]]
    assert office.client.get(f"/api/v1/setup/imports/{job.pk}/").json()["outcome"] == {}


def age(job: ImportJob, days: int) -> None:
    ImportJob.objects.filter(pk=job.pk).update(finished_at=job.created_at - dt.timedelta(days=days))


def test_after_thirty_days_nothing_personal_is_left(
    office: Office, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    job = office.step(office.checked("people", csv_file([PERSON, ["wangfang", "王芳", "13800000002"]])), "apply")
    kept = tmp_path / str(job.file.name)
    age(job, 29)
    purge_imports()
    assert kept.exists()
    assert "撤销这次导入" in office.page(job)

    age(job, 31)
    with django_capture_on_commit_callbacks(execute=True):
        purge_imports()
    assert not kept.exists()
    job.refresh_from_db()
    assert (job.state, job.file.name, job.outcome, job.lines.count()) == ("applied", "", {}, 0)
    page = office.page(job)
    assert "已超过 30 天，文件与明细已清除，不能再撤销。" in page
    assert "撤销这次导入" not in page
    office.step(job, "undo")
    assert job.state == "applied"
    assert User.objects.filter(username="wangfang").exists()


def test_what_was_never_applied_is_given_up(office: Office) -> None:
    job = renamed(office)
    age(job, 31)
    purge_imports()
    job.refresh_from_db()
    assert (job.state, job.file.name, job.lines.count()) == ("dropped", "", 0)
