"""The whole way from a seeded ground to a district with five years behind it."""

from __future__ import annotations

import datetime as dt

from django.core.management import call_command, get_commands
from django.db import connections

from benchmarks.dataset.loading import check_keys, fast, load, without_indexes, write_days, write_messages
from benchmarks.dataset.people import CITIZENS_PER_ORDER, staff_units, write_citizens
from benchmarks.dataset.planning import Planner
from benchmarks.dataset.playing import plays_for, record
from benchmarks.dataset.progress import say, step
from benchmarks.dataset.stamping import Stamper
from benchmarks.dataset.summary import summary
from benchmarks.dataset.target import connect
from benchmarks.dataset.town import read_town
from grids.models import District
from grids.seeding.ground import CODE
from lianqin.kernel import clock
from workorders.services.partitions import make_months

# As long as the relay keeps what it has delivered.
MESSAGES_KEPT = dt.timedelta(days=7)
REBUILD = "rebuild_rollups"


def build(url: str, *, orders: int, seed: int, workers: int, quiet: dt.timedelta) -> str:
    """Fill a migrated and seeded database; returns what there is now, as text."""
    now = clock.now()
    district = District.objects.get(code=CODE)
    with step("people posted"):
        posted = staff_units(district.pk)
    connections.close_all()
    with connect(url) as connection, step("citizens written"):
        first, count = write_citizens(connection, max(20, round(orders * CITIZENS_PER_ORDER)), seed)
    say(f"{posted:,} people in units, {count:,} citizens")
    with step("ground read"):
        town = read_town(CODE, range(first, first + count), seed)
    recordings = record(url, plays_for(orders, now), town, seed, workers)
    with step("planned"):
        plan = Planner(recordings, now, quiet, seed).plan(orders)
    with step("months made"):
        make_months({job.day.year * 100 + job.day.month for job in plan.jobs})
        connections.close_all()
    stamper = Stamper(town, plan.moulds, district.number_prefix, now - MESSAGES_KEPT, seed)
    with without_indexes(url, workers):
        messages = load(url, plan, stamper, workers)
    with connect(url) as connection, step("numbers and messages written"):
        fast(connection)
        write_days(connection, plan, district.number_prefix)
        write_messages(connection, messages)
    with connect(url, autocommit=True) as connection, step("vacuumed and analyzed"):
        connection.execute("VACUUM (ANALYZE)")
    with connect(url) as connection, step("foreign keys looked at"):
        check_keys(connection)
    if REBUILD in get_commands():
        with step("rollups rebuilt"):
            call_command(REBUILD, verbosity=0)
    return summary(url)
