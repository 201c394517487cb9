"""What the pages of trials show: the form as it was filled in, and what a trial changes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalogue.models import DeadlineDraft
from catalogue.rules import Level, Stage
from catalogue.selectors.deadlines import deadline_drafts
from catalogue.workclock import SHANGHAI
from dispatch.models import Trial
from dispatch.rules.replaying import STAGES
from lianqin.kernel import clock
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.numbers import whole
from workorders.pages.tags import Text

MONTHS_BACK = 24
ALL_DAY = "00:00-24:00"
PART = re.compile(r"\s*[,，;；、]\s*")
HOURS = re.compile(r"(\d{1,2}:\d{2})\s*[-\u2013\u2014~至到]\s*(\d{1,2}:\d{2})")


def read_hours(text: str) -> list[list[str]]:
    """Read "08:00-12:00, 14:00-18:00". What is no time at all comes back as it is, for the service to refuse."""
    found = []
    for part in PART.split(text.strip()):
        match = HOURS.fullmatch(part.strip())
        found.append([_two(match[1]), _two(match[2])] if match else [part, part])
    return found


def _two(time: str) -> str:
    return time.zfill(5)


def shown_hours(slots: Sequence[Sequence[str]]) -> str:
    return "，".join("-".join(slot) for slot in slots)


@dataclass(frozen=True, slots=True)
class Input:
    name: str
    label: Text
    value: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialForm:
    name: Input
    since: Input
    until: Input
    months: tuple[tuple[str, str], ...]
    draft: Input
    drafts: tuple[tuple[str, str], ...]
    shares: tuple[Input, ...]
    hours: tuple[tuple[Input, Input], ...]
    message: str = ""


def form_of(
    given: Mapping[str, str], faults: Mapping[str, Sequence[Any]] | None = None, message: str = ""
) -> TrialForm:
    """The form with what was typed; an empty one has last month, and hours of duty around the clock."""
    faults = faults or {}
    today = clock.now().astimezone(SHANGHAI).date()
    last = (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)

    def one(name: str, label: Text, default: str = "", at: str = "") -> Input:
        return Input(name, label, given.get(name, default), tuple(str(each) for each in faults.get(at or name, ())))

    return TrialForm(
        name=one("name", _("名称")),
        since=one("since", _("起始月"), f"{last:%Y-%m}"),
        until=one("until", _("截止月"), f"{last:%Y-%m}"),
        months=months_back(last),
        draft=one("draft", _("时限草稿")),
        drafts=tuple((str(each.pk), _drafts_label(each)) for each in deadline_drafts()[:50]),
        shares=tuple(one(f"share_{stage}", Stage(stage).label, "100") for stage in STAGES),
        hours=tuple(
            (
                one(f"now_{level}", _("现在的值守时段"), ALL_DAY, f"hours_{level}"),
                one(f"then_{level}", Level(level).label, ALL_DAY, f"hours_{level}"),
            )
            for level in Level.values
        ),
        message=message,
    )


def _drafts_label(draft: DeadlineDraft) -> str:
    return f"{draft.name}（{DraftState(draft.state).label}）"


def months_back(last: dt.date) -> tuple[tuple[str, str], ...]:
    """This month and those before it, the latest first."""
    found = []
    month = (last + dt.timedelta(days=31)).replace(day=1)
    for _number in range(MONTHS_BACK):
        found.append((f"{month:%Y-%m}", _("%(year)d年%(month)d月") % {"year": month.year, "month": month.month}))
        month = (month - dt.timedelta(days=1)).replace(day=1)
    return tuple(found)


def asked_of(given: Mapping[str, str]) -> dict[str, Any]:
    """The form as ``start_trial`` wants it. What is no month or number is left for the service to refuse."""
    hours = {}
    for level in Level.values:
        now, then = given.get(f"now_{level}", ALL_DAY), given.get(f"then_{level}", ALL_DAY)
        if read_hours(now) != read_hours(then):
            hours[level] = {"now": read_hours(now), "then": read_hours(then)}
    shares = {stage: _whole(given.get(f"share_{stage}", "100")) for stage in STAGES}
    draft = given.get("draft", "")
    return {
        "name": given.get("name", "")[:60],
        "since": month_of(given.get("since", "")),
        "until": month_of(given.get("until", "")),
        "shares": {stage: share for stage, share in shares.items() if share != 100},
        "hours": hours,
        "draft_id": whole(draft),
    }


def month_of(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        return dt.date.max.replace(day=1)


def _whole(text: str) -> int:
    return whole(text.strip().removesuffix("%"), 5) or 0


def changed(trial: Trial) -> tuple[str, ...]:
    """What the trial changes, a sentence each."""
    found = [
        _("%(stage)s时限调到现在的 %(share)d%%") % {"stage": Stage(stage).label, "share": share}
        for stage, share in trial.shares.items()
    ]
    found += [
        _("%(level)s值守由 %(now)s 改为 %(then)s")
        % {"level": Level(level).label, "now": shown_hours(each["now"]), "then": shown_hours(each["then"])}
        for level, each in trial.hours.items()
    ]
    if trial.changes:
        name = trial.draft.name if trial.draft else _("已删除的草稿")
        found.append(_("按时限草稿“%(name)s”的 %(number)d 条调整") % {"name": name, "number": len(trial.changes)})
    return tuple(found)
