"""Move a month that is over out of the tables of every day, and bring it back. Every step is done once and for all.

In this order, each with the state that it leaves: its orders are sealed, so that nothing changes them; every chain is
proved; clocks that are done leave; the partitions leave. Cut off anywhere, the same command goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.db import connection, transaction

from catalogue.workclock import SHANGHAI
from lianqin.kernel import clock
from workorders.models import ArchivedMonth, ArchiveState, DailyRoot
from workorders.rules.months import ids_of
from workorders.services.archived import (
    SCHEMA,
    TIMERS,
    Progress,
    archived_table,
    heads_of,
    is_there,
    no_progress,
    orders_of,
)
from workorders.services.chain import verify_order
from workorders.services.hindrances import Refused, Unproven, check_still, check_time, named, rows
from workorders.services.partitions import PARENTS, attach, months_there, patiently

LOCK = "workorders.archive"
BATCH = 1000

SEAL = """
WITH few AS (
    SELECT id FROM workorders_workorder WHERE id >= %(first)s AND id < %(end)s AND archived_at IS {was} NULL
    ORDER BY id LIMIT %(batch)s FOR UPDATE)
UPDATE workorders_workorder o SET archived_at = {becomes} FROM few WHERE o.id = few.id
"""
MOVE = """
WITH few AS (SELECT id FROM {source} WHERE order_id >= %(first)s AND order_id < %(end)s LIMIT %(batch)s),
gone AS (DELETE FROM {source} s USING few WHERE s.id = few.id RETURNING s.*)
INSERT INTO {target} ({columns}) SELECT {columns} FROM gone
"""


def archivable_months(*, before: int) -> list[int]:
    """The months before this one that have partitions, oldest first."""
    return sorted(month for month in months_there() if month < before)


def archive_month(*, month: int, early: bool = False, progress: Progress = no_progress) -> ArchivedMonth:
    """Move one month to the archive; ``early`` ignores how long it should be kept at hand.

    Raises Refused, and Unproven if a chain does not hold; the month then stays as it is. Goes on where a former run was
    cut off.
    """
    with _alone():
        manifest = ArchivedMonth.objects.filter(month=month).first()
        if manifest is None or manifest.state == ArchiveState.RESTORED:
            check_time(month, early)
            check_still(month)
            manifest = _begun(month)
        if manifest.state == ArchiveState.RESTORING:
            raise Refused(f"{month} is on its way back: finish restore_month first")
        if manifest.state == ArchiveState.SEALING:
            _prove(manifest, progress)
        if manifest.state == ArchiveState.MOVING:
            _move_timers(month, out=True)
            patiently(partial(_detach, manifest))
    return manifest


def restore_month(*, month: int) -> ArchivedMonth:
    """Bring a month back, wherever it stands, and check it against its manifest. Raises Refused."""
    with _alone():
        manifest = ArchivedMonth.objects.filter(month=month).first()
        if manifest is None or manifest.state == ArchiveState.RESTORED:
            raise Refused(f"{month} is not in the archive")
        if manifest.state == ArchiveState.ARCHIVED:
            _check_at_hand(month)
        _enter(manifest, ArchiveState.RESTORING)
        for parent in PARENTS:
            if is_there(archived_table(parent, month)):
                _promise_bounds(parent, month)
                patiently(partial(_attach, parent, month))
        if is_there(archived_table(TIMERS, month)):
            _move_timers(month, out=False)
        _check_complete(manifest)
        _seal(month, off=True)
        _enter(manifest, ArchiveState.RESTORED, restored_at=clock.now())
    return manifest


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time; the lock goes with the connection, however the process ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK])
        if not cursor.fetchone()[0]:
            raise Refused("somebody else is archiving or restoring")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [LOCK])


def _enter(manifest: ArchivedMonth, state: str, **facts: Any) -> None:
    for name, value in {"state": state, **facts}.items():
        setattr(manifest, name, value)
    manifest.save(update_fields=["state", *facts])


def _check_at_hand(month: int) -> None:
    missing = [table for table in (*PARENTS, TIMERS) if not is_there(archived_table(table, month))]
    if missing:
        raise Refused(f"{', '.join(missing)} of {month} not in schema {SCHEMA}: load its dump first")


def _check_complete(manifest: ArchivedMonth) -> None:
    """As much must be there again as was proved to be there before anything left."""
    if not manifest.heads:
        return
    found = _counted(manifest.month)
    wrong = [name for name, value in found.items() if value != getattr(manifest, name)]
    if wrong:
        raise Refused(f"{manifest.month} is not what was archived: {', '.join(wrong)} differ")


# The steps


def _begun(month: int) -> ArchivedMonth:
    facts = {"state": ArchiveState.SEALING, "began_at": clock.now(), "archived_at": None, "restored_at": None}
    return ArchivedMonth.objects.update_or_create(month=month, defaults=facts)[0]


def _prove(manifest: ArchivedMonth, progress: Progress) -> None:
    """Seal the orders, then look at everything once more: from here on nothing moves."""
    month = manifest.month
    _seal(month)
    try:
        check_still(month)
        findings, orders = [], orders_of(month)
        total = orders.count()
        for done, order in enumerate(orders.iterator(chunk_size=500), start=1):
            findings += list(verify_order(order))
            progress(done, total)
        if findings:
            raise Unproven(findings)
    except Refused:
        _seal(month, off=True)
        manifest.delete()
        raise
    _enter(manifest, ArchiveState.MOVING, **_counted(month), roots=_roots_of(month))


def _seal(month: int, *, off: bool = False) -> None:
    """Mark the orders of the month, or take the mark away; in small transactions, each order under its lock."""
    was, becomes = ("NOT", "NULL") if off else ("", "lianqin_now()")
    _in_batches(SEAL.format(was=was, becomes=becomes), month)


def _counted(month: int) -> dict[str, Any]:
    events, texts, timers = (
        rows(f"SELECT count(*) FROM {table} WHERE order_id >= %(first)s AND order_id < %(end)s", month)[0][0]
        for table in (*PARENTS, TIMERS)
    )
    counts = {"events": events, "texts": texts, "timers": timers}
    return {"orders": orders_of(month).count(), **counts, "heads": heads_of(month)}


def _roots_of(month: int) -> list[dict[str, str]]:
    """The published roots of the days on which something happened to the month's orders."""
    first, last = rows(
        "SELECT min(at), max(at) FROM workorders_event WHERE order_id >= %(first)s AND order_id < %(end)s", month
    )[0]
    if first is None:
        return []
    days = [moment.astimezone(SHANGHAI).date() for moment in (first, last)]
    found = DailyRoot.objects.filter(day__range=days).order_by("day")
    return [{"day": day.isoformat(), "root": root} for day, root in found.values_list("day", "root")]


