"""The auditor: the invariants of the state machine in SQL over everything that is open; it changes nothing."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from lianqin.kernel import clock
from workorders.models import SweepRecord, Timer, WorkOrder
from workorders.services.alarms import TIMER_FAILED, keep_only, raise_alarm
from workorders.services.chain import verify_live
from workorders.states import OPEN, TimerState

logger = logging.getLogger(__name__)
OVERDUE_SECONDS = 60
# A little less than beat's minute, so that its tick is never a moment too early.
AUDIT_EVERY_SECONDS = 50
SAMPLE = 50

NEEDED_STAGE = """
CASE o.status WHEN 'reported' THEN 'accept' WHEN 'submitted' THEN 'verify' WHEN 'shelved' THEN 'review'
ELSE 'resolve' END
"""
# kind of alarm -> query that yields (subject, detail); each is one of the invariants in STATES. Each starts from what
# is open or running, by partial indexes, so that its cost does not grow with history. Times are given as values and
# not as functions, which the planner could only guess at.
INVARIANTS: dict[str, str] = {
    "order_without_clock": f"""
        SELECT o.number, o.status FROM workorders_workorder o
        WHERE o.status = ANY(%(open)s) AND NOT EXISTS (
            SELECT 1 FROM workorders_timer t WHERE t.order_id = o.id AND t.state = 'pending'
            AND t.assignment_id IS NULL AND t.request_id IS NULL AND t.stage = {NEEDED_STAGE})""",
    "order_without_holder": """
        SELECT o.number, o.status FROM workorders_workorder o
        WHERE o.status = ANY(%(open)s) AND o.holder_id IS NULL""",
    "assignment_without_clock": """
        SELECT o.number, a.id::text FROM workorders_assignment a JOIN workorders_workorder o ON o.id = a.order_id
        WHERE a.status IN ('pending', 'acknowledged') AND NOT EXISTS (
            SELECT 1 FROM workorders_timer t WHERE t.assignment_id = a.id AND t.state = 'pending')""",
    "request_without_clock": """
        SELECT o.number, r.id::text FROM workorders_request r JOIN workorders_workorder o ON o.id = r.order_id
        WHERE r.outcome = 'pending' AND NOT EXISTS (
            SELECT 1 FROM workorders_timer t WHERE t.request_id = r.id AND t.state = 'pending')""",
    "timer_overdue": """
        SELECT t.id::text, t.stage FROM workorders_timer t
        WHERE t.state = 'pending' AND t.next_at < %(overdue)s
        ORDER BY t.next_at""",
    "step_without_event": """
        SELECT o.number, t.stage || ' ' || t.step FROM workorders_timer t
        JOIN workorders_workorder o ON o.id = t.order_id
        WHERE o.status = ANY(%(open)s) AND t.step > 0 AND t.step > (
            SELECT count(*) FROM workorders_event e WHERE e.order_id = t.order_id AND e.actor_kind = 'system'
            AND (e.body::jsonb #>> '{data,timer}')::bigint = t.id AND e.kind <> 'credited')
        AND NOT EXISTS (
            SELECT 1 FROM workorders_timer earlier WHERE earlier.order_id = t.order_id AND earlier.stage = t.stage
            AND earlier.id < t.id AND earlier.step > 0)""",
    # Order by order through its own events (OFFSET keeps the planner from reading the whole history instead), beside a
    # day of messages, and another one should the clock have been set back in between. Put together and grouped: as a
    # join, the planner believes in few events and reads the messages for each of them.
    "event_without_outbox": """
        WITH open AS MATERIALIZED (SELECT id, number FROM workorders_workorder WHERE status = ANY(%(open)s))
        SELECT max(number), max(seq)::text FROM (
            SELECT e.id::text AS key, o.number, e.seq FROM open o, LATERAL (
                SELECT id, seq FROM workorders_event WHERE order_id = o.id AND at > %(day)s OFFSET 0) e
            UNION ALL SELECT m.key, NULL, NULL FROM relay_outboxmessage m
            WHERE m.topic = 'order.event' AND m.created_at > %(two_days)s
        ) AS both_sides GROUP BY key HAVING count(*) = count(number)""",
    # From what runs, which is little, to its order.
    "final_with_live_parts": """
        SELECT o.number, o.status FROM workorders_workorder o JOIN (
            SELECT a.order_id FROM workorders_assignment a WHERE a.status IN ('pending', 'acknowledged')
            UNION SELECT r.order_id FROM workorders_request r WHERE r.outcome = 'pending'
            UNION SELECT t.order_id FROM workorders_timer t
            WHERE t.state IN ('pending', 'paused') AND t.stage <> 'callback'
        ) AS live ON live.order_id = o.id WHERE NOT o.status = ANY(%(open)s)""",
}


@dataclass(frozen=True, slots=True)
class Breach:
    kind: str
    subject: str
    detail: str


def breaches() -> Iterator[Breach]:
    """Every invariant that does not hold now, by query; nothing when all is well."""
    given = _given(clock.now())
    with connection.cursor() as cursor:
        for kind, query in INVARIANTS.items():
            cursor.execute(query, given)
            for subject, detail in cursor.fetchall():
                yield Breach(kind, subject, detail)


def _given(now: dt.datetime) -> dict[str, list[str] | dt.datetime]:
    day = dt.timedelta(days=1)
    overdue = now - dt.timedelta(seconds=OVERDUE_SECONDS)
    return {"open": [*OPEN], "overdue": overdue, "day": now - day, "two_days": now - 2 * day}


def chain_breaches(sample: int = SAMPLE) -> Iterator[Breach]:
    """The chain and the replay of a random sample of open orders."""
    drawn = WorkOrder.objects.filter(status__in=OPEN).order_by("?").values_list("pk", flat=True)[:sample]
    for order in WorkOrder.objects.filter(pk__in=list(drawn)):
        for finding in verify_live(order):
            yield Breach("chain_broken", finding.order, finding.problem)


def audit_if_due() -> bool:
    """Audit if nobody has for a minute. Every driver asks, so that a dead beat does not blind the auditor."""
    with connection.cursor() as cursor:
        # Asked after each sweep: a look writes nothing, the claim would lock the row even if it is not granted.
        cursor.execute(
            "SELECT 1 FROM workorders_sweeprecord"
            " WHERE id = %s AND last_at >= clock_timestamp() - make_interval(secs => %s)",
            [SweepRecord.AUDIT, AUDIT_EVERY_SECONDS],
        )
        if cursor.fetchone() is not None:
            return False
        cursor.execute(
            "INSERT INTO workorders_sweeprecord (id, last_at) VALUES (%s, clock_timestamp())"
            " ON CONFLICT (id) DO UPDATE SET last_at = EXCLUDED.last_at"
            " WHERE workorders_sweeprecord.last_at < clock_timestamp() - make_interval(secs => %s)",
            [SweepRecord.AUDIT, AUDIT_EVERY_SECONDS],
        )
        if cursor.rowcount == 0:
            return False
    audit()
    return True


def audit(sample: int = SAMPLE) -> list[Breach]:
    """Look at everything that is open, raise an alarm for each breach and clear those that are gone."""
    found = [*breaches(), *chain_breaches(sample)]
    for breach in found:
        logger.error("invariant %s: %s %s", breach.kind, breach.subject, breach.detail)
        raise_alarm(kind=breach.kind, subject=breach.subject, detail=breach.detail)
    # Somebody acted before a failing timer could: there is nothing left to look at.
    failing = Timer.objects.filter(state=TimerState.PENDING, attempts__gt=0).values_list("pk", flat=True)
    keep_only(kind=TIMER_FAILED, subjects=map(str, failing))
    for kind in INVARIANTS:
        keep_only(kind=kind, subjects=[breach.subject for breach in found if breach.kind == kind])
    return found
