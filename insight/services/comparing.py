"""Compare the rollups with the events, order month by order month, and add what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from insight.locks import rollups_locked
from insight.rules import COHORT, CONSUMER, DAY, MONTH, NAMES, ZONE
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
from workorders.services.work import TOPIC

# Events that are still to come: booked, or their message has not reached us. Whatever is not among them is in the
# rollups, for a delivery is settled and booked in one transaction, and a booking counted and deleted in one. A message
# without a delivery left before there was a consumer; one that is gone was settled long ago.
PENDING = f"""
pending AS MATERIALIZED (
    SELECT (m.payload ->> 'order')::bigint AS order_id, (m.payload ->> 'seq')::integer AS seq
    FROM relay_outboxmessage AS m WHERE m.sequence IS NULL AND m.topic = '{TOPIC}'
    UNION ALL
    SELECT (m.payload ->> 'order')::bigint, (m.payload ->> 'seq')::integer
    FROM relay_delivery AS d JOIN relay_outboxmessage AS m ON m.id = d.message_id
    WHERE d.consumer = '{CONSUMER}' AND d.state IN ('pending', 'leased')
    UNION ALL
    SELECT (m.payload ->> 'order')::bigint, (m.payload ->> 'seq')::integer
    FROM relay_delivery AS d JOIN relay_outboxmessage AS m ON m.id = d.message_id
    WHERE d.consumer = '{CONSUMER}' AND d.state = 'dead'
    UNION ALL
    SELECT order_id, seq FROM insight_booking
)"""
ORDERS = "workorders_event AS e WHERE e.order_id >= %(first)s AND e.order_id < %(after)s"
# Orders to which something happened within the days; of these, what came before counts for how they stood.
TOUCHED = f"""{ORDERS} AND e.at < %(ends)s AND e.order_id IN (
    SELECT order_id FROM workorders_event
    WHERE order_id >= %(first)s AND order_id < %(after)s AND at >= %(begins)s AND at < %(ends)s)"""
WITHIN = "day >= %(since)s AND day < %(until)s"
CHOSEN = f"""{COUNTED} AND {WITHIN} AND NOT EXISTS (
    SELECT 1 FROM pending WHERE pending.order_id = judged.order_id AND pending.seq = judged.seq)"""
_MINUS = ", ".join(f"-{name}" for name in NAMES)
_ANY = " OR ".join(f"sum({name}) <> 0" for name in NAMES)
# One statement sees one moment, so what is missing is exact while deliveries go on; and as it is added, not set,
# nothing that comes meanwhile is lost. Where orders are and their history is not, it is in the archive: their rollups
# are all that is left, and right.
DIFFERING = f"""
WITH {PENDING},{JUDGED},{CELLS.format(chosen=CHOSEN)},
both_sides AS (
    SELECT {KEY}, {SUMS} FROM cells {DIMENSIONS}
    UNION ALL
    SELECT {KEY}, {_MINUS} FROM insight_rollup WHERE grain = '{DAY}' AND cohort = %(cohort)s AND {WITHIN}
), differing AS (
    SELECT {KEY}, {SUMMED} FROM both_sides
    WHERE EXISTS (SELECT 1 FROM workorders_event WHERE order_id >= %(first)s AND order_id < %(after)s)
    OR NOT EXISTS (SELECT 1 FROM workorders_workorder WHERE id >= %(first)s AND id < %(after)s)
    GROUP BY {KEY} HAVING {_ANY}
)"""
_MONTH = f"date_trunc('month', day)::date AS day, {REST}"
# A month is the sum of its days.
MONTHS_DIFFERING = f"""
WITH both_sides AS (
    SELECT {_MONTH}, {SUMS} FROM insight_rollup WHERE grain = '{DAY}' AND cohort = %(cohort)s
    UNION ALL
    SELECT {KEY}, {_MINUS} FROM insight_rollup WHERE grain = '{MONTH}' AND cohort = %(cohort)s
), differing AS (
    SELECT {KEY}, {SUMMED} FROM both_sides GROUP BY {KEY} HAVING {_ANY}
)"""
SHOW = f"SELECT {KEY}, {SUMS} FROM differing ORDER BY {KEY}"
MEND = f""", spread AS (SELECT grain, from_day AS day, {REST}, {SUMS} FROM differing {GRAINS}),
mended AS ({added_to_rollups(f"SELECT grain, {KEY}, {SUMMED} FROM spread GROUP BY grain, {KEY}")})
SELECT count(*) FROM differing"""
MEND_MONTHS = f""", mended AS ({added_to_rollups(f"SELECT '{MONTH}', {KEY}, {SUMS} FROM differing")})
SELECT count(*) FROM differing"""
COHORTS = f"SELECT DISTINCT id / {COHORT} FROM workorders_workorder UNION SELECT DISTINCT cohort FROM insight_rollup"


@dataclass(frozen=True, slots=True)
class Difference:
    """What the events of a cell come to, less what the rollups say."""

    grain: str
    day: dt.date
    cohort: int
    district_id: int
    street_id: int | None
    dimension: str
    value: str
    missing: Mapping[str, int]

    def __str__(self) -> str:
        where = f"district {self.district_id} street {self.street_id} {self.dimension} {self.value}".strip()
        lacking = ", ".join(f"{name} {number:+d}" for name, number in self.missing.items())
        return f"{self.grain} {self.day} {where}: {lacking}"


def cohorts() -> list[int]:
    """The months that orders or rollups are of, oldest first; 0 for orders whose id carries none."""
    with connection.cursor() as cursor:
        cursor.execute(COHORTS)
        return sorted(row[0] for row in cursor.fetchall())


def differences(cohort: int) -> list[Difference]:
    """Every cell of the orders of a month whose rollups are not what their events come to. Reads all these events."""
    found = []
    with transaction.atomic():
        for grain, query in ((DAY, _differing(None, None)), (MONTH, MONTHS_DIFFERING)):
            for row in _rows(query + SHOW, _given(cohort, None, None)):
                missing = {name: number for name, number in zip(NAMES, row[6:], strict=True) if number}
                day, of, district_id, street_id, dimension, value = row[:6]
                found.append(Difference(grain, day, of, district_id, street_id, dimension, value, missing))
    return found


def rebuild(cohort: int, since: dt.date | None = None, until: dt.date | None = None) -> int:
    """Add to the rollups of an order month what they lack, for the days from ``since`` up to ``until``.

    Returns how many cells were wrong. Whatever is delivered meanwhile is neither lost nor doubled.
    """
    given = _given(cohort, since, until)
    with transaction.atomic():
        rollups_locked()
        ((days,),) = _rows(_differing(since, until) + MEND, given)
        ((months,),) = _rows(MONTHS_DIFFERING + MEND_MONTHS, given)
    count: int = days + months
    return count


def _differing(since: dt.date | None, until: dt.date | None) -> str:
    return DIFFERING.format(events=ORDERS if since is None and until is None else TOUCHED)


def _given(cohort: int, since: dt.date | None, until: dt.date | None) -> dict[str, Any]:
    first, last = since or dt.date(1, 1, 1), until or dt.date(9999, 12, 31)
    return {
        "cohort": cohort,
        "first": cohort * COHORT,
        "after": (cohort + 1) * COHORT,
        "since": first,
        "until": last,
        "begins": f"{first} {ZONE}",
        "ends": f"{last} {ZONE}",
    }


def _rows(query: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        unhurried(cursor)
        cursor.execute(query, given)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
