"""Start, pause, lengthen and stop clocks; and one rule that says which clocks must run."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catalogue import calendars
from catalogue.deadlines import policy_for
from catalogue.workclock import SHANGHAI, WorkClock
from lianqin.kernel.statements import prepared
from workorders.models import Assignment, Request, Timer
from workorders.rules import ladders
from workorders.services.work import Work, pk_of
from workorders.states import (
    RUNNING,
    Level,
    RequestKind,
    Stage,
    Tier,
    TimerState,
)

# What a department does itself is measured by its own hours; what the order is promised, by the district's.
OF_UNITS = frozenset({Stage.ACKNOWLEDGE, Stage.HANDLE})
# Stages that cannot end after the order has to be resolved.
CAPPED = frozenset({Stage.DISPATCH, Stage.ACKNOWLEDGE, Stage.HANDLE})


def start(
    work: Work,
    stage: str,
    *,
    assignment: Assignment | None = None,
    request: Request | None = None,
    seconds: float | None = None,
    until: dt.datetime | None = None,
) -> Timer:
    """Begin a clock by the rules of this moment, frozen into it; ``seconds`` or ``until`` overrule the rule."""
    order = work.order
    level = request_level(request) if request else order.level
    policy = policy_for(
        stage=stage,
        level=level,
        category_id=order.category_id,
        urgency=order.urgency,
        source=order.source,
        on=_local_date(work),
        unit_id=_whose(stage, assignment),
    )
    calendar = calendars.by_version(policy.calendar_version)
    around = policy.around_the_clock
    total = float(policy.seconds) if seconds is None else seconds
    if until is not None:
        around, total = True, max(1.0, (until - work.now).total_seconds())
    resolve = work.timer(Stage.RESOLVE)
    if stage in CAPPED and resolve is not None:
        around, total = _capped(work, resolve, calendar, around, total)
    timer = Timer(
        order=order,
        assignment=assignment,
        request=request,
        stage=stage,
        level=level,
        generation=_generation(work, stage, level, assignment, request),
        started_at=work.now,
        running_since=work.now,
        due_at=work.now,
        policy_snapshot=ladders.snapshot(
            ladder_of(stage, level, request),
            total,
            _day_seconds(calendar, around),
            original=total,
            around_the_clock=around,
            rule=policy.rule_id,
        ),
        calendar_version=policy.calendar_version,
    )
    plan(timer)
    work.timers.append(timer)
    return timer


def _day_seconds(calendar: WorkClock, around_the_clock: bool) -> float:
    """A day as the clock counts it: "every working day" is every day for one that never stands still."""
    return 86_400 if around_the_clock else calendar.day_seconds


def _whose(stage: str, assignment: Assignment | None) -> int | None:
    """The unit by whose calendar the clock goes, if it keeps one of its own."""
    return assignment.unit_id if assignment is not None and stage in OF_UNITS else None


def _local_date(work: Work) -> dt.date:
    """The day whose rules hold, by the one clock of the platform."""
    return work.now.astimezone(SHANGHAI).date()


def request_level(request: Request) -> str:
    return Level.STREET if request.tier == Tier.STREET else Level.DISTRICT


def ladder_of(stage: str, level: str, request: Request | None) -> ladders.Ladder:
    if request is None:
        return ladders.LADDERS[stage, level]
    if request.kind != RequestKind.ARBITRATION:
        return ladders.DECIDE
    return ladders.ARBITRATE_AT_TOP if request.tier == Tier.COMMANDER else ladders.ARBITRATE


def _generation(work: Work, stage: str, level: str, assignment: Assignment | None, request: Request | None) -> int:
    key = (stage, level, pk_of(assignment), pk_of(request))
    return sum((each.stage, each.level, each.assignment_id, each.request_id) == key for each in work.timers)


def _capped(work: Work, resolve: Timer, calendar: WorkClock, around: bool, total: float) -> tuple[bool, float]:
    """Cut a stage at the order's own due; one that is already overdue gets its full time."""
    if resolve.due_at <= work.now or calendar.add(work.now, total, around_the_clock=around) <= resolve.due_at:
        return around, total
    within = calendar.seconds_between(work.now, resolve.due_at, around_the_clock=around)
    if within >= 1:
        return around, within
    return True, calendar.seconds_between(work.now, resolve.due_at, around_the_clock=True)


def plan(timer: Timer) -> None:
    """Set ``due_at`` and ``next_at`` of a running clock from what has elapsed. A paused clock keeps its due."""
    if timer.state != TimerState.PENDING:
        return
    policy = timer.policy_snapshot
    timer.due_at = _reach(timer, policy["seconds"])
    step = ladders.step_at(policy, timer.step)
    timer.next_at = _reach(timer, step["offset"]) if step else None


def _reach(timer: Timer, offset: float) -> dt.datetime:
    calendar = calendars.by_version(timer.calendar_version)
    return calendar.add(
        timer.running_since,
        offset - timer.elapsed_seconds,
        around_the_clock=timer.policy_snapshot["around_the_clock"],
    )


def warning(timer: Timer) -> str:
    """A sentence when the calendar of a running clock only guesses at its due, else nothing."""
    if timer.state != TimerState.PENDING or timer.policy_snapshot["around_the_clock"]:
        return ""
    return calendars.by_version(timer.calendar_version).warning_for(timer.due_at)


