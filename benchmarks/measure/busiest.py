"""The busiest hour of the data: what was reported in it, and how much else was done."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from benchmarks.measure.people import leaves, some_citizens
from lianqin.local.processes import PlainError

# Without what earlier runs reported.
BUSIEST = """
SELECT date_trunc('hour', reported_at) AS hour, count(*) FROM workorders_workorder
WHERE reporter_id IS NULL OR NOT reporter_id = ANY(%(own)s) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1
"""
REPORTS = """
SELECT extract(epoch FROM o.reported_at - %(hour)s)::float, c.code, o.urgency, o.lon, o.lat, s.code
FROM workorders_workorder o JOIN catalogue_category c ON c.id = o.category_id
JOIN grids_street s ON s.id = o.street_id
WHERE o.reported_at >= %(hour)s AND o.reported_at < %(hour)s + interval '1 hour' AND o.lon IS NOT NULL
AND (o.reporter_id IS NULL OR NOT o.reporter_id = ANY(%(own)s)) ORDER BY 1
"""
# Whatever was done in that hour was done to orders of the two months before it.
DONE = """
SELECT count(*) FILTER (WHERE e.actor_kind <> 'system' AND e.kind <> 'report'),
    count(*) FILTER (WHERE e.actor_kind = 'system')
FROM workorders_event e WHERE e.at >= %(hour)s AND e.at < %(hour)s + interval '1 hour'
AND e.order_id BETWEEN %(first)s AND %(last)s
"""
SPAN = """
SELECT min(id), max(id) FROM workorders_workorder
WHERE reported_at >= %(hour)s - interval '62 days' AND reported_at < %(hour)s + interval '1 hour'
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A report of that hour: when, in seconds after it began, where, and what about."""

    after: float
    street: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hour:
    """``actions`` by people after the report, ``firings`` of clocks."""

    began: dt.datetime
    reports: list[Told]
    actions: int
    firings: int


def busiest_hour() -> Hour:
    """Two scans: of the orders, and of the history of two months."""
    own = [user.pk for user in some_citizens()]
    with connection.cursor() as cursor:
        cursor.execute(BUSIEST, {"own": own})
        row = cursor.fetchone()
        if row is None:
            raise PlainError("There are no orders: build the data first.")
        given = {"hour": row[0], "own": own}
        cursor.execute(REPORTS, given)
        plain = leaves()
        reports = [_told(plain, *each) for each in cursor.fetchall()]
        cursor.execute(SPAN, given)
        first, last = cursor.fetchone()
        cursor.execute(DONE, {**given, "first": first, "last": last})
        actions, firings = cursor.fetchone()
    return Hour(given["hour"], reports, actions, firings)


def _told(plain: list[str], after: float, category: str, urgency: str, lon: float, lat: float, street: str) -> Told:
    """What closes only with a photograph is played as something that does not."""
    matter = category if category in plain else plain[round(after) % len(plain)]
    words = {"title": "路面有油污", "description": "过往行人容易滑倒, 请尽快清理", "source": "citizen"}
    return Told(after, street, {**words, "category": matter, "urgency": urgency, "lon": lon, "lat": lat})