def _move_timers(month: int, *, out: bool) -> None:
    """Clocks leave by rows, since their table is not partitioned: what the sweep reads should stay small."""
    archive = archived_table(TIMERS, month)
    with connection.cursor() as cursor:
        if out:
            shape = f"(LIKE {TIMERS} INCLUDING CONSTRAINTS INCLUDING INDEXES)"
            cursor.execute(f"CREATE TABLE IF NOT EXISTS {archive} {shape}")
        cursor.execute(
            "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [archive],
        )
        columns = cursor.fetchone()[0]
        if not out:
            cursor.execute(f"DROP TRIGGER IF EXISTS sealed ON {archive}")
    source, target = (TIMERS, archive) if out else (archive, TIMERS)
    _in_batches(MOVE.format(source=source, target=target, columns=columns), month)
    if not out:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {archive}")


def _detach(manifest: ArchivedMonth) -> None:
    """DETACH CONCURRENTLY is refused beside a DEFAULT partition; this one holds its lock for milliseconds."""
    month = manifest.month
    with connection.cursor() as cursor:
        for parent in PARENTS:
            cursor.execute(f"ALTER TABLE {parent} DETACH PARTITION {parent}_{month}")
            cursor.execute(f"ALTER TABLE {parent}_{month} SET SCHEMA {SCHEMA}")
        for table in (*PARENTS, TIMERS):
            cursor.execute(
                f"CREATE TRIGGER sealed BEFORE INSERT OR UPDATE OR DELETE ON {archived_table(table, month)}"
                f" FOR EACH ROW EXECUTE FUNCTION {SCHEMA}.is_sealed()"
            )
    _enter(manifest, ArchiveState.ARCHIVED, archived_at=clock.now())


def _promise_bounds(parent: str, month: int) -> None:
    """Check the ids beforehand and without a lock, so that attaching need not read the rows."""
    table, (first, end) = archived_table(parent, month), ids_of(month)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS of_its_month")
        cursor.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT of_its_month CHECK (order_id >= {first} AND order_id < {end})"
        )


def _attach(parent: str, month: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS sealed ON {archived_table(parent, month)}")
        cursor.execute(f"ALTER TABLE {archived_table(parent, month)} SET SCHEMA public")
        attach(parent, month)
        cursor.execute(f"ALTER TABLE {parent}_{month} DROP CONSTRAINT of_its_month")


def _in_batches(statement: str, month: int) -> None:
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, {**named(month), "batch": BATCH})
            if cursor.rowcount < BATCH:
                return
