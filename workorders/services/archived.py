"""Read the archive: the same proofs over months that have left the tables of every day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import QuerySet

from workorders.models import ArchivedMonth, Event, EventText, Timer, WorkOrder
from workorders.rules.months import ids_of
from workorders.services.chain import Finding, History, verify_history

SCHEMA = "archive"
TIMERS = "workorders_timer"
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Nobody watches."""


def orders_of(month: int) -> QuerySet[WorkOrder]:
    first, end = ids_of(month)
    return WorkOrder.objects.filter(pk__gte=first, pk__lt=end).order_by("pk")


def heads_of(month: int) -> str:
    """One hash over the last event of every order of a month, by id."""
    digest = hashlib.sha256()
    for pk, seq, head in orders_of(month).values_list("pk", "last_seq", "last_hash").iterator(chunk_size=5000):
        digest.update(f"{pk} {seq} {head}\n".encode())
    return digest.hexdigest()


def archived_table(table: str, month: int) -> str:
    return f"{SCHEMA}.{table}_{month}"


def is_there(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
        return bool(cursor.fetchone()[0])


def at_hand(month: int) -> bool:
    """Whether the archive's tables of a month are in this database, and were not dumped and dropped."""
    return all(is_there(archived_table(table, month)) for table in ("workorders_event", "workorders_eventtext", TIMERS))


def history_in_archive(order: WorkOrder, month: int) -> History:
    """What the archive holds of an order. Three queries."""
    events, texts, timers = (
        f"SELECT * FROM {archived_table(table, month)} WHERE order_id = %s"
        for table in ("workorders_event", "workorders_eventtext", TIMERS)
    )
    return History(
        events=list(Event.objects.raw(f"{events} ORDER BY seq", [order.pk])),
        texts=list(EventText.objects.raw(texts, [order.pk])),
        timers=list(Timer.objects.raw(timers, [order.pk])),
    )


def verify_archived(manifest: ArchivedMonth, progress: Progress = no_progress) -> Iterator[Finding]:
    """Every chain, text and table of an archived month, as `verify_chain` does it for the others, and the manifest."""
    month, orders = manifest.month, orders_of(manifest.month)
    if heads_of(month) != manifest.heads:
        yield Finding(str(month), "the heads of the chains are not those of the manifest")
    total = orders.count()
    for done, order in enumerate(orders.iterator(chunk_size=500), start=1):
        yield from verify_history(order, history_in_archive(order, month))
        progress(done, total)
