"""Escalation under fire, on a copy of the test database; longer by hand: python -m benchmarks.fire."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.engine.plan import Least, Plan
from benchmarks.engine.run import run
from tests.live import Platform

# Another fire each day; what burnt can be lit again with the seed of the report.
SEED = int(os.environ.get("FIRE_SEED") or time.strftime("%Y%m%d"))
PLAN = Plan(
    seed=SEED, seconds=15, orders=80, scale=1800, clients=3, sweepers=2, kill_every=0.9, cut_every=0.9, drain_within=60
)
LEAST = Least(firings=150, actions=120, kills=6, cuts=8, flushes=1, escalations=20)


@pytest.mark.service
@pytest.mark.timeout(120)
def test_nothing_is_lost_doubled_or_late_for_the_order(platform: Platform) -> None:
    verdict = run(PLAN, LEAST, environment=platform.environment, folder=platform.folder)

    print(verdict.text())
    assert verdict.ok, verdict.text()
