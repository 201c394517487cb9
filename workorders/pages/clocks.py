"""Timers as clocks: what runs, what is paused and why, what happens when the time is up."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from workorders.models import Timer, WorkOrder
from workorders.pages.faces import Clock
from workorders.pages.tags import Text
from workorders.pages.words import PAUSES, TIERS
from workorders.rules.consequences import CONSEQUENCES
from workorders.rules.ladders import DAILY, Effect, step_at
from workorders.services.clocks import warning as calendar_warning
from workorders.states import FINAL, Stage, Status, TimerState

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
        consequence=consequence(timer, order),
        inner=inner_stage(order, timer.due_at, now) if not timer.assignment_id and not timer.request_id else "",
        warning=calendar_warning(timer),
    )


def inner_stage(order: WorkOrder, due_at: dt.datetime, now: dt.datetime) -> Text:
    """The stage of a clock that ends before the one on the order's face, while that has time; only dispatching has one.

    What is counted as 超时, here and on the wall, goes by the clock on the face.
    """
    face = order.due_at
    is_inner = order.status == Status.REGISTERED and face is not None and due_at < face and now <= face
    return Stage.DISPATCH.label if is_inner else ""


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


def consequence(timer: Timer, order: WorkOrder) -> Text:
    """What the next step does that is more than a warning; after the highest supervision there is no next one."""
    for index in range(timer.step, timer.step + 6):
        step = step_at(timer.policy_snapshot, index)
        if step is None:
            return ""
        if step["effect"] == Effect.SUPERVISE:
            if step["name"] == DAILY or order.supervision_tier >= max(TIERS):
                return _("系统再次督促，三级督办已是最高一级")
            return _("系统发出%s") % TIERS.get(step["tier"], TIERS[3])
        if step["effect"] != QUIET:
            return CONSEQUENCES[step["effect"]]
    return ""


def pressing(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder, tuple[int, dt.datetime | None, dt.datetime | None]]:
    """Keys, and the running clock of the order that ends first: ``pressing_at``, begun at ``pressing_from``."""
    running = Timer.objects.filter(order=OuterRef("pk"), state=TimerState.PENDING, assignment=None, request=None)
    first = running.order_by("due_at")
    found = orders.annotate(
        pressing_at=Subquery(first.values("due_at")[:1]), pressing_from=Subquery(first.values("started_at")[:1])
    )
    return found.values_list("pk", "pressing_at", "pressing_from")


def press(order: WorkOrder, ends: dt.datetime | None, began: dt.datetime | None) -> None:
    """Put what ``pressing`` found on an order that was read after it."""
    order.pressing_at, order.pressing_from = ends, began  # type: ignore[attr-defined]


def row_clock(order: WorkOrder, now: dt.datetime) -> Clock | None:
    """The clock on a line, from ``pressing`` where that was asked for, else from the order's own due."""
    due = getattr(order, "pressing_at", order.due_at)
    if due is None or order.status in FINAL:
        return None
    started = getattr(order, "pressing_from", None) or order.registered_at or order.reported_at
    return Clock(label="", started_at=started, due_at=due, now=now, inner=inner_stage(order, due, now))


def at(moment: dt.datetime | None) -> str:
    """Hours and minutes today, the date as well before."""
    if moment is None:
        return ""
    local = timezone.localtime(moment)
    return local.strftime("%H:%M" if local.date() == timezone.localdate() else "%m-%d %H:%M")
