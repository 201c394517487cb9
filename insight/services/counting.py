"""The one place that turns events into counts: SQL that folding, rebuilding and reconciling share."""

from __future__ import annotations

from django.db.backends.utils import CursorWrapper

from grids.rules import ENFORCING
from insight.rules import ALL, CATEGORY, COHORT, COUNTS, MEASURES, NAMES, SILENT, SOURCE, ZONE, Measure
from workorders.services.recorded import ORDER_COLUMNS

REST = "cohort, district_id, street_id, dimension, value"
KEY = f"day, {REST}"
SUMS = ", ".join(NAMES)
SUMMED = ", ".join(f"sum({name})::bigint AS {name}" for name in NAMES)

_ENFORCING = ", ".join(f"'{function}'" for function in sorted(ENFORCING))
_LOOKED_AT = frozenset(
    (
        *("status", "level", "highest_level", "on_site", "source", "due_at", "reported_at", "registered_at"),
        *("district_id", "street_id", "category_id", "holder_id"),
    )
)
# Without the columns that no measure looks at, a history is read in half the time.
_PASSED_OVER = ", ".join(f"'{name}'" for name in ORDER_COLUMNS if name not in _LOOKED_AT)
# Every one of `events` AS e beside its order before and after it. `insight_merge` lays what events say of the order on
# top of each other, as rules.replay does: only what was written for good is read, so the answer never changes.
# A result is late by the due that the order had before it, unless downtime gave time back (then the event is not late).
JUDGED = f"""
told AS (
    SELECT e.order_id, e.seq, e.kind, e.at, e.late, e.actor_kind = 'system' AS by_machine,
        (e.body::json -> 'changes' -> 'order')::jsonb - ARRAY[{_PASSED_OVER}] AS changes,
        CASE WHEN e.kind IN ('callback', 'dispatch', 'arbitrate') THEN e.body::json -> 'data' END AS data
    FROM {{events}}
), replayed AS (
    SELECT told.*, insight_merge(changes) OVER (PARTITION BY order_id ORDER BY seq) AS after FROM told
), paired AS (
    SELECT replayed.*, lag(after) OVER (PARTITION BY order_id ORDER BY seq) AS before FROM replayed
), faced AS (
    SELECT order_id, seq, kind, at, late, by_machine, (at AT TIME ZONE '{ZONE}')::date AS day,
        (order_id / {COHORT})::integer AS cohort,
        (data ->> 'reached')::boolean AS reached, (data ->> 'satisfied')::boolean AS satisfied,
        (data ->> 'followed')::boolean AS followed, (data ->> 'upheld')::boolean AS upheld,
        after ->> 'status' AS status, before ->> 'status' AS was_status,
        after ->> 'level' AS level, before ->> 'level' AS was_level,
        after ->> 'highest_level' AS highest_level, before ->> 'highest_level' AS was_highest_level,
        after ->> 'registered_at' AS registered_at, before ->> 'registered_at' AS was_registered_at,
        (after ->> 'reported_at')::timestamptz AS reported_at, (before ->> 'due_at')::timestamptz AS was_due_at,
        (after ->> 'on_site')::boolean AS on_site, after ->> 'source' AS source,
        (after ->> 'holder_id')::bigint AS holder_id,
        (after ->> 'district_id')::bigint AS to_district, (before ->> 'district_id')::bigint AS from_district,
        (after ->> 'street_id')::bigint AS to_street, (before ->> 'street_id')::bigint AS from_street,
        (after ->> 'category_id')::bigint AS to_category, (before ->> 'category_id')::bigint AS from_category
    FROM paired
), compared AS (
    SELECT faced.*, status = 'submitted' AND was_status IS DISTINCT FROM 'submitted' AS submits,
        coalesce(late AND at > was_due_at, false) AS submits_late,
        was_status IS NOT NULL AND (from_district, from_street) IS DISTINCT FROM (to_district, to_street) AS moves,
        was_status IS NOT NULL AND from_category IS DISTINCT FROM to_category AS reclassifies
    FROM faced
), judged AS (
    -- The lateness of the last result so far: the greatest number is the latest one's. So is the last lead.
    SELECT compared.*, max(CASE WHEN submits THEN seq * 2 + submits_late::integer END)
        OVER (PARTITION BY order_id ORDER BY seq) & 1 = 1 AS result_was_late,
        coalesce((max(CASE WHEN status = 'dispatched' AND was_status IS DISTINCT FROM 'dispatched'
            THEN ARRAY[seq::bigint, holder_id] END)
        OVER (PARTITION BY order_id ORDER BY seq))[2] = ANY(ARRAY(
            SELECT id FROM grids_unit WHERE function = ANY(ARRAY[{_ENFORCING}])
        )), false) AS led_by_enforcement
    FROM compared
)"""


def _sum(measure: Measure) -> str:
    leg = "NOT leg.arriving" if measure.leaving else "leg.arriving"
    condition = f"FILTER (WHERE {leg} AND ({measure.condition}))"
    if measure.seconds:
        return f"coalesce(sum(round({measure.seconds})) {condition}, 0)::bigint AS {measure.name}"
    return f"count(*) {condition} AS {measure.name}"


_LEFT = " OR ".join(f"({measure.condition})" for measure in MEASURES if measure.leaving)
# The cells to which the `chosen` events add, with what they add. An event has a leg where its order is after it, and
# one where the order was before, if it leaves anything there.
CELLS = f"""
cells AS (
    SELECT * FROM (
        SELECT day, cohort, leg.district_id, leg.street_id, source, leg.category_id,
            {", ".join(_sum(measure) for measure in MEASURES)}
        FROM judged CROSS JOIN LATERAL (VALUES
            (true, to_district, to_street, to_category), (false, from_district, from_street, from_category)
        ) AS leg (arriving, district_id, street_id, category_id)
        WHERE (leg.arriving OR {_LEFT}) AND {{chosen}}
        GROUP BY day, cohort, leg.district_id, leg.street_id, source, leg.category_id
    ) AS counted WHERE greatest({", ".join(COUNTS)}) > 0
)"""
# That is what rules.SILENT promises; the same here, or a fold could differ from a rebuild.
COUNTED = "kind <> ALL(ARRAY[{}])".format(", ".join(f"'{kind}'" for kind in sorted(SILENT)))

# A cell stands in every dimension once.
DIMENSIONS = f"""
CROSS JOIN LATERAL (VALUES ('{ALL}', ''), ('{SOURCE}', source), ('{CATEGORY}', coalesce(category_id::text, '')))
AS face (dimension, value)"""
GRAINS = """
CROSS JOIN LATERAL (VALUES ('day', day), ('month', date_trunc('month', day)::date)) AS span (grain, from_day)"""


def added_to_rollups(rows: str) -> str:
    """An INSERT that adds ``rows`` (a SELECT of grain, KEY and SUMS) to what is there.

    In the order of the key, as every writer of rollups; together with the lock of locks.py nobody meets crosswise.
    """
    plus = ", ".join(f"{name} = insight_rollup.{name} + EXCLUDED.{name}" for name in NAMES)
    return f"""
INSERT INTO insight_rollup (grain, {KEY}, {SUMS}) {rows} ORDER BY 1, 2, 3, 4, 5, 6, 7
ON CONFLICT (grain, dimension, day, district_id, street_id, value, cohort) DO UPDATE SET {plus}"""


def unhurried(cursor: CursorWrapper) -> None:
    """Sort in memory, compile nothing until the transaction ends: so many columns compile slower than they run."""
    cursor.execute("SELECT set_config('work_mem', '128MB', true), set_config('jit', 'off', true)")
