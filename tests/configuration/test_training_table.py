"""Training records and buildings from spreadsheets: checked, read in, corrected, taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from grids import services
from grids.models import Building, Course, TrainingRecord
from tests.cast import Cast
from tests.configuration.files import Office, csv_file, faults

pytestmark = pytest.mark.django_db
HEAD = ["账号或楼栋长编号", "课程代码", "培训日期", "合格", "成绩", "证书编号", "有效期至"]
ONE = ["grid_worker", "W1", "2026-03-01", "是", "88", "A-1", ""]
TWO = ["grid_leader", "W1", "2026/3/1", "否", "45.5", "", ""]
BUILDINGS = ["楼栋代码", "名称", "社区代码", "户数", "经度", "纬度"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    services.save_course(by=cast.sysadmin, code="W1", name="岗前培训", hours=Decimal(8), valid_months=12)
    return Office(cast)


def told() -> list[tuple[str, bool, str, str]]:
    rows = TrainingRecord.objects.order_by("user__username").values_list(
        "user__username", "passed", "certificate", "valid_until"
    )
    return [(who, passed, certificate, str(until or "")) for who, passed, certificate, until in rows]


def test_records_in_corrected_and_back(office: Office) -> None:
    checked = office.checked("training_records", csv_file([HEAD, ONE, TWO]))
    assert (checked.state, checked.new) == ("checked", 2), faults(checked)
    assert not TrainingRecord.objects.exists()
    office.step(checked, "apply")
    assert told() == [("grid_leader", False, "", ""), ("grid_worker", True, "A-1", "2027-03-01")]
    mended = office.checked("training_records", csv_file([HEAD, [*TWO[:3], "是", "75", "A-2", "2026-12-31"]]))
    assert (mended.new, mended.changed) == (0, 1), faults(mended)
    office.step(mended, "apply")
    assert told()[0] == ("grid_leader", True, "A-2", "2026-12-31")
    office.step(mended, "undo")
    assert told()[0] == ("grid_leader", False, "", "")


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (["nobody", *ONE[1:]], "没有这个账号"),
        ([ONE[0], "W9", *ONE[2:]], "没有这门课程"),
        ([*ONE[:2], "三月", *ONE[3:]], "应为日期"),
        ([*ONE[:4], "188", *ONE[5:]], "0 到 100"),
        ([*ONE[:6], "2026-02-01"], "不能早于培训日期"),
    ],
)
def test_one_wrong_row_and_nothing_is_read_in(office: Office, row: list[str], wrong: str) -> None:
    job = office.checked("training_records", csv_file([HEAD, TWO, row]))
    assert wrong in str(faults(job))
    assert not TrainingRecord.objects.exists()


def test_buildings_in_and_back(office: Office) -> None:
    rows = [["L1", "一区1栋", "320999001001", "98", "118.605", "32.055"], ["L2", "一区2栋", "320999001001", "", "", ""]]
    job = office.checked("buildings", csv_file([BUILDINGS, *rows]))
    office.step(job, "apply")
    found = Building.objects.order_by("code").values_list("code", "grid__code", "households")
    assert list(found) == [("L1", "320999001001001", 98), ("L2", None, 0)], faults(job)
    office.step(job, "undo")
    assert not Building.objects.exists()
    assert Course.objects.count() == 1
