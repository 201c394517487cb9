"""A day for those who have not this database: what `chain.verify_offline` checks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TextIO

from django.db.models import QuerySet

from relay.models import OutboxMessage
from workorders.models import ArchivedMonth, ArchiveState, DailyRoot, Event
from workorders.rules.months import ids_of
from workorders.services.archived import archived_table, is_there
from workorders.services.hindrances import Refused
from workorders.services.work import TOPIC


def export_day(root: DailyRoot, out: TextIO) -> int:
    """Write what somebody needs to check a root: a head, then a line for each event; return how many.

    Raises Refused if a month of them was dumped and dropped.
    """
    head = {"day": root.day.isoformat(), "previous": root.previous, "root": root.root, "events": root.events}
    out.write(json.dumps(head) + "\n")
    rows = OutboxMessage.objects.filter(
        topic=TOPIC, sequence__gte=root.first_sequence or 0, sequence__lte=root.last_sequence
    ).order_by("sequence")
    count = 0
    if root.first_sequence is None:
        return count
    bodies = {(order_id, seq): body for order_id, seq, body in _bodies(rows)}
    for sequence, payload in rows.values_list("sequence", "payload"):
        order_id, seq = payload["order"], payload["seq"]
        line = {
            "sequence": sequence,
            "order": order_id,
            "seq": seq,
            "hash": payload["hash"],
            "body": bodies[order_id, seq],
        }
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
        count += 1
    return count


def _bodies(rows: QuerySet[OutboxMessage]) -> Iterator[tuple[int, int, str]]:
    """The events of these messages; both are named, so that only their months are read."""
    named = list(rows.values_list("payload__order", "payload__event"))
    orders, events = {order for order, _ in named}, {event for _, event in named}
    yield from Event.objects.filter(order__in=orders, pk__in=events).values_list("order_id", "seq", "body")
    # An old order may have been closed on that day, and its month have left since.
    for month in ArchivedMonth.objects.filter(state=ArchiveState.ARCHIVED).values_list("month", flat=True):
        first, end = ids_of(month)
        if away := [order for order in orders if first <= order < end]:
            yield from _archived_bodies(month, away, list(events))


def _archived_bodies(month: int, orders: list[int], events: list[int]) -> Iterator[tuple[int, int, str]]:
    table = archived_table("workorders_event", month)
    if not is_there(table):
        raise Refused(f"the events of {month} are not in the database: load its dump first")
    found = Event.objects.raw(f"SELECT * FROM {table} WHERE order_id = ANY(%s) AND id = ANY(%s)", [orders, events])
    yield from ((event.order_id, event.seq, event.body) for event in found)
