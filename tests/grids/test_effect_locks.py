"""While a plan takes effect, orders are reported everywhere, and nothing but its edge is held."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections, transaction

from grids import services
from grids.models import Grid, GroundPlan, PlanState
from grids.services import plans_carry, plans_effect, today
from tests.cast import Cast, build_cast, centre_of
from tests.grids.planning import NORTH_1, SOUTH_1, SOUTH_2, Planner
from workorders.models import WorkOrder
from workorders.services.intake import report

FAR = "320999002002002"  # In the other street, two squares from the plan's community.


@pytest.fixture
def due(transactional_db: None) -> Cast:
    build_cast()
    cast = Cast()
    planner = Planner(cast)
    planner.do("describe_grid", code=SOUTH_1, values={"name": "南里东"})
    planner.scheduled()
    GroundPlan.objects.update(effective_on=today() - dt.timedelta(days=1))
    return cast


def is_free(code: str) -> bool:
    """Whether another transaction could take the whole row."""
    try:
        with transaction.atomic():
            Grid.objects.select_for_update(of=("self",), nowait=True).get(code=code)
    except DatabaseError:
        return False
    return True


def reported(cast: Cast, who: str, column: int, row: int) -> None:
    lon, lat = centre_of(column, row)
    told = {"title": "井盖丢失", "description": "路口", "address": "路口", "lon": lon, "lat": lat}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
        report(by=getattr(cast, who), data={**told, "source": "grid_worker"})
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db(transaction=True)
def test_a_plan_holds_its_edge_and_nobody_up(due: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    reached, go_on, carry = threading.Event(), threading.Event(), plans_carry.carry_members
    done: list[int] = []

    def pause(*told: Any) -> Any:
        reached.set()
        go_on.wait(30)
        return carry(*told)

    def work() -> None:
        try:
            done.append(services.take_effect_when_due())
        finally:
            connections.close_all()

    monkeypatch.setattr(plans_effect, "carry_members", pause)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert reached.wait(20)
        reported(due, "grid_worker", 0, 0)  # On the plan's own ground.
        reported(due, "other_grid_worker", 3, 0)
        held = {code: not is_free(code) for code in (SOUTH_1, SOUTH_2, NORTH_1, FAR)}
    finally:
        go_on.set()
        thread.join(30)

    assert held == {SOUTH_1: True, SOUTH_2: True, NORTH_1: True, FAR: False}
    assert done == [1]
    assert GroundPlan.objects.get().state == PlanState.IN_FORCE
    assert WorkOrder.objects.count() == 2
