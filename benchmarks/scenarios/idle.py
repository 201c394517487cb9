"""A sweep that finds nothing due, and the audit of all that is open, whatever history lies behind them"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import psycopg
from django.db import connection

from benchmarks.measure.figures import P95, Figure, Limit, of_times, percentile
from benchmarks.measure.place import Place
from workorders import services
from workorders.models import Timer, WorkOrder
from workorders.services.auditor import audit_if_due, breaches, chain_breaches
from workorders.states import OPEN, TimerState

# `workorders.services.sweep` is the function of that name.
SWEEP = sys.modules["workorders.services.sweep"]
TIMES = 300
AUDITS = 5
MOST_MS = 5.0


def run(place: Place) -> list[Figure]:
    while services.sweep():  # What has become due since the data were built.
        pass
    before = _floor(place)
    swept = _times(services.sweep, TIMES)
    floor = (before + _floor(place)) / 2
    running = Timer.objects.filter(state=TimerState.PENDING)
    known, open_now = running.count(), WorkOrder.objects.filter(status__in=OPEN).count()
    of_all = _all_clocks()
    return [
        of_times(
            "sweep with nothing due",
            swept,
            floor=floor,
            floor_name="its two statements over psycopg",
            limits=(Limit(P95, most=MOST_MS),),
            note=f"{known} clocks run, of about {of_all} in the table",
        ),
        of_times("look whether an audit is due", _times(audit_if_due, TIMES)),
        of_times(
            "audit: every invariant", _times(lambda: list(breaches()), AUDITS), note=f"{open_now} orders are open"
        ),
        of_times("audit: chains of 50 orders", _times(lambda: list(chain_breaches()), AUDITS)),
    ]


def _times(work: Callable[[], object], times: int) -> list[float]:
    work()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return took


def _floor(place: Place) -> float:
    """Milliseconds, in the median."""
    given = {"now": "2000-01-01", "window": SWEEP.WINDOW, "handful": SWEEP.HANDFUL, "held": []}
    with psycopg.connect(place.database.replace("postgres://", "postgresql://", 1), autocommit=True) as plain:

        def both() -> None:
            plain.execute(SWEEP.RECORD, {"sweep": 1, "outage": SWEEP.OUTAGE_SECONDS}).fetchall()
            plain.execute(SWEEP.DUE, given).fetchall()

        return percentile(_times(both, TIMES), 50) * 1000


def _all_clocks() -> int:
    """As the planner estimates it: counting millions would warm what is measured."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'workorders_timer'::regclass")
        return int(cursor.fetchone()[0])
