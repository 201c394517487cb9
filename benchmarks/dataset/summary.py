"""What is in a data set: rows and bytes of every table, what is open, and when the first clock strikes."""

from __future__ import annotations

from benchmarks.dataset.target import connect

# Partitions count as their table.
TABLES = """
WITH RECURSIVE tree AS (
    SELECT c.oid AS root, c.oid FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    UNION ALL SELECT tree.root, i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
)
SELECT root::regclass::text, sum(greatest(c.reltuples, 0))::bigint AS rows,
    sum(pg_table_size(c.oid))::bigint AS data, sum(pg_indexes_size(c.oid))::bigint AS indexes
FROM tree JOIN pg_class c ON c.oid = tree.oid AND c.relkind = 'r' GROUP BY root
HAVING sum(greatest(c.reltuples, 0)) > 0 ORDER BY sum(pg_total_relation_size(c.oid)) DESC
"""
STATES = "SELECT status, level, count(*) FROM workorders_workorder GROUP BY 1, 2 ORDER BY 3 DESC"
CLOCKS = """
SELECT count(*), count(*) FILTER (WHERE due_at < lianqin_now()), min(next_at) - lianqin_now(), count(*) FILTER (
    WHERE next_at < lianqin_now() + interval '10 minutes')
FROM workorders_timer WHERE state = 'pending'
"""


def summary(url: str) -> str:
    """Rows are PostgreSQL's estimates, right after an ANALYZE."""
    with connect(url) as connection:
        tables = connection.execute(TABLES).fetchall()
        states = connection.execute(STATES).fetchall()
        clocks = connection.execute(CLOCKS).fetchone()
        size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert clocks is not None
    assert size is not None
    orders = sum(row[2] for row in states)
    lines = [f"{'table':<34}{'rows':>14}{'data MB':>11}{'index MB':>11}"]
    lines += [f"{name:<34}{rows:>14,}{data / 1e6:>11,.1f}{index / 1e6:>11,.1f}" for name, rows, data, index in tables]
    lines.append(f"{'whole database':<34}{'':>14}{size[0] / 1e6:>11,.1f}   {size[0] / orders:,.0f} bytes per order")
    lines += [f"  {status:<12}{level:<10}{count:>12,}" for status, level, count in states]
    running, overdue, first, soon = clocks
    lines.append(
        f"{running:,} clocks run, {overdue:,} past their due; the next strikes in {first}, {soon:,} in 10 minutes"
    )
    return "\n".join(lines)
