"""What keeps a month from the archive: each thing that may still happen to one of its orders."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection

from workorders.errors import Conflict
from workorders.rules.months import ids_of, later
from workorders.services.chain import Finding
from workorders.services.partitions import months_there, this_month
from workorders.states import OPEN

SHOWN = 3
OPEN_ORDERS = (
    "SELECT number FROM workorders_workorder WHERE id >= %(first)s AND id < %(end)s AND status = ANY(%(open)s)"
)
# Merged into one that is open: they come back to life should it be refused.
WAITING = """
WITH RECURSIVE up AS (
    SELECT number, master_id FROM workorders_workorder WHERE id >= %(first)s AND id < %(end)s AND master_id IS NOT NULL
    UNION SELECT up.number, m.master_id FROM up JOIN workorders_workorder m ON m.id = up.master_id
    WHERE m.master_id IS NOT NULL)
SELECT up.number FROM up JOIN workorders_workorder m ON m.id = up.master_id WHERE m.status = ANY(%(open)s)
"""
RUNNING_CLOCKS = """
SELECT o.number FROM workorders_timer t JOIN workorders_workorder o ON o.id = t.order_id
WHERE t.order_id >= %(first)s AND t.order_id < %(end)s AND t.state IN ('pending', 'paused')
"""
# Its reader looks the event up.
UNDELIVERED = """
SELECT DISTINCT m.payload ->> 'number' FROM relay_outboxmessage m LEFT JOIN relay_delivery d ON d.message_id = m.id
WHERE m.topic = 'order.event' AND (m.sequence IS NULL OR d.state <> 'done')
AND (m.payload ->> 'order')::bigint >= %(first)s AND (m.payload ->> 'order')::bigint < %(end)s
"""
HINDRANCES = {
    "still open": OPEN_ORDERS,
    "merged into an order that is still open": WAITING,
    "with a running clock": RUNNING_CLOCKS,
    "with news that is not delivered": UNDELIVERED,
}


def hinders(what: str, query: str) -> None:
    """Let an app above keep months as well. ``query`` finds the numbers of a month's orders, from `first` to `end`.

    Asked after ours: what is delivered has by then left its traces.
    """
    HINDRANCES[what] = query


class Refused(Conflict):
    """The month cannot go, or cannot come back; ``detail`` says why."""

    code = "archive_refused"


class Unproven(Refused):
    """A chain of the month does not hold: nothing was moved."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings; nothing was moved")
        self.findings = findings


def check_time(month: int, early: bool) -> None:
    current, kept = this_month(), settings.LIANQIN_HISTORY_MONTHS
    if month >= current:
        raise Refused(f"{month} is not over")
    if not early and later(month, kept) >= current:
        raise Refused(f"{month} is kept at hand for {kept} months (LIANQIN_HISTORY_MONTHS)")
    if month not in months_there():
        raise Refused(f"{month} has no partition")


def check_still(month: int) -> None:
    """Nothing of the month may have anything before it."""
    for what, query in HINDRANCES.items():
        numbers = [number for (number,) in rows(query, month)]
        if numbers:
            shown = ", ".join(sorted(numbers)[:SHOWN]) + (" …" if len(numbers) > SHOWN else "")
            raise Refused(f"{month} has {len(numbers)} orders {what}: {shown}")


def named(month: int) -> dict[str, Any]:
    """What the queries ask for."""
    first, end = ids_of(month)
    return {"first": first, "end": end, "open": list(OPEN)}


def rows(query: str, month: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, named(month))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
