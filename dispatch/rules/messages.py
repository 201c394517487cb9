"""What leaves the house of a notice: to whom by default, when, and in which words. Pure.

A template's words in square brackets are left out when something that they name is unknown: ``[，{due} 到期]``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.rules.kinds import KINDS, OF_ORDERS, TO_CITIZENS, label_of

Text = str | Promise
SMS, MAIL, ROBOT = "sms", "mail", "robot"
WAYS: Mapping[str, Text] = {SMS: gettext_lazy("短信"), MAIL: gettext_lazy("邮件")}

# The kinds as they stand on the page of settings; one that is in none is in the last.
GROUPS: Sequence[tuple[Text, tuple[str, ...]]] = (
    (
        gettext_lazy("派单与办理"),
        ("dispatched", "returned", "rework", "handed_down", "assigned", "callback_missed", "answered"),
    ),
    (gettext_lazy("时限与升级"), ("warned", "reminded", "escalated", "arbitration_raised")),
    (gettext_lazy("审批"), ("requested", "approved", "refused")),
    (
        gettext_lazy("督办"),
        (
            "supervised",
            "supervision",
            "urged",
            "reply_due",
            "reply_overdue",
            "replied",
            "reply_refused",
            "accountability",
        ),
    ),
    (
        gettext_lazy("值班"),
        (
            "roster_gap",
            "roster_placed",
            "roster_removed",
            "shift_due",
            "handover_due",
            "handed_over",
            "swap",
            "swap_agreed",
            "swap_refused",
        ),
    ),
    (gettext_lazy("吹哨报到"), ("whistle", "whistle_ended", "whistle_raised", "no_show")),
)
OTHERS: Text = gettext_lazy("其他")

# What a person of each role gets by a short message until they say otherwise.
DEFAULTS: Mapping[str, frozenset[str]] = {
    "department_handler": frozenset({"dispatched", "rework", "reminded", "supervised", "supervision", "whistle"}),
    "street_dispatcher": frozenset({"escalated", "supervised", "supervision", "roster_gap", "whistle", "no_show"}),
    "district_dispatcher": frozenset({"arbitration_raised", "supervised", "roster_gap", "whistle_raised"}),
    "district_commander": frozenset({"arbitration_raised", "supervised", "whistle_raised", "channel_failed"}),
    "community_officer": frozenset({"rework", "supervised", "whistle"}),
    "grid_worker": frozenset({"assigned", "swap", "whistle"}),
    "supervisor": frozenset({"reply_overdue"}),
    "unit_leader": frozenset({"supervised", "supervision", "whistle"}),
    "citizen": frozenset({"answered"}),
}
ROBOT_DEFAULTS = frozenset(
    {
        "dispatched", "returned", "rework", "handed_down", "escalated", "supervised", "supervision", "whistle",
        "no_show", "roster_gap", "announcement", "arbitration_raised", "channel_failed",
    }
)  # fmt: skip
QUIET_FROM, QUIET_UNTIL = dt.time(22, 0), dt.time(7, 0)
BUNDLE_MINUTES, MOST_BUNDLE_MINUTES = 5, 60


def grouped() -> list[tuple[Text, list[str]]]:
    """Every kind in one group."""
    named = {name for _title, names in GROUPS for name in names}
    rest = [name for name in KINDS if name not in named]
    return [(title, list(names)) for title, names in GROUPS] + ([(OTHERS, rest)] if rest else [])


def defaults_for(roles: Sequence[str], way: str) -> frozenset[str]:
    """Kinds that somebody with these roles is sent by ``way`` without having said so."""
    if way == ROBOT:
        return ROBOT_DEFAULTS
    return frozenset().union(*(DEFAULTS.get(role, frozenset()) for role in roles)) if way == SMS else frozenset()


def quiet_until(now: dt.datetime, start: dt.time | None, end: dt.time | None) -> dt.datetime | None:
    """When the quiet hours that ``now`` (local) lies in are over; None outside of them. They may go over midnight."""
    if start is None or end is None or start == end:
        return None
    moment = now.timetz().replace(tzinfo=None)
    over_midnight = start > end
    inside = (moment >= start or moment < end) if over_midnight else start <= moment < end
    if not inside:
        return None
    day = now.date() + dt.timedelta(days=1 if over_midnight and moment >= start else 0)
    return dt.datetime.combine(day, end, tzinfo=now.tzinfo)


def due_at(
    now: dt.datetime, *, is_urgent: bool, quiet: tuple[dt.time | None, dt.time | None], minutes: int
) -> dt.datetime:
    """When a message may go: the urgent now, others after the window, and never in quiet hours. ``now`` is local."""
    if is_urgent:
        return now
    due = now + dt.timedelta(minutes=minutes)
    return quiet_until(due, *quiet) or due


@dataclass(frozen=True, slots=True)
class Words:
    """A template: of a single notice, and of several of its kind."""

    single: str
    bundle: str


PLACEHOLDERS: Mapping[str, Text] = {
    "says": gettext_lazy("通知内容"),
    "kind": gettext_lazy("类别"),
    "number": gettext_lazy("工单号"),
    "matter": gettext_lazy("事项分类"),
    "place": gettext_lazy("所在网格"),
    "due": gettext_lazy("到期时间"),
    "unit": gettext_lazy("收件单位"),
}
BUNDLE_PLACEHOLDERS: Mapping[str, Text] = {
    "kind": gettext_lazy("类别"),
    "count": gettext_lazy("件数"),
    "earliest": gettext_lazy("最早到期"),
    "unit": gettext_lazy("收件单位"),
}
CITIZEN_PLACEHOLDERS: Mapping[str, Text] = {
    "number": gettext_lazy("工单号"),
    "matter": gettext_lazy("事项分类"),
    "due": gettext_lazy("承诺时间"),
    "reason": gettext_lazy("未予立案的原因"),
    "questions": gettext_lazy("三个问题的链接"),
    "link": gettext_lazy("进度链接"),
}
PLACEHOLDER = re.compile(r"\{(\w+)\}")
OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
TEXT_LIMIT = 200
_ORDER = Words("{number} {matter}[（{place}）]：{says}[，{due} 到期]", "{count} 件{kind}[，最早 {earliest} 到期]")
_PLAIN = Words("{says}", "{count} 条{kind}")
# One message for each, never several in one.
_CITIZENS: Mapping[str, Words] = {
    "news_accepted": Words("您反映的{matter}（{number}）已受理[，承诺 {due} 前办完]。[查进度：{link}]", ""),
    "news_declined": Words("您反映的{matter}（{number}）未予立案[，原因：{reason}]。[查看详情：{link}]", ""),
    "news_closed": Words("您反映的{matter}（{number}）已办结。[解决了吗？请您评价：{questions}][查看结果：{link}]", ""),
}
SAMPLE: Mapping[str, str] = {
    "says": "新派单，请签收", "kind": "新派单", "number": "PK20261121-000123", "matter": "占道经营",
    "place": "江浦街道凤凰社区第3网格", "due": "11-21 14:30", "unit": "江浦城管中队", "count": "5",
    "earliest": "11-21 14:30", "reason": "不属于城市管理范围", "link": "https://lianqin.example.gov.cn/…",
    "questions": "https://lianqin.example.gov.cn/…",
}  # fmt: skip


def default_words(kind: str, *, is_of_order: bool = True) -> Words:
    if kind in TO_CITIZENS:
        return _CITIZENS[kind]
    return _ORDER if is_of_order and (kind in OF_ORDERS or kind == "urged") else _PLAIN


def placeholders_of(kind: str) -> dict[str, Mapping[str, Text]]:
    """What the words of a kind may name: field -> placeholders. What goes to citizens is never bundled."""
    if kind in TO_CITIZENS:
        return {"single": CITIZEN_PLACEHOLDERS}
    return {"single": PLACEHOLDERS, "bundle": BUNDLE_PLACEHOLDERS}


def faults_of(words: Words, kind: str = "") -> dict[str, str]:
    """What is wrong with a template: field -> why."""
    found = {}
    for name, allowed in placeholders_of(kind).items():
        text: str = getattr(words, name)
        strange = sorted(set(PLACEHOLDER.findall(text)) - set(allowed))
        if not text.strip():
            found[name] = _("请填写")
        elif len(text) > TEXT_LIMIT or not text.isprintable():
            found[name] = _("不超过 %d 字，不换行") % TEXT_LIMIT
        elif strange:
            found[name] = _("未知的占位符：%s") % "、".join(strange)
        elif set(OPTIONAL.sub("", PLACEHOLDER.sub("", text))) & set("{}[]"):
            found[name] = _("括号不成对")
        elif re.search(r"\d{7,}", text):
            found[name] = _("模板中不要写号码")
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """The template in words; what a value contains is never read as a placeholder."""

    def optional(found: re.Match[str]) -> str:
        return found[1] if all(values.get(name) for name in PLACEHOLDER.findall(found[1])) else ""

    return PLACEHOLDER.sub(lambda found: values.get(found[1], ""), OPTIONAL.sub(optional, text)).strip()


def mixed(kinds: Sequence[str]) -> str:
    """Several notices of several kinds: 8 条通知：新派单 5，时限预警 3."""
    counted = Counter(kinds).most_common()
    parts = "，".join(f"{label_of(name)} {number}" for name, number in counted[:6])
    return _("%(number)d 条通知：%(parts)s") % {"number": len(kinds), "parts": parts}