def seconds_between(timer: Timer, start_at: dt.datetime, end_at: dt.datetime) -> float:
    """Seconds on the clock of this timer."""
    calendar = calendars.by_version(timer.calendar_version)
    around: bool = timer.policy_snapshot["around_the_clock"]
    return calendar.seconds_between(start_at, end_at, around_the_clock=around)


def elapsed(timer: Timer, now: dt.datetime) -> float:
    """Seconds used, on the clock of this timer."""
    if timer.state != TimerState.PENDING:
        return timer.elapsed_seconds
    return timer.elapsed_seconds + seconds_between(timer, timer.running_since, now)


def stop(work: Work, timer: Timer | None) -> None:
    if timer is None or timer.state not in RUNNING:
        return
    timer.elapsed_seconds = elapsed(timer, work.now)
    timer.state, timer.next_at = work.stop_state, None


def pause(work: Work, timer: Timer) -> None:
    if timer.state == TimerState.PENDING:
        credit(timer)
        timer.elapsed_seconds = elapsed(timer, work.now)
        timer.state, timer.next_at = TimerState.PAUSED, None


def unpause(work: Work, timer: Timer) -> None:
    if timer.state == TimerState.PAUSED:
        timer.state, timer.running_since = TimerState.PENDING, work.now
        timer.credited_seconds = 0
        plan(timer)
        _rest_from(timer, work.now)


def lengthen(timer: Timer, seconds: float) -> None:
    """Move the due and every step still to come by ``seconds`` (negative: earlier) on the timer's own clock."""
    policy: dict[str, Any] = dict(timer.policy_snapshot)
    policy["seconds"] += seconds
    policy["steps"] = [
        {**step, "offset": step["offset"] + seconds} if index >= timer.step else step
        for index, step in enumerate(policy["steps"])
    ]
    timer.policy_snapshot = policy
    if timer.state == TimerState.PAUSED:
        return
    plan(timer)


def owed(timer: Timer) -> float:
    """Seconds that the platform's downtime took from a running clock and that are not given back yet."""
    if timer.state != TimerState.PENDING:
        return 0.0
    with prepared() as cursor:
        cursor.execute("SELECT began_at, ended_at FROM workorders_downtime WHERE ended_at > %s", [timer.running_since])
        gaps = cursor.fetchall()
    lost = sum(seconds_between(timer, max(began_at, timer.running_since), ended_at) for began_at, ended_at in gaps)
    return max(0.0, lost - timer.credited_seconds)


def credit(timer: Timer) -> float:
    """Give back what the platform's downtime took, before anything is held against anybody."""
    seconds = owed(timer)
    if seconds >= 1:
        timer.credited_seconds += seconds
        lengthen(timer, seconds)
        return seconds
    return 0.0


def is_over(timer: Timer, now: dt.datetime) -> bool:
    """Whether the due has passed, with the downtime that is still owed. A query only if it has passed at all."""
    return timer.due_at < now and _reach(timer, timer.policy_snapshot["seconds"] + owed(timer)) < now


def climb(timer: Timer, now: dt.datetime) -> None:
    """Step on after a firing: never sooner than the rest that the next step demands."""
    timer.step += 1
    timer.attempts, timer.retry_at = 0, None
    if timer.state == TimerState.PENDING:
        plan(timer)
        _rest_from(timer, now)


def _rest_from(timer: Timer, now: dt.datetime) -> None:
    step = ladders.step_at(timer.policy_snapshot, timer.step)
    if step is None or timer.next_at is None or timer.step == 0:
        return
    calendar = calendars.by_version(timer.calendar_version)
    around = timer.policy_snapshot["around_the_clock"]
    timer.next_at = max(timer.next_at, calendar.add(now, step["rest"], around_the_clock=around))


def retime(work: Work, timer: Timer) -> None:
    """Recompute a running clock from its start by the rules and the calendar of this moment."""
    order = work.order
    policy = policy_for(
        stage=timer.stage,
        level=timer.level,
        category_id=order.category_id,
        urgency=order.urgency,
        source=order.source,
        on=_local_date(work),
        unit_id=_whose(timer.stage, timer.assignment),
    )
    calendar = calendars.by_version(policy.calendar_version)
    before = timer.policy_snapshot
    share = elapsed(timer, work.now) / max(before["seconds"], 1.0)
    granted = before["seconds"] - before["original"]
    total = float(policy.seconds)
    timer.policy_snapshot = ladders.snapshot(
        ladder_of(timer.stage, timer.level, timer.request),
        total + granted,
        _day_seconds(calendar, policy.around_the_clock),
        original=total,
        around_the_clock=policy.around_the_clock,
        rule=policy.rule_id,
    )
    timer.calendar_version = policy.calendar_version
    _recount(timer, work.now, share, policy.around_the_clock == before["around_the_clock"])
    plan(timer)


def follow(timer: Timer, version: int) -> None:
    """Count the same time over another calendar: a clock that never paused from its start, else from its last start."""
    if timer.elapsed_seconds == 0:
        timer.running_since = timer.started_at
    timer.calendar_version = version
    plan(timer)


def _recount(timer: Timer, now: dt.datetime, share: float, same_clock: bool) -> None:
    """A clock that never paused counts again from its start; one that did keeps what it used."""
    if timer.elapsed_seconds == 0 and timer.state == TimerState.PENDING:
        timer.running_since = timer.started_at
    elif not same_clock:
        timer.elapsed_seconds = share * timer.policy_snapshot["seconds"]
        timer.running_since = now
