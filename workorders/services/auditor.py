"""The auditor: the invariants of the state machine in SQL over everything that is open; it changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

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
# kind of alarm -> query that yields (subject, detail); each is one of the invariants in STATES.
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
        WHERE t.state = 'pending' AND t.next_at < (SELECT lianqin_now()) - make_interval(secs => %(overdue)s)""",
    "step_without_event": """
        SELECT o.number, t.stage || ' ' || t.step FROM workorders_timer t
        JOIN workorders_workorder o ON o.id = t.order_id
        WHERE o.status = ANY(%(open)s) AND t.step > (
            SELECT count(*) FROM workorders_event e WHERE e.order_id = t.order_id AND e.actor_kind = 'system'
            AND (e.body::jsonb #>> '{data,timer}')::bigint = t.id AND e.kind <> 'credited')
        AND NOT EXISTS (
            SELECT 1 FROM workorders_timer earlier WHERE earlier.order_id = t.order_id AND earlier.stage = t.stage
            AND earlier.id < t.id AND earlier.step > 0)""",
    "event_without_outbox": """
        SELECT o.number, e.seq::text FROM workorders_event e JOIN workorders_workorder o ON o.id = e.order_id
        WHERE o.status = ANY(%(open)s) AND e.at > (SELECT lianqin_now()) - interval '1 day' AND NOT EXISTS (
            SELECT 1 FROM relay_outboxmessage m WHERE m.topic = 'order.event' AND m.key = e.id::text)""",
    "final_with_live_parts": """
        SELECT o.number, o.status FROM workorders_workorder o
        WHERE NOT o.status = ANY(%(open)s) AND (
            EXISTS (SELECT 1 FROM workorders_assignment a WHERE a.order_id = o.id
                    AND a.status IN ('pending', 'acknowledged'))
            OR EXISTS (SELECT 1 FROM workorders_request r WHERE r.order_id = o.id AND r.outcome = 'pending')
            OR EXISTS (SELECT 1 FROM workorders_timer t WHERE t.order_id = o.id AND t.state IN ('pending', 'paused')
                       AND t.stage <> 'callback'))""",
}


@dataclass(frozen=True, slots=True)
class Breach:
    kind: str
    subject: str
    detail: str


def breaches() -> Iterator[Breach]:
    """Every invariant that does not hold now, by query; nothing when all is well."""
    with connection.cursor() as cursor:
        for kind, query in INVARIANTS.items():
            cursor.execute(query, {"open": list(OPEN), "overdue": OVERDUE_SECONDS})
            for subject, detail in cursor.fetchall():
                yield Breach(kind, subject, detail)


def chain_breaches(sample: int = SAMPLE) -> Iterator[Breach]:
    """The chain and the replay of a random sample of open orders."""
    for order in WorkOrder.objects.filter(status__in=OPEN).order_by("?")[:sample]:
        for finding in verify_live(order):
            yield Breach("chain_broken", finding.order, finding.problem)


def audit_if_due() -> bool:
    """Audit if nobody has for a minute. Every driver asks, so that a dead beat does not blind the auditor."""
    with connection.cursor() as cursor:
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
