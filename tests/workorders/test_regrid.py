"""Open orders follow a re-division, once and through the door; closed ones keep their grid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grids import services as ground_services
from grids.ground import look_again
from grids.models import Grid, GroundPlan
from lianqin.kernel import clock
from relay.services import drain
from tests.grids.planning import FRESH, SOUTH_1, SOUTH_2, Planner, area, line, point
from tests.workorders.conftest import Desk
from workorders import services
from workorders.errors import WrongState
from workorders.models import Event, WorkOrder
from workorders.services import advance
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order
from workorders.services.regridding import regrid_after_plans, regrid_order, regrid_orders

EAST_OF_FIRST = point(0.9, 0.5)
MOST_OF_IT = area((0.5, 0), (2, 0), (2, 1), (0.5, 1))


@pytest.fixture(autouse=True)
def _ground_of_this_test() -> Iterator[None]:
    """What another test left in this process is not the ground of this one."""
    look_again()
    yield
    look_again()


@pytest.fixture
def planner(desk: Desk) -> Planner:
    """The second grid takes half of the first."""
    planner = Planner(desk.cast)
    planner.do("reshape_grid", code=SOUTH_2, boundary=MOST_OF_IT)
    return planner


def in_force(plan: GroundPlan, shift: Callable[[dt.timedelta], None]) -> None:
    midnight = dt.datetime.combine(plan.effective_on, dt.time(), dt.UTC) - dt.timedelta(hours=8)
    shift(midnight + dt.timedelta(seconds=1) - clock.now())
    assert ground_services.take_effect_when_due() == 1
    look_again()


def grid_of(order: WorkOrder) -> str:
    order.refresh_from_db()
    assert order.grid is not None
    return order.grid.code


def test_open_orders_move_and_closed_ones_keep_their_grid(
    desk: Desk, planner: Planner, shift: Callable[[dt.timedelta], None]
) -> None:
    told: dict[str, Any] = {"lon": EAST_OF_FIRST[0], "lat": EAST_OF_FIRST[1]}
    waiting, working, done = desk.report(**told), desk.handling(**told), desk.closed(**told)
    staying = desk.report(lon=point(0.1, 0.1)[0], lat=point(0.1, 0.1)[1])
    before = {order.pk: (order.status, order.holder_id) for order in (waiting, working)}
    in_force(planner.scheduled(), shift)
    drain()
    assert [grid_of(order) for order in (waiting, working, done, staying)] == [SOUTH_2, SOUTH_2, SOUTH_1, SOUTH_1]
    for order in (waiting, working):
        order.refresh_from_db()
        assert (order.status, order.holder_id) == before[order.pk]
        assert desk.events(order)[-1] == "regrid"
        assert list(verify_order(order)) == []
    event = Event.objects.filter(order=waiting).latest("seq")
    first = Grid.objects.get(code=SOUTH_1)
    assert (event.user_id, event.actor_kind) == (None, "system")
    assert f'"from_grid":{first.pk}' in event.body
    assert f'"plan":{planner.plan.pk}' in event.body
    assert "regrid" not in desk.events(done)
    # The days until then may have been working days.
    services.sweep()
    assert list(breaches()) == []


def test_a_repeat_moves_nothing(desk: Desk, planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.report(lon=EAST_OF_FIRST[0], lat=EAST_OF_FIRST[1])
    in_force(planner.scheduled(), shift)
    grids = GroundPlan.objects.get().outcome["grid_ids"]
    assert regrid_orders(plan_id=planner.plan.pk, grid_ids=grids) == 1
    assert regrid_orders(plan_id=planner.plan.pk, grid_ids=grids) == 0
    assert regrid_order(order_id=order.pk, plan_id=planner.plan.pk) is False
    drain()
    assert desk.events(order).count("regrid") == 1


def test_what_was_placed_by_the_old_ground_meanwhile_is_found(
    desk: Desk, planner: Planner, shift: Callable[[dt.timedelta], None]
) -> None:
    in_force(planner.scheduled(), shift)
    drain()
    order = desk.report(lon=EAST_OF_FIRST[0], lat=EAST_OF_FIRST[1])
    WorkOrder.objects.filter(pk=order.pk).update(grid=Grid.objects.get(code=SOUTH_1))
    assert regrid_after_plans() == 1
    assert grid_of(order) == SOUTH_2
    shift(dt.timedelta(minutes=16))
    WorkOrder.objects.filter(pk=order.pk).update(grid=Grid.objects.get(code=SOUTH_1))
    assert regrid_after_plans() == 0


def test_a_split_grid_leaves_its_orders_to_both_pieces(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    south, north = (desk.report(lon=point(0.5, y)[0], lat=point(0.5, y)[1]) for y in (0.2, 0.8))
    planner = Planner(desk.cast)
    planner.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.5), (1.2, 0.5)))
    in_force(planner.scheduled(), shift)
    drain()
    assert {grid_of(south), grid_of(north)} == {FRESH, "320999001001004"}


def test_an_order_outside_of_every_grid_comes_to_its_street_when_ground_is_drawn_there(
    desk: Desk, shift: Callable[[dt.timedelta], None]
) -> None:
    Grid.objects.filter(code=SOUTH_1).update(boundary=None)
    look_again()
    order = desk.report(lon=point(0.5, 0.5)[0], lat=point(0.5, 0.5)[1])
    assert (order.grid_id, order.holder_id) == (None, desk.ground.command_center.pk)
    planner = Planner(desk.cast)
    ground_services.touch_ground()
    planner.do("draw_grid", community="320999001001", code=SOUTH_1, boundary=area((0, 0), (1, 0), (1, 1), (0, 1)))
    in_force(planner.scheduled(), shift)
    drain()
    assert grid_of(order) == SOUTH_1
    assert order.holder_id == desk.ground.sub_center.pk


def test_nobody_asks_for_it_by_name(desk: Desk) -> None:
    order = desk.closed()
    with pytest.raises(WrongState):
        advance(order_id=order.pk, action="regrid", by=desk.cast.street_dispatcher, data={})
    assert desk.events(order)[-1] == "verify"
