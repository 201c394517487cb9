"""Make the partitions of the history ahead of time, and bring home what found none.

Nothing waits for this: a row without a partition of its own lies in DEFAULT, readable and writable as any other.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from lianqin.kernel import clock
from lianqin.kernel.faults import is_passing
from workorders.locks import history_locked
from workorders.models import ArchivedMonth, ArchiveState
from workorders.rules.months import IDS_A_MONTH, ids_of, is_month, later, month_at
from workorders.services.alarms import clear_alarm, raise_alarm

logger = logging.getLogger(__name__)
Done = TypeVar("Done")
PARENTS = ("workorders_event", "workorders_eventtext")
AHEAD = 3
# The alarm of a month that begins soon and has no partition.
MISSING = "month_without_partition"
TRIES = 20
PAUSE_SECONDS = 0.5

CHILDREN = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = %s::regclass AND NOT i.inhdetachpending
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """The months that were made, and how many events and texts came home from DEFAULT."""

    made: tuple[int, ...]
    moved: int


def this_month() -> int:
    """By the platform's clock, in local time, as the ids have it."""
    return month_at(clock.now())


def months_there() -> frozenset[int]:
    """The months that have their partitions."""
    return frozenset.intersection(*(months_of(parent) for parent in PARENTS))


def keep_partitions(*, ahead: int = AHEAD) -> Kept:
    """Make this month's and the next ``ahead`` partitions and move what lies in DEFAULT home. Repeating it is free.

    Raises the alarm if the next month still has none afterwards; then the error that was in the way.
    """
    current = this_month()
    try:
        moved = sum(bring_home(parent) for parent in PARENTS)
        made = make_months(later(current, n) for n in range(ahead + 1))
    finally:
        _tell_missing(later(current, 1))
    return Kept(tuple(made), moved)


def make_months(months: Iterable[int]) -> list[int]:
    """Make the partitions of these months where they are missing, also of past ones; return the new ones."""
    # A month in the archive keeps its place.
    away = ArchivedMonth.objects.exclude(state=ArchiveState.RESTORED).values_list("month", flat=True)
    missing = sorted(set(months) - months_there() - set(away))
    if missing:
        # What DEFAULT holds of a month would keep it from being made.
        for parent in PARENTS:
            bring_home(parent)
    for month in missing:
        patiently(partial(_make, month))
    return missing


def bring_home(parent: str) -> int:
    """Give every month that has rows in DEFAULT its own partition; return how many rows moved."""
    if not _strays(parent):
        return 0
    moved = patiently(partial(_bring_home, parent))
    logger.warning("%s: %s rows had no partition of their own", parent, moved)
    return moved


def _bring_home(parent: str) -> int:
    moved = 0
    with connection.cursor() as cursor:
        # Apart from its table DEFAULT has no trigger, so that its rows can leave; it is back before anybody looks.
        cursor.execute(f"ALTER TABLE {parent} DETACH PARTITION {parent}_default")
        for month in _strays(parent):
            first, end = ids_of(month)
            create(parent, month)
            cursor.execute(
                f"WITH gone AS (DELETE FROM {parent}_default WHERE order_id BETWEEN {first} AND {end - 1} RETURNING *)"
                f" INSERT INTO {parent}_{month} SELECT * FROM gone"
            )
            moved += cursor.rowcount
            attach(parent, month)
        cursor.execute(f"ALTER TABLE {parent} ATTACH PARTITION {parent}_default DEFAULT")
    return moved


def _strays(parent: str) -> list[int]:
    """The months of which DEFAULT holds rows. It is empty but for some hours after a missed month."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT order_id / {IDS_A_MONTH} FROM {parent}_default ORDER BY 1")
        return [month for (month,) in cursor.fetchall() if is_month(month)]


def _make(month: int) -> None:
    for parent in PARENTS:
        if month not in months_of(parent):
            create(parent, month)
            attach(parent, month)


def create(parent: str, month: int) -> None:
    """An empty table of the same columns; to create it as a partition would lock out the readers of all."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {parent}_{month} (LIKE {parent} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
            " INCLUDING STORAGE INCLUDING COMPRESSION)"
        )


def attach(parent: str, month: int) -> None:
    """Let a table be its month's partition: indexes, foreign key and trigger come with it."""
    first, end = ids_of(month)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {parent} ATTACH PARTITION {parent}_{month} FOR VALUES FROM ({first}) TO ({end})")


def patiently(change: Callable[[], Done]) -> Done:
    """Change the shape of the history in one short transaction; while somebody is in the way, let go and try again."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                history_locked()
                return change()
        except OperationalError as error:
            if attempt == TRIES or connection.in_atomic_block or not is_passing(error):
                raise
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("the last try returns or raises")


def months_of(parent: str) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, [parent])
        ends = [name.removeprefix(f"{parent}_") for (name,) in cursor.fetchall()]
    return frozenset(int(end) for end in ends if end.isdigit())


def _tell_missing(month: int) -> None:
    if month in months_there():
        clear_alarm(kind=MISSING, subject=str(month))
    else:
        raise_alarm(kind=MISSING, subject=str(month), detail="events of this month will lie in the DEFAULT partition")
