"""The sweep: find what is due without locks, then fire each step in a transaction of its own, exactly once."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from lianqin.kernel.actors import SYSTEM
from lianqin.kernel.faults import is_passing
from workorders.locks import order_if_free
from workorders.models import SweepRecord, Timer
from workorders.rules.ladders import Effect, step_at
from workorders.services import clocks
from workorders.services.alarms import TIMER_FAILED, clear_alarm, raise_alarm
from workorders.services.door import advance_locked, refuse_expired
from workorders.services.settling import settle
from workorders.services.work import Work
from workorders.states import Level, Stage, Status, Tier, TimerState

logger = logging.getLogger(__name__)
BATCH = 200
HANDFUL = 20
# How many of the oldest a handful is drawn from: sweepers side by side rarely draw the same.
WINDOW = 400
# A gap between two sweeps that is longer than this was an outage of the machine.
OUTAGE_SECONDS = 60.0
MOST_BACKOFF_SECONDS = 600

# The moment is a value, so that the planner sees how little is due and takes the index on it. The oldest come first,
# but sweepers side by side each take others of them: all at the same ones, they would mostly step over each other.
# Orders that somebody else held when we came are passed over until the next sweep, or they would hide those behind.
DUE = """
SELECT id, order_id FROM (
    SELECT id, order_id, next_at FROM (
        SELECT id, order_id, next_at FROM workorders_timer
        WHERE state = 'pending' AND next_at <= %(now)s AND (retry_at IS NULL OR retry_at <= %(now)s)
        AND NOT order_id = ANY(%(held)s)
        ORDER BY next_at LIMIT %(window)s
    ) AS oldest ORDER BY random() LIMIT %(handful)s
) AS handful ORDER BY next_at, id
"""
# One statement: whoever comes second waits for the row, so that nobody fires before a downtime is written down. Its
# commit does not wait for the disk: what a crash of the server forgets here, the next sweep finds as a longer gap, and
# no step can be on the disk before the note that was written before it.
RECORD = """
WITH before AS MATERIALIZED (
    SELECT last_at FROM workorders_sweeprecord WHERE id = %(sweep)s FOR UPDATE
), known AS MATERIALIZED (
    SELECT max(last_at) AS last_at, set_config('synchronous_commit', 'off', true) FROM before
), awake AS (
    INSERT INTO workorders_sweeprecord (id, last_at) SELECT %(sweep)s, clock_timestamp() FROM known
    ON CONFLICT (id) DO UPDATE SET last_at = EXCLUDED.last_at RETURNING last_at
), platform AS MATERIALIZED (
    SELECT lianqin_now() AS now, awake.last_at - known.last_at AS gap FROM known, awake
), outage AS (
    INSERT INTO workorders_downtime (began_at, ended_at)
    SELECT now - gap, now FROM platform WHERE gap > make_interval(secs => %(outage)s)
)
SELECT now FROM platform
"""


def sweep(limit: int = BATCH) -> int:
    """Fire what is due, at most ``limit`` steps; returns how many were fired here. Safe to run many at once."""
    now = record_sweep()
    fired, left = 0, limit
    held: set[int] = set()
    while left > 0 and (due := _due(now, min(HANDFUL, left), held)):
        for timer_id, order_id in due:
            done = _try(timer_id, order_id)
            fired += done
            if not done:
                held.add(order_id)
        left -= len(due)
        if len(due) < HANDFUL:
            break
    return fired


def _due(now: dt.datetime, handful: int, held: set[int]) -> list[tuple[int, int]]:
    """Some of the oldest timers that were due at ``now``, and their orders, without a lock. One query."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now, "window": WINDOW, "handful": handful, "held": list(held)})
        rows: list[tuple[int, int]] = cursor.fetchall()
    return rows


def _try(timer_id: int, order_id: int) -> bool:
    """One timer must not keep the others waiting: what fails backs off and raises an alarm."""
    try:
        return fire(timer_id=timer_id, order_id=order_id)
    except Exception as error:
        if is_passing(error):
            # Nothing of this timer's doing. The next sweep finds it again.
            if not connection.is_usable():
                raise
            logger.warning("timer %s of order %s put off: %s", timer_id, order_id, error)
            return False
        logger.exception("timer %s of order %s failed", timer_id, order_id)
        _back_off(timer_id, error)
        return False


def fire(*, timer_id: int, order_id: int) -> bool:
    """Fire the due step of one timer, if nobody else has the order and it is still due by the database's clock."""
    with transaction.atomic():
        order = order_if_free(order_id)
        if order is None:
            return False
        work = Work(order, SYSTEM)
        timer = next((each for each in work.timers if each.pk == timer_id), None)
        if timer is None or not _is_due(timer, work):
            return False
        if _credit(work, timer):
            return True
        step = step_at(timer.policy_snapshot, timer.step)
        if step is None:
            return False
        facts = {"timer": timer.pk, "stage": timer.stage, "step": timer.step, "name": step["name"]}
        lateness = (work.now - timer.next_at).total_seconds() if timer.next_at else 0.0
        facts["lateness_seconds"] = round(lateness, 3)
        if timer.attempts:
            clear_alarm(kind=TIMER_FAILED, subject=str(timer.pk))
        clocks.climb(timer, work.now)
        FIRE[step["effect"]](work, timer, step, facts)
        return True


