"""Every writer of an order locks it first, several of them by id."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction

from workorders.errors import NotVisible
from workorders.models import WorkOrder


def order_locked(order_id: int) -> WorkOrder:
    """Wait for the order and hold it until the end of the transaction. Raises NotVisible if there is none."""
    order = WorkOrder.objects.select_for_update().filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    return order


def orders_locked(order_ids: Iterable[int]) -> dict[int, WorkOrder]:
    """Hold several orders, in the order of their ids, so that two writers never wait for each other."""
    return {
        order.pk: order for order in WorkOrder.objects.select_for_update().filter(pk__in=set(order_ids)).order_by("pk")
    }


def family_locked(order_id: int) -> dict[int, WorkOrder]:
    """Hold an order and everything merged into it. What was merged while we waited is held, too.

    A late comer cannot simply be locked after the others: that would break the order of the ids. So everything is
    let go again and locked anew.
    """
    while True:
        wanted = {order_id, *_merged_into(order_id)}
        savepoint = transaction.savepoint()
        locked = orders_locked(wanted)
        if wanted.issuperset(_merged_into(order_id)):
            transaction.savepoint_commit(savepoint)
            return locked
        transaction.savepoint_rollback(savepoint)


def _merged_into(order_id: int) -> list[int]:
    return list(WorkOrder.objects.filter(master_id=order_id).values_list("pk", flat=True))


def order_if_free(order_id: int) -> WorkOrder | None:
    """Hold the order if nobody else does; sweepers side by side step over each other's work."""
    return WorkOrder.objects.select_for_update(skip_locked=True).filter(pk=order_id).first()


def try_lock(name: str) -> bool:
    """Hold a named lock until the end of the transaction, if nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


def history_locked() -> None:
    """Keep every writer of orders out until the end of the transaction, so that partitions may come and go.

    Whoever changes an order locks it before touching its history; stopped there, nobody holds what we wait for. Raises
    OperationalError after two seconds: others queue behind us, and they must not wait for a long one before us.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        cursor.execute("LOCK TABLE workorders_workorder IN EXCLUSIVE MODE")
        # Checks that wait for the commit would keep a table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
