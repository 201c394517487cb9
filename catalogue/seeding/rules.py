"""What the demonstration shows of drafts and admissions: something in every state, marked as synthetic."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from accounts.models import User
from catalogue.calendars import DayPlan
from catalogue.models import CalendarDraft, Category, DeadlineDraft, TaskAdmission
from catalogue.services.admissions import (
    Application,
    activate_category,
    create_category,
    draft_admission,
    move_admission,
)
from catalogue.services.calendar_drafts import draft_calendar, put_days
from catalogue.services.deadline_drafts import Line, draft_deadlines, put_deadlines, submit_deadlines
from catalogue.services.deadlines import today
from grids.selectors import actor_for
from lianqin.kernel.actors import Actor

NEEDED = ("sysadmin", "commander", "district1", "d_urban")
OPINIONS = {
    "take_up": "",
    "forward": "依据充分，人员与经费已经明确，建议准入。",
    "send_back": "请补充经费来源，并说明各街道现有人手是否够用。",
    "admit": "同意。先在两个街道试行一个季度。",
    "refuse": "属部门法定职责，不应转交网格。",
}


def seed_rules() -> int:
    """Write drafts and applications unless some are there; return how many."""
    people = {user.username: actor_for(user) for user in User.objects.filter(username__in=NEEDED)}
    if len(people) < len(NEEDED) or not Category.objects.filter(code="01").exists():
        return 0
    made = 0
    if not TaskAdmission.objects.exists():
        made += _admissions(people)
    if not DeadlineDraft.objects.exists():
        made += _deadlines(people["sysadmin"])
    if not CalendarDraft.objects.exists():
        made += _calendar(people["sysadmin"])
    return made


def _application(name: str, code: str, asked: str, basis: str, yuan: str, people: int) -> Application:
    return Application(
        name=name,
        parent_id=Category.objects.get(code=code).pk,
        asked=asked,
        legal_basis=basis,
        registration_conditions=("情况属实，位置可以确认",),
        closing_conditions=("问题消除，现场复核通过",),
        frequency="weekly",
        people_needed=people,
        budget_yuan=Decimal(yuan),
        budget_source="部门预算“网格协同”专项（演示）",
        budget_period="2027年度",
    )


def _admissions(people: dict[str, Actor]) -> int:
    rows = (
        (("飞线充电巡查", "01", "每周巡查一次楼道与地下室，发现飞线充电即劝离并上报。", "《江苏省电动自行车管理条例》",
          "360000", 2), ("submit", "take_up", "forward", "admit")),
        (("共享单车停放引导", "01", "早晚高峰在地铁口引导停放。", "《南京市市容管理条例》", "180000", 1),
         ("submit", "take_up", "forward")),
        (("门头招牌安全摸排", "02", "台风前逐店查看招牌是否松动。", "《城市市容和环境卫生管理条例》", "0", 1),
         ("submit", "take_up")),
        (("商户信息月报", "01", "每月填报一次沿街商户经营情况。", "部门工作通知", "0", 1),
         ("submit", "take_up", "refuse")),
        (("犬只登记入户", "01", "逐户登记养犬信息。", "《南京市养犬管理条例》", "90000", 2),
         ("submit", "take_up", "send_back")),
        (("油烟扰民夜查", "01", "夏季夜间每周两次。", "《大气污染防治法》", "120000", 2), ("submit",)),
    )  # fmt: skip
    bureau = people["d_urban"]
    unit_id = min(bureau.unit_ids)
    for told, steps in rows:
        made = draft_admission(unit_id=unit_id, application=_application(*told), by=bureau)
        TaskAdmission.objects.filter(pk=made.pk).update(synthetic=True)
        for step in steps:
            _move(made.pk, step, people)
        if steps[-1] == "admit":
            by = people["sysadmin"]
            create_category(
                admission_id=made.pk, code="01ZR1", street_function="urban_management",
                district_function="urban_management", evidence_required=True, by=by,
            )  # fmt: skip
            activate_category(admission_id=made.pk, by=by)
    return len(rows)


def _move(admission_id: int, action: str, people: dict[str, Actor]) -> None:
    who = {"submit": "d_urban", "admit": "commander"}.get(action, "district1")
    move_admission(admission_id=admission_id, action=action, opinion=OPINIONS.get(action, ""), by=people[who])


def _deadlines(by: Actor) -> int:
    day = today() + dt.timedelta(days=14)
    draft = draft_deadlines(name="缩短热线受理与核查时限", valid_from=day, reason="热线考核要求（演示）", by=by)
    lines = [
        Line(stage="accept", urgency="normal", source="hotline_12345", amount=30, unit="minutes"),
        Line(stage="verify", urgency="normal", amount=240, unit="minutes"),
    ]
    put_deadlines(draft_id=draft.pk, lines=lines, by=by)
    submit_deadlines(draft_id=draft.pk, by=by)
    return 1


def _calendar(by: Actor) -> int:
    """New Year alone: the rest of the year is announced by the State Council."""
    year = today().year + 1
    draft = draft_calendar(name=f"{year}年工作日历", reason="放假通知公布后补全（演示）", by=by)
    put_days(draft_id=draft.pk, days=[DayPlan(dt.date(year, 1, 1), False, "元旦")], by=by)
    return 1
