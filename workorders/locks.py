"""Every writer of an order locks it first, several of them by id; one alone brings along what stands beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache

from django.db import connection
from django.db.models import Model

from lianqin.kernel.rows import columns, from_row
from lianqin.kernel.statements import pipelined, prepared
from workorders.errors import NotVisible
from workorders.models import Assignment, Event, Request, Timer, WorkOrder
from workorders.states import Outcome

# Where a locked order keeps what was read with the lock, until services.storing takes it.
BESIDE = "beside"
# How many keys a change usually needs; one that needs more draws them by a statement of its own.
DRAWN: Mapping[type[Model], int] = {Event: 1, Assignment: 2, Request: 1, Timer: 4}
# `FOR UPDATE` has returned before this begins, so it sees what the last holder of the lock has written.
READ = f"""
SELECT greatest(lianqin_now(), (
    SELECT at FROM workorders_event
    WHERE order_id = %(order)s AND seq = (SELECT last_seq FROM workorders_workorder WHERE id = %(order)s))),
ARRAY(SELECT id FROM workorders_workorder WHERE master_id = %(order)s),
(SELECT json_agg(a ORDER BY id) FROM workorders_assignment a WHERE order_id = %(order)s)::text,
(SELECT json_agg(r ORDER BY id) FROM workorders_request r
 WHERE order_id = %(order)s AND outcome = '{Outcome.PENDING}')::text,
(SELECT json_agg(t ORDER BY id) FROM workorders_timer t WHERE order_id = %(order)s)::text
"""


def order_locked(order_id: int) -> WorkOrder:
    """Wait for the order and hold it until the end of the transaction. Raises NotVisible if there is none."""
    for order in _lock("", [order_id]):
        return order
    raise NotVisible


def orders_locked(order_ids: Iterable[int]) -> dict[int, WorkOrder]:
    """Hold several orders, in the order of their ids, so that two writers never wait for each other.

    One alone is to be changed at once: what stands beside it comes along. Raises NotVisible if one does not exist.
    """
    wanted = sorted(set(order_ids))
    locked = {order.pk: order for order in _lock("", wanted, with_beside=len(wanted) == 1)}
    if len(locked) != len(wanted):
        raise NotVisible
    return locked


def order_if_free(order_id: int) -> WorkOrder | None:
    """Hold the order if nobody else does, to change it at once; sweepers side by side step over each other's work."""
    return next(iter(_lock("SKIP LOCKED", [order_id], with_beside=True)), None)


def _lock(manner: str, order_ids: list[int], *, with_beside: bool = False) -> list[WorkOrder]:
    """In SQL of our own: it begins every change, and building it would cost more than running it."""
    if not connection.in_atomic_block:
        raise RuntimeError("a lock is held until the end of a transaction, and there is none")
    # Sorted before they are locked.
    select = f"SELECT {columns(WorkOrder, 'o')} FROM workorders_workorder o WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
    # The transaction begins in the same round trip, and the read waits in line behind the lock.
    with ExitStack() as stack:
        lock, beside = stack.enter_context(prepared()), stack.enter_context(prepared())
        stack.enter_context(pipelined())
        lock.execute(f"{select} {manner}", [order_ids])
        if with_beside:
            beside.execute(reading(to_write=True), {"order": order_ids[0]})
        found = [from_row(WorkOrder, row) for row in lock.fetchall()]
        if with_beside and found:
            setattr(found[0]._state, BESIDE, beside.fetchone())
        return found


@cache
def reading(*, to_write: bool) -> str:
    """The statement that reads what stands beside an order; ``to_write``: and draws keys."""
    return READ + (drawing() if to_write else "")


def drawing() -> str:
    """The part of a SELECT that draws keys: an array for each model of DRAWN."""
    return "".join(f",\n{drawn_keys(model)}" for model in DRAWN)


def drawn_keys(model: type[Model]) -> str:
    """The part of a SELECT that draws keys for a model."""
    return f"ARRAY(SELECT nextval('{model._meta.db_table}_id_seq') FROM generate_series(1, {DRAWN[model]}))"


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
