"""What the steps of a steward are called, what each asks for, and how the history tells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids.models import StewardEvent
from grids.rules import add_months, quarter_of
from grids.states import StewardState

# Name on the button, and its tone.
WORDS: Mapping[str, tuple[Any, str]] = {
    "apply": (gettext_lazy("报名"), "primary"),
    "pass_review": (gettext_lazy("审核通过"), "primary"),
    "refuse_review": (gettext_lazy("审核不通过"), "danger"),
    "pass_interview": (gettext_lazy("面试通过"), "primary"),
    "refuse_interview": (gettext_lazy("面试不通过"), "danger"),
    "publish": (gettext_lazy("发布公示"), "primary"),
    "object": (gettext_lazy("登记异议"), "plain"),
    "dismiss_objection": (gettext_lazy("异议不成立"), "plain"),
    "uphold_objection": (gettext_lazy("异议成立，不予录用"), "danger"),
    "end_notice": (gettext_lazy("公示期满"), "plain"),
    "start_duty": (gettext_lazy("上岗"), "primary"),
    "refuse_training": (gettext_lazy("岗前培训不合格"), "danger"),
    "assess": (gettext_lazy("季度考核"), "plain"),
    "leave": (gettext_lazy("卸任"), "danger"),
    "withdraw": (gettext_lazy("本人撤回"), "danger"),
}
# Fields of the form of a step, in order; "*" marks what must be filled in.
ASKS: Mapping[str, tuple[str, ...]] = {
    "refuse_review": ("reason*",),
    "pass_interview": ("score*", "reason"),
    "refuse_interview": ("score*", "reason*"),
    "object": ("said_by", "reason*"),
    "dismiss_objection": ("objection*", "reason*"),
    "uphold_objection": ("objection*", "reason*"),
    "refuse_training": ("reason*",),
    "assess": ("quarter*", "score*", "reason"),
    "leave": ("reason*",),
    "withdraw": ("reason*",),
}
STATE_TONES: Mapping[str, str] = {
    StewardState.APPLIED: "primary",
    StewardState.REVIEWED: "primary",
    StewardState.INTERVIEWED: "primary",
    StewardState.ON_NOTICE: "warn",
    StewardState.TRAINING: "primary",
    StewardState.ON_DUTY: "ok",
    StewardState.LEFT: "muted",
    StewardState.REFUSED: "critical",
    StewardState.WITHDRAWN: "muted",
}
TOLD: Mapping[str, Any] = {
    "apply": gettext_lazy("报名"),
    "pass_review": gettext_lazy("资格审核通过"),
    "refuse_review": gettext_lazy("资格审核不通过"),
    "pass_interview": gettext_lazy("面试通过，成绩 %(score)s"),
    "refuse_interview": gettext_lazy("面试不通过，成绩 %(score)s"),
    "publish": gettext_lazy("开始公示，为期 %(days)s 天"),
    "object": gettext_lazy("收到异议"),
    "dismiss_objection": gettext_lazy("异议经核实不成立"),
    "uphold_objection": gettext_lazy("异议经核实成立，不予录用"),
    "end_notice": gettext_lazy("公示期满，无未决异议，转入岗前培训"),
    "start_duty": gettext_lazy("上岗"),
    "refuse_training": gettext_lazy("岗前培训不合格"),
    "assess": gettext_lazy("%(quarter_name)s考核 %(score)s 分，%(grade)s"),
    "leave": gettext_lazy("卸任"),
    "withdraw": gettext_lazy("本人撤回"),
}


def sentence(event: StewardEvent) -> str:
    """An event in words, without who and when."""
    detail = dict(event.detail)
    day = parse_date(str(detail.get("quarter", "")))
    detail["quarter_name"] = quarter_name(day) if day else ""
    detail["score"] = str(detail.get("score", "")).removesuffix(".0")
    words = str(TOLD[event.action])
    try:
        return words % detail
    except KeyError:  # Written by a seed or an import that knew less.
        return str(WORDS[event.action][0])


def quarter_name(quarter: dt.date) -> str:
    return _("%(year)d 年第 %(number)d 季度") % {"year": quarter.year, "number": (quarter.month + 2) // 3}


def quarters(day: dt.date, count: int = 6) -> list[tuple[str, str]]:
    """This quarter and those before it, for a select."""
    newest = quarter_of(day)
    found = [add_months(newest, -3 * back) for back in range(count)]
    return [(quarter.isoformat(), quarter_name(quarter)) for quarter in found]
