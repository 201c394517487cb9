"""Every writer of an order locks it first, several of them by id."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from lianqin.kernel.rows import columns, from_row
from lianqin.kernel.statements import pipelined, prepared
from workorders.errors import NotVisible
from workorders.models import WorkOrder


def order_locked(order_id: int) -> WorkOrder:
    """Wait for the order and hold it until the end of the transaction. Raises NotVisible if there is none."""
    return orders_locked([order_id])[order_id]


def orders_locked(order_ids: Iterable[int]) -> dict[int, WorkOrder]:
    """Hold several orders, in the order of their ids, so that two writers never wait for each other.

    Raises NotVisible if one of them does not exist.
    """
    wanted = set(order_ids)
    locked = {order.pk: order for order in _lock("", wanted)}
    if locked.keys() != wanted:
        raise NotVisible
    return locked


def order_if_free(order_id: int) -> WorkOrder | None:
    """Hold the order if nobody else does; sweepers side by side step over each other's work."""
    return next(iter(_lock("SKIP LOCKED", {order_id})), None)


def _lock(manner: str, order_ids: set[int]) -> list[WorkOrder]:
    """In SQL of our own: it begins every change, and building it would cost more than running it."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock is held until the end of a transaction, and there is none")
    # Sorted before they are locked.
    select = f"SELECT {columns(WorkOrder, 'o')} FROM workorders_workorder o WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
    # The transaction begins in the same round trip.
    with prepared() as cursor, pipelined():
        cursor.execute(f"{select} {manner}", [sorted(order_ids)])
        return [from_row(WorkOrder, row) for row in cursor.fetchall()]


def try_lock(name: str) -> bool:
    """Hold a named lock until the end of the transaction, if nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def history_locked() -> None:
    """Keep every writer of orders out until the end of the transaction, so that partitions may come and go.

    Whoever changes an order locks it before touching its history; stopped there, they hold nothing that we wait for.
    Others, who read a history first, may: so it is us who give way, before PostgreSQL looks for deadlocks (1 s).
    Raises OperationalError then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '800ms'")
        cursor.execute("LOCK TABLE workorders_workorder IN EXCLUSIVE MODE")
        # Checks that wait for the commit would keep a table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
