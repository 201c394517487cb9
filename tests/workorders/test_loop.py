"""The main job: one order through the whole loop, at the street and at the district."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from tests.workorders.conftest import Desk
from workorders import services
from workorders.models import Timer, WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order


def proven(order: WorkOrder) -> bool:
    return list(verify_order(order)) == [] and list(breaches()) == []


def test_street_closes_what_it_registered(desk: Desk) -> None:
    order = desk.closed()

    assert (order.status, order.level, order.holder_id, order.due_at) == ("closed", "street", None, None)
    assert desk.events(order) == ["report", "register", "dispatch", "acknowledge", "submit_result", "verify"]
    assert proven(order)


def test_unfinished_order_escalates_by_itself_and_the_district_closes_it(
    desk: Desk, shift: Callable[[dt.timedelta], None]
) -> None:
    order = desk.handling()
    for _ in range(12):
        shift(dt.timedelta(days=1))
        services.sweep()
    order.refresh_from_db()

    assert (order.status, order.level, order.highest_level) == ("registered", "district", "district")
    assert desk.events(order).count("escalate") == 1
    assert order.assignments.get().status == "superseded"

    by = desk.cast.commander
    bureau, water = desk.ground.urban_bureau.code, desk.ground.water_bureau.code
    order = desk.do(order, "dispatch", by, lead=bureau, assists=[water])
    order = desk.do(order, "acknowledge", desk.cast.district_handler)
    order = desk.do(order, "acknowledge", desk.cast.district_handler2)
    order = desk.do(order, "submit_result", desk.cast.district_handler2, result="已配合断水")
    assert order.status == "handling"
    order = desk.do(order, "submit_result", desk.cast.district_handler, result="已修复")
    assert order.status == "submitted"
    order = desk.do(order, "verify", by)

    assert (order.status, order.level) == ("closed", "district")
    assert Timer.objects.filter(order=order, state="pending").values_list("stage", flat=True).get() == "callback"
    assert proven(order)
