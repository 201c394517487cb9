"""Real workers at midnight: whatever their number, a plan takes effect once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, connections

from grids import services
from grids.errors import PlanStale
from grids.ground import look_again
from grids.models import Grid, GridVersion, GroundPlan
from lianqin.kernel import clock
from lianqin.local.processes import wait_until
from relay.models import OutboxMessage
from tests.cast import Cast
from tests.grids.planning import FRESH, SOUTH_1, Planner, line
from tests.live import Platform

pytestmark = pytest.mark.service


def waiting_plan() -> GroundPlan:
    planner = Planner(Cast())
    planner.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.5), (1.2, 0.5)))
    return planner.scheduled()


def to_midnight(plan: GroundPlan, *, seconds: float) -> None:
    clock.install_shiftable_clock()
    midnight = dt.datetime.combine(plan.effective_on, dt.time(), dt.UTC) - dt.timedelta(hours=8)
    clock.shift(midnight + dt.timedelta(seconds=seconds) - clock.now())


def assert_once(plan: GroundPlan) -> None:
    plan.refresh_from_db()
    assert plan.state == "in_force"
    assert Grid.objects.filter(code__startswith="320999001001", valid_from=plan.effective_on).count() == 2
    assert OutboxMessage.objects.filter(topic="ground.changed").count() == 1
    assert GridVersion.objects.count() == 0


def test_a_real_worker_makes_it_so(platform: Platform) -> None:
    plan = waiting_plan()
    to_midnight(plan, seconds=-2)
    platform.start("worker")
    platform.start("beat")
    assert wait_until(lambda: GroundPlan.objects.get(pk=plan.pk).state == "in_force", 60), platform.logs()
    assert_once(plan)
    assert Grid.objects.get(code=FRESH).valid_from == plan.effective_on


def test_eight_at_once(platform: Platform) -> None:
    plan = waiting_plan()
    to_midnight(plan, seconds=1)
    done: list[int] = []
    start = threading.Barrier(8)

    def tick() -> None:
        try:
            start.wait()
            done.append(services.take_effect_when_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    connections.close_all()
    assert sorted(done) == [0] * 7 + [1]
    assert_once(plan)


def test_two_editors_at_once_one_step(platform: Platform) -> None:
    """Both saw the same version: one step is done, the other is told to look again."""
    planner = Planner(Cast())
    seen, by = planner.plan.version, Cast().sysadmin
    answers: list[str] = []
    start = threading.Barrier(2)

    def split(height: float) -> None:
        try:
            start.wait()
            across = line((-0.2, height), (1.2, height))
            services.split_grid(plan_id=planner.plan.pk, version=seen, code=SOUTH_1, line=across, by=by)
            answers.append("done")
        except PlanStale as refused:
            answers.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=split, args=(height,)) for height in (0.3, 0.7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["done", "stale_version"]
    assert planner.plan.steps.count() == 2
    look_again()
