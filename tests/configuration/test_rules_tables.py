"""Deadlines and calendar days from files: into a draft, never into the table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command

from catalogue.models import CalendarDraft, Category, DeadlineDraft, DeadlineRule, WorkCalendar
from catalogue.services import change_deadline
from lianqin.kernel.actors import SYSTEM
from tests.cast import Cast
from tests.configuration.files import Office, csv_file, faults

RULES = ["环节", "紧急程度", "响应级别", "事项编码", "来源", "时长", "单位", "全天计时", "停用"]
DAYS = ["日期", "安排", "当日时段", "说明"]


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    settings.MEDIA_ROOT = tmp_path
    parent = Category.objects.create(code="T", name="试验类", level=1)
    Category.objects.create(code="T01", name="普通事项", level=2, parent=parent)
    change_deadline(
        stage="verify", urgency="normal", amount=1, unit="workdays", by=SYSTEM, valid_from=dt.date(2018, 1, 1)
    )
    change_deadline(stage="accept", amount=120, unit="minutes", by=SYSTEM, valid_from=dt.date(2018, 1, 1))
    return Office(cast)


def test_rules_of_a_file_become_a_draft(office: Office) -> None:
    rows = [
        RULES,
        ["核查", "一般", "", "", "", "240", "分钟", "否", ""],
        ["受理", "", "", "", "", "120", "分钟", "", ""],  # As it stands.
        ["处置", "紧急", "一级 街道", "T01", "12345 热线", "90", "分钟", "是", ""],
    ]
    job = office.checked("deadlines", csv_file(rows))
    assert (job.state, job.new, job.changed, job.same, job.wrong) == ("checked", 1, 1, 1, 0)
    assert not DeadlineDraft.objects.exists()
    office.step(job, "apply")
    assert job.state == "applied"
    assert DeadlineRule.objects.count() == 2
    draft = DeadlineDraft.objects.get()
    assert (draft.state, draft.changes.count()) == ("draft", 2)
    line = draft.changes.get(stage="handle")
    assert (line.category.code if line.category else "", line.source, line.around_the_clock) == (
        "T01", "hotline_12345", True,
    )  # fmt: skip
    office.step(job, "undo")
    assert DeadlineDraft.objects.get().state == "withdrawn"


def test_each_wrong_rule_is_named(office: Office) -> None:
    rows = [
        RULES,
        ["核查", "一般", "", "X99", "", "240", "分钟", "", ""],
        ["核查", "紧急", "", "", "", "", "", "", ""],
        ["核查", "特急", "", "", "", "2", "工作日", "是", ""],
        ["办结", "", "", "", "", "", "", "", "是"],
        ["睡觉", "", "", "", "", "2", "工作日", "", ""],
    ]
    job = office.checked("deadlines", csv_file(rows))
    assert job.wrong == 5
    told = str(faults(job))
    for text in (
        "没有这个事项，请先导入事项目录", "请填写时长", "全天计时只能以分钟计", "无从停用", "应为：受理、办结",
    ):  # fmt: skip
        assert text in told
    assert not DeadlineDraft.objects.exists()


def test_days_of_a_file_become_a_draft_whose_year_is_known(office: Office) -> None:
    call_command("seed_catalogue", verbosity=0)
    rows = [
        DAYS,
        ["2027-01-01", "休息", "", "元旦"],
        ["2027年1月10日", "上班", "", "元旦调休上班"],
        ["2027/2/5", "上班", "09:00-12:00", "除夕前一天"],
    ]
    job = office.step(office.checked("calendar_days", csv_file(rows)), "apply")
    assert (job.state, job.new) == ("applied", 3)
    draft = CalendarDraft.objects.get()
    days = list(draft.days.values_list("date", "workday", "slots", "note"))
    assert days == [
        (dt.date(2027, 1, 1), False, None, "元旦"),
        (dt.date(2027, 1, 10), True, None, "元旦调休上班"),
        (dt.date(2027, 2, 5), True, [["09:00", "12:00"]], "除夕前一天"),
    ]
    assert draft.known_until == dt.date(2027, 12, 31)
    assert WorkCalendar.objects.count() == 1
    office.step(job, "undo")
    assert CalendarDraft.objects.get().state == "withdrawn"


def test_each_wrong_day_is_named(office: Office) -> None:
    rows = [
        DAYS,
        ["2027-13-01", "休息", "", ""],
        ["2027-01-02", "睡觉", "", ""],
        ["2027-01-03", "休息", "09:00-12:00", ""],
        ["2027-01-04", "上班", "九点到五点", ""],
        ["2027-01-05", "上班", "13:00-09:00", ""],
    ]
    job = office.checked("calendar_days", csv_file(rows))
    assert job.wrong == 5
    told = str(faults(job))
    for text in ("应为日期", "应为：休息、上班", "休息日没有工作时段", "不是时段", "按先后排列"):
        assert text in told
