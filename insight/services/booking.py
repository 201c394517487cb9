"""Book what an event adds, and fold what is booked into the rollups."""

from __future__ import annotations

from django.db import connection, transaction

from insight.locks import rollups_if_free
from insight.services.counting import (
    CELL,
    CELLS,
    COUNTED,
    DIMENSIONS,
    GRAINS,
    JUDGED,
    KEY,
    REST,
    SUMMED,
    SUMS,
    added_to_rollups,
)

FOLD_BATCH = 5_000

_SCOPE = "e.order_id = %(order)s AND e.seq <= %(seq)s"
BOOK = f"""
WITH {JUDGED.format(scope=_SCOPE)},{CELLS.format(chosen=f"seq = %(seq)s AND {COUNTED}")},
booked AS (INSERT INTO insight_booking ({CELL}, {SUMS}) SELECT {CELL}, {SUMS} FROM cells)
SELECT EXISTS (SELECT 1 FROM told WHERE seq = %(seq)s)
"""
# One statement: whoever reads finds a booking either still here or already in the rollups.
FOLD = f"""
WITH taken AS (
    DELETE FROM insight_booking WHERE id IN (SELECT id FROM insight_booking ORDER BY id LIMIT %(batch)s) RETURNING *
), spread AS (
    SELECT grain, from_day AS day, {REST}, {SUMS} FROM taken {DIMENSIONS} {GRAINS}
), folded AS (
    {added_to_rollups(f"SELECT grain, {KEY}, {SUMMED} FROM spread GROUP BY grain, {KEY}")}
)
SELECT count(*) FROM taken
"""


def book(*, order_id: int, seq: int) -> None:
    """Write down what one event adds, in the caller's transaction. One statement; nothing is locked or updated.

    Raises LookupError when the event is not there.
    """
    with connection.cursor() as cursor:
        cursor.execute(BOOK, {"order": order_id, "seq": seq})
        found: bool = cursor.fetchone()[0]
    if not found:
        raise LookupError(f"order {order_id} has no event {seq}")


def fold() -> int:
    """Add all bookings to the rollups; return how many. Nothing while somebody else is at it."""
    total = 0
    while taken := _fold_batch():
        total += taken
    return total


def _fold_batch() -> int:
    with transaction.atomic():
        if not rollups_if_free():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(FOLD, {"batch": FOLD_BATCH})
            taken: int = cursor.fetchone()[0]
    return taken
