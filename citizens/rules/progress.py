"""How far a report has come, in words that need no explanation. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
TAKEN, REGISTERED, IN_WORK, CHECKED, ENDED = range(5)
STEPS: tuple[Text, ...] = (_("已收到"), _("已立案"), _("处理中"), _("核查"), _("办结"))
AT = {
    "reported": TAKEN, "registered": REGISTERED, "dispatched": IN_WORK, "handling": IN_WORK, "shelved": IN_WORK,
    "submitted": CHECKED, "closed": ENDED,
}  # fmt: skip
WITHOUT_WORK: Mapping[str, Text] = {"declined": _("不予立案"), "voided": _("已撤回或作废")}
SAYS: Mapping[str, Text] = {
    "reported": _("已经收到，正在核对情况，决定由谁来办。"),
    "registered": _("已经立案，正在安排办理单位。"),
    "dispatched": _("已经派给办理单位，等待他们签收。"),
    "handling": _("办理单位正在处理。"),
    "submitted": _("办理单位说已经处理完，正在由另外的人核查。"),
    "shelved": _("这件事一时办不了，已经登记在案，到时会重新安排。"),
    "closed": _("已经办结。"),
    "declined": _("核对后没有立案，原因见下面。"),
    "voided": _("已经撤回或作废，不再办理。"),
}
# What is promised at a status: what is to have happened by then.
PROMISES: Mapping[str, Text] = {
    "reported": _("前答复是否立案"),
    "registered": _("前办完"),
    "dispatched": _("前办完"),
    "handling": _("前办完"),
    "submitted": _("前核查完"),
    "shelved": _("前重新安排"),
}
WEEKDAYS: tuple[Text, ...] = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
# Numbers of telephones and identity cards in what staff wrote.
NUMBERS = re.compile(r"(?<!\d)(?:\d[ -]?){6,18}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: done, now or empty for what is to come."""

    title: Text
    state: str
    at: dt.datetime | None = None


def steps(status: str, times: Mapping[int, dt.datetime | None]) -> list[Step]:
    """The road of a report; one that was declined or withdrawn ends after its first step."""
    if status in WITHOUT_WORK:
        return [Step(STEPS[TAKEN], "done", times.get(TAKEN)), Step(word_of(status), "done", times.get(ENDED))]
    at = AT.get(status, TAKEN)
    states = ["done" if place < at or at == ENDED else "now" if place == at else "" for place in range(len(STEPS))]
    return [
        Step(title, states[place], times.get(place) if states[place] else None) for place, title in enumerate(STEPS)
    ]


def word_of(status: str) -> Text:
    """The step at which it is, in one word."""
    return WITHOUT_WORK.get(status) or STEPS[AT.get(status, TAKEN)]


def said(moment: dt.datetime, now: dt.datetime) -> str:
    """``11月25日（周三）18:00``, with ``今天`` or ``明天`` for what is near. Both in local time."""
    days = (moment.date() - now.date()).days
    near = {0: str(_("今天")), 1: str(_("明天"))}.get(days)
    year = f"{moment.year}年" if moment.year != now.year else ""
    day = near or f"{year}{moment.month}月{moment.day}日（{WEEKDAYS[moment.weekday()]}）"
    return f"{day} {moment:%H:%M}"


def without_numbers(text: str) -> str:
    """What staff wrote, without the numbers of people."""
    return NUMBERS.sub("×××", text)


def shortened(text: str, most: int) -> str:
    """In one line of at most ``most`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
