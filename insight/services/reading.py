"""Write down where the day stands, so that tomorrow can be compared with it at the same hour."""

from __future__ import annotations

from django.db import connection, transaction

from insight.rules import ALL, DAY, ZONE
from workorders.states import OPEN

# As close as two days are compared; a reading later than the last one by less is that one.
READING_MINUTES = 10
KEPT_DAYS = 8
_OPEN = ", ".join(f"'{status}'" for status in OPEN)
# Every place, so that one at which nothing happened is told from a moment at which nobody looked.
READ = f"""
WITH moment AS (
    SELECT date_bin('{READING_MINUTES} minutes', now, '2000-01-01 00:00+00') AS at, now,
        (now AT TIME ZONE '{ZONE}')::date AS day
    FROM (SELECT lianqin_now() AS now OFFSET 0) AS clock
), places AS (
    SELECT district_id, id AS street_id FROM grids_street UNION ALL SELECT id, NULL FROM grids_district
), counted AS (
    SELECT district_id, street_id, sum(reported) AS reported, sum(registered - unregistered) AS registered,
        sum(closed) AS closed, sum(escalated) AS escalated, sum(supervised) AS supervised
    FROM insight_rollup
    WHERE grain = '{DAY}' AND dimension = '{ALL}' AND day = (SELECT day FROM moment) GROUP BY 1, 2
), standing AS (
    SELECT district_id, street_id, count(*) AS open,
        count(*) FILTER (WHERE due_at < (SELECT now FROM moment)) AS overdue
    FROM workorders_workorder WHERE status IN ({_OPEN}) GROUP BY 1, 2
)
INSERT INTO insight_reading
    (at, day, district_id, street_id, reported, registered, closed, escalated, supervised, open, overdue)
SELECT at, day, district_id, street_id, coalesce(reported, 0), coalesce(registered, 0), coalesce(closed, 0),
    coalesce(escalated, 0), coalesce(supervised, 0), coalesce(open, 0), coalesce(overdue, 0)
FROM moment CROSS JOIN places
LEFT JOIN counted USING (district_id, street_id) LEFT JOIN standing USING (district_id, street_id)
WHERE street_id IS NOT NULL
UNION ALL
SELECT at, day, district_id, NULL, coalesce(c.reported, 0), coalesce(c.registered, 0), coalesce(c.closed, 0),
    coalesce(c.escalated, 0), coalesce(c.supervised, 0), coalesce(s.open, 0), coalesce(s.overdue, 0)
FROM moment CROSS JOIN (SELECT district_id FROM places WHERE street_id IS NULL) AS districts
LEFT JOIN (SELECT * FROM counted WHERE street_id IS NULL) AS c USING (district_id)
LEFT JOIN (SELECT * FROM standing WHERE street_id IS NULL) AS s USING (district_id)
ON CONFLICT DO NOTHING
"""
FORGET = f"DELETE FROM insight_reading WHERE at < lianqin_now() - interval '{KEPT_DAYS} days'"


def take_readings() -> int:
    """Read every place once a slot; return how many rows were written, none if the slot was read already."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(READ)
        written: int = cursor.rowcount
        if written:
            cursor.execute(FORGET)
    return written