def _is_due(timer: Timer, work: Work) -> bool:
    return timer.state == TimerState.PENDING and timer.next_at is not None and timer.next_at <= work.now


def _credit(work: Work, timer: Timer) -> bool:
    """Give back what the platform's downtime took from this clock, before anything is held against anybody."""
    seconds = clocks.credit(timer)
    if not seconds:
        return False
    settle(work)
    work.write("credited", data={"timer": timer.pk, "stage": timer.stage, "seconds": round(seconds)})
    return True


# What a step does. The clock has already stepped on; a move may stop it in the same write.


def _notify(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """Remind whoever has the order; a department that is reminded of its due is late, and it alone."""
    kind = "warned" if step["effect"] == Effect.WARN else "reminded"
    if timer.stage == Stage.HANDLE and step["effect"] == Effect.REMIND:
        part = next(each for each in work.assignments if each.pk == timer.assignment_id)
        part.late = True
    work.write(kind, data={**facts, "unit": _addressee(work, timer)}, unit_id=None)


def _addressee(work: Work, timer: Timer) -> int | None:
    if timer.assignment_id is not None:
        return next(each.unit_id for each in work.assignments if each.pk == timer.assignment_id)
    if timer.request_id is not None:
        return next((each.unit_id for each in work.requests if each.pk == timer.request_id), None)
    return work.order.holder_id


def _escalate(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    advance_locked(work, "escalate", {"reason": _timed_out(timer)}, facts=facts)


def _timed_out(timer: Timer) -> str:
    return _("超过%(stage)s时限，系统自动升级") % {"stage": Stage(timer.stage).label}


def _supervise(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """An order that was handed down and timed out comes back first: then it is the district that is supervised."""
    order = work.order
    if timer.stage == Stage.RESOLVE and order.level == Level.STREET and order.status != Status.SUBMITTED:
        advance_locked(work, "escalate", {"reason": _timed_out(timer)}, facts={**facts, "tier": step["tier"]})
        return
    order.supervision_tier = max(order.supervision_tier, step["tier"])
    work.write("supervised", data={**facts, "tier": step["tier"], "unit": _addressee(work, timer)})


def _take_back(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """Not what arbitration decided: that is binding, also on who does not answer; the order's own clock runs."""
    part = next(each for each in work.assignments if each.pk == timer.assignment_id)
    if part.binding:
        work.write("reminded", data={**facts, "unit": part.unit_id})
        return
    advance_locked(work, "return_assignment", {"reason": _("逾期未签收，系统退回")}, part=part, facts=facts)


def _refuse(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    request = next(each for each in work.requests if each.pk == timer.request_id)
    refuse_expired(work, request, facts)


def _raise(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    """Nobody decided an arbitration: it goes up to the commander, with a new clock."""
    request = next(each for each in work.requests if each.pk == timer.request_id)
    request.tier = Tier.COMMANDER
    clocks.stop(work, timer)
    clocks.start(work, Stage.DECIDE, request=request)
    work.write("arbitration_raised", data={**facts, "request": request.pk, "tier": request.tier})


def _resume(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    advance_locked(work, "resume", {}, facts=facts)


def _unreached(work: Work, timer: Timer, step: Mapping[str, Any], facts: dict[str, Any]) -> None:
    clocks.stop(work, timer)
    work.write("callback_missed", data=facts)


FIRE: Mapping[str, Callable[[Work, Timer, Mapping[str, Any], dict[str, Any]], None]] = {
    Effect.WARN: _notify,
    Effect.REMIND: _notify,
    Effect.ESCALATE: _escalate,
    Effect.SUPERVISE: _supervise,
    Effect.TAKE_BACK: _take_back,
    Effect.REFUSE: _refuse,
    Effect.RAISE: _raise,
    Effect.RESUME: _resume,
    Effect.UNREACHED: _unreached,
}


def record_sweep() -> dt.datetime:
    """Note that the machine is awake; a gap since the last note is written down as its downtime. Return the platform's
    time. One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"sweep": SweepRecord.SWEEP, "outage": OUTAGE_SECONDS})
        now: dt.datetime = cursor.fetchone()[0]
    return now


def _back_off(timer_id: int, error: Exception) -> None:
    with transaction.atomic():
        timer = Timer.objects.select_for_update().get(pk=timer_id)
        timer.attempts += 1
        wait = min(MOST_BACKOFF_SECONDS, 2**timer.attempts)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workorders_timer SET attempts = %s, retry_at = lianqin_now() + make_interval(secs => %s)"
                " WHERE id = %s",
                [timer.attempts, wait, timer_id],
            )
        raise_alarm(kind=TIMER_FAILED, subject=str(timer_id), detail=f"{type(error).__name__}: {error}")


assert set(FIRE) == set(Effect), "every effect of a ladder is carried out"
