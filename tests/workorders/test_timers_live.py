"""The two drivers of the timers as real processes, and what a cut connection may not do to a clock."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from redis import Redis

from catalogue import revisions
from catalogue.models import Category
from lianqin.kernel import clock
from lianqin.local import programs
from lianqin.local.processes import wait_until
from tests.cast import Cast, SmallGround
from tests.live import Platform
from tests.workorders.conftest import Desk
from workorders import services
from workorders.models import Alarm, Event, SweepRecord, Timer, WorkOrder

# `workorders.services.sweep` is the function of that name.
SWEEP = sys.modules["workorders.services.sweep"]
pytestmark = [pytest.mark.service, pytest.mark.timeout(120)]


@pytest.fixture
def desk(platform: Platform, django_db_blocker: Any) -> Any:
    """A desk on the platform's own database: what it commits is seen by the processes."""
    with django_db_blocker.unblock():
        revisions.forget()
        parent = Category.objects.create(code="T", name="试验类", level=1)
        Category.objects.create(code="T01", name="普通事项", parent=parent, level=2)
        clock.install_shiftable_clock()
        yield Desk(Cast(), SmallGround(), {})
        revisions.forget()


def overdue(desk: Desk) -> WorkOrder:
    """An order that its street left lying: the warning went out, the accept clock has run out since."""
    order = desk.report(source="portal")
    for _ in range(2):
        clock.shift(dt.timedelta(days=9))
        if not Event.objects.filter(order=order, kind="warned").exists():
            services.sweep()
    return order


def has_escalated(order: WorkOrder) -> bool:
    order.refresh_from_db()
    return order.level == "district"


def test_run_timers_fires_once_and_writes_how_late_it_was(platform: Platform, desk: Desk) -> None:
    order = overdue(desk)

    process = platform.run("timers", programs.manage(sys.executable, "run_timers", "--once"))

    assert wait_until(lambda: not process.running, 30)
    assert process.popen is not None
    assert process.popen.returncode == 0
    assert has_escalated(order)
    event = Event.objects.get(order=order, kind="escalate")
    told = json.loads(event.body)["data"]
    assert (told["stage"], told["name"], event.actor_kind) == ("accept", "due", "system")
    assert told["lateness_seconds"] > 24 * 3600


def test_celery_tick_fires_as_well(platform: Platform, desk: Desk) -> None:
    order = overdue(desk)
    platform.start("worker")
    platform.start("beat")

    assert wait_until(lambda: has_escalated(order), 45), platform.logs()
    assert Event.objects.filter(order=order, kind="escalate").count() == 1


def test_celery_tick_comes_through_after_redis_was_emptied(platform: Platform, desk: Desk) -> None:
    platform.start("worker")
    platform.start("beat")
    assert wait_until(lambda: swept_at() is not None, 45), platform.logs()
    with Redis.from_url(platform.redis_url) as redis:
        redis.flushdb()
    order = overdue(desk)

    assert wait_until(lambda: has_escalated(order), 30), platform.logs()


def swept_at() -> dt.datetime | None:
    return SweepRecord.objects.filter(pk=SweepRecord.SWEEP).values_list("last_at", flat=True).first()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_timers_stops_within_two_seconds(platform: Platform, desk: Desk, number: signal.Signals) -> None:
    command = programs.manage(sys.executable, "run_timers", "--interval", "30")
    process = platform.run("timers", command)
    assert wait_until(lambda: swept_at() is not None, 30), platform.logs()

    assert process.popen is not None
    began, queued = time.monotonic(), waited_for_a_core(process.popen.pid)
    process.signal(number)
    last = queued
    while process.running and time.monotonic() - began < 30:
        last = max(last, waited_for_a_core(process.popen.pid))
        time.sleep(0.01)

    assert not process.running
    assert time.monotonic() - began - (last - queued) < 2
    assert process.popen.returncode == 0


def waited_for_a_core(pid: int) -> float:
    """Seconds in which the process could have run and others did; they are none of its doing."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def test_run_timers_survives_a_cut_connection(platform: Platform, desk: Desk) -> None:
    platform.run("timers", programs.manage(sys.executable, "run_timers", "--interval", "0.2"))
    assert wait_until(lambda: swept_at() is not None, 30), platform.logs()
    cut_all_but_ours()
    order = overdue(desk)

    assert wait_until(lambda: has_escalated(order), 30), platform.logs()


def cut_all_but_ours() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )


def test_cut_connection_is_not_held_against_the_timer(
    platform: Platform, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django opens a new connection before the error arrives: it must be told by the error itself."""
    order = overdue(desk)
    genuine = SWEEP.order_if_free
    cuts: list[int] = []

    def cut_and_lock(order_id: int) -> WorkOrder | None:
        if not cuts:
            cuts.append(cut_ourselves(platform))
        found: WorkOrder | None = genuine(order_id)
        return found

    monkeypatch.setattr(SWEEP, "order_if_free", cut_and_lock)

    assert services.sweep() == 0
    timer = Timer.objects.get(order=order, state="pending")
    assert (timer.attempts, timer.retry_at) == (0, None)
    assert not Alarm.objects.exists()
    assert not has_escalated(order)

    assert services.sweep() == 1
    assert has_escalated(order)


def cut_ourselves(platform: Platform) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid: int = cursor.fetchone()[0]
    url = platform.environment["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    return pid
