"""What a figure depends on: the machine, the versions, the settings of PostgreSQL, the size of the data."""

from __future__ import annotations

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection
from redis import Redis

SETTINGS = (
    *("fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "effective_cache_size", "work_mem"),
    *("max_wal_size", "random_page_cost", "jit", "max_connections"),
)
PACKAGES = ("Django", "djangorestframework", "psycopg", "uvicorn", "a2wsgi", "celery", "redis", "shapely")
ADDITIONS = 2_000_000
# Partitions are told as one table.
TABLES = """
SELECT coalesce(p.relname, c.relname), sum(greatest(c.reltuples, 0))::bigint, sum(pg_table_size(c.oid)),
    sum(pg_indexes_size(c.oid))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = i.inhparent
WHERE c.relkind = 'r' AND n.nspname = 'public'
GROUP BY 1 HAVING sum(pg_total_relation_size(c.oid)) > 1000000 ORDER BY sum(pg_total_relation_size(c.oid)) DESC
"""


def machine() -> dict[str, Any]:
    """Processor, cores, memory, kernel and how busy the machine was before the run."""
    return {
        "processor": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "kernel": platform.release(),
        "load_before": [round(each, 2) for each in os.getloadavg()],
    }


def speed() -> float:
    """Additions of bare Python on one core, in millions a second: what a shared processor gives just now."""
    began, total = time.perf_counter(), 0
    for number in range(ADDITIONS):
        total += number
    return ADDITIONS / (time.perf_counter() - began) / 1e6


def versions(redis_url: str) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        postgres = cursor.fetchone()[0]
    with Redis.from_url(redis_url) as redis:
        facts: Any = redis.info("server")
    served = "Valkey" if "valkey_version" in facts else "Redis"
    return {
        "Python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
        "PostgreSQL": postgres,
        served: str(facts.get("valkey_version") or facts["redis_version"]),
    }


def settings() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)", [list(SETTINGS)])
        found = dict(cursor.fetchall())
    return {name: found[name] for name in SETTINGS if name in found}


def data() -> dict[str, Any]:
    """Rows as the planner estimates them, bytes as they are; tables over one megabyte."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [
            {"table": name, "rows": rows, "bytes": int(size), "index_bytes": int(indexes)}
            for name, rows, size, indexes in cursor.fetchall()
        ]
        cursor.execute("SELECT count(*), pg_database_size(current_database()) FROM workorders_workorder")
        orders, size = cursor.fetchone()
    return {"orders": orders, "bytes": size, "tables": tables}


def _cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, "") or platform.processor() or platform.machine()
