"""Timers as clocks: what runs, what is paused and why, what happens when the time is up."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from workorders.models import Timer, WorkOrder
from workorders.pages.shapes import Clock, Text
from workorders.pages.words import CONSEQUENCES, PAUSES, TIERS
from workorders.rules.ladders import step_at
from workorders.states import Stage, TimerState

QUIET = "warn"


def clock_of(timer: Timer, order: WorkOrder, now: dt.datetime, *, suffix: str = "") -> Clock:
    """``suffix`` completes the name of the stage, as in 派遣剩余时间."""
    label = f"{Stage(timer.stage).label}{suffix}"
    if timer.state == TimerState.PAUSED:
        return _paused(timer, order, now, label)
    return Clock(
        label=label,
        started_at=timer.started_at,
        due_at=timer.due_at,
        now=now,
        consequence=consequence(timer),
    )


def _paused(timer: Timer, order: WorkOrder, now: dt.datetime, label: str) -> Clock:
    """A paused clock has no due moment; it shows how much of its time is left."""
    scale = settings.LIANQIN_TIME_SCALE or 1
    used = timer.elapsed_seconds / scale
    left = (timer.policy_snapshot["seconds"] - timer.elapsed_seconds) / scale
    return Clock(
        label=label,
        started_at=now - dt.timedelta(seconds=used),
        due_at=now + dt.timedelta(seconds=left),
        now=now,
        state="paused",
        paused_because=PAUSES.get(order.status, _("已暂停计时")),
    )


def consequence(timer: Timer) -> Text:
    """What the next step does that is more than a warning."""
    for index in range(timer.step, timer.step + 6):
        step = step_at(timer.policy_snapshot, index)
        if step is None:
            return ""
        if step["effect"] == "supervise":
            return _("系统发出%s") % TIERS.get(step["tier"], TIERS[3])
        if step["effect"] != QUIET:
            return CONSEQUENCES[step["effect"]]
    return ""


def row_clock(order: WorkOrder, now: dt.datetime) -> Clock | None:
    """The clock on a line of the queue, from the columns of the order alone."""
    if order.due_at is None:
        return None
    started = order.submitted_at if order.status == "submitted" else order.registered_at
    return Clock(label="", started_at=started or order.reported_at, due_at=order.due_at, now=now)
