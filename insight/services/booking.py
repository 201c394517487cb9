"""Book an event when its message comes, and fold what is booked into the rollups."""

from __future__ import annotations

from django.db import connection, transaction

from insight.locks import rollups_if_free
from insight.models import Booking
from insight.services.counting import (
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
    unhurried,
)

FOLD_BATCH = 2_000

# One statement: an event is either booked or in the rollups. A booking without its event stays, and grows old (health).
# OFFSET 0 keeps the planner from joining with all of history instead of looking up each order in its partition.
_EVENTS = """(SELECT DISTINCT order_id FROM taken) AS mine
    CROSS JOIN LATERAL (SELECT * FROM workorders_event WHERE order_id = mine.order_id OFFSET 0) AS e"""
_CHOSEN = f"{COUNTED} AND (order_id, seq) IN (SELECT order_id, seq FROM taken)"
FOLD = f"""
WITH taken AS (
    DELETE FROM insight_booking WHERE id IN (
        SELECT b.id FROM insight_booking AS b
        WHERE EXISTS (SELECT 1 FROM workorders_event AS e WHERE e.order_id = b.order_id AND e.seq = b.seq OFFSET 0)
        ORDER BY b.id LIMIT %(batch)s
    ) RETURNING order_id, seq
),{JUDGED.format(events=_EVENTS)},{CELLS.format(chosen=_CHOSEN)},
spread AS (
    SELECT grain, from_day AS day, {REST}, {SUMS} FROM cells {DIMENSIONS} {GRAINS}
), folded AS (
    {added_to_rollups(f"SELECT grain, {KEY}, {SUMMED} FROM spread GROUP BY grain, {KEY}")}
)
SELECT count(*) FROM taken
"""


def book(*, order_id: int, seq: int) -> None:
    """Write down that an event is to be counted, in the caller's transaction. Each delivery pays for it: one INSERT."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO insight_booking (order_id, seq) VALUES (%s, %s)", [order_id, seq])


def fold() -> int:
    """Count all that is booked; return how many events. Nothing while somebody else writes the rollups."""
    total = 0
    # To look is cheaper than to plan the folding of nothing.
    while Booking.objects.exists() and (taken := _fold_batch()):
        total += taken
    return total


def _fold_batch() -> int:
    with transaction.atomic():
        if not rollups_if_free():
            return 0
        with connection.cursor() as cursor:
            unhurried(cursor)
            cursor.execute(FOLD, {"batch": FOLD_BATCH})
            taken: int = cursor.fetchone()[0]
    return taken
