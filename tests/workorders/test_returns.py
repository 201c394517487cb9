"""Return and arbitrate: once per department, the third return goes up, what is decided there binds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.workorders.conftest import Desk
from workorders import services
from workorders.errors import Invalid, NotAllowed, NotIndependent, Unmet, WrongState
from workorders.models import Timer, WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order
from workorders.services.offers import available_actions

Shift = Callable[[dt.timedelta], None]


def returned(desk: Desk, order: WorkOrder, lead: str) -> WorkOrder:
    """One more department, that returns it unread: by the sweep, since the cast has no handler in each."""
    code = desk.ground.unit(f"001-{lead}").code
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=code)
    timer = Timer.objects.get(order=order, stage="acknowledge", state="pending")
    Timer.objects.filter(pk=timer.pk).update(step=1, next_at=timer.started_at)
    assert services.fire(timer_id=timer.pk, order_id=order.pk)
    order.refresh_from_db()
    return order


@pytest.fixture
def thrice(desk: Desk) -> WorkOrder:
    order = desk.registered()
    for lead in ("market", "housing", "sanitation"):
        order = returned(desk, order, lead)
    return order


def test_lead_returns_and_assistants_go_on(desk: Desk) -> None:
    order = desk.handling("320999001-market")
    desk.do(order, "acknowledge", desk.cast.handler2)
    order = desk.do(order, "return_assignment", desk.cast.handler, reason="不属本队职责")

    assert (order.status, order.returns, order.holder) == ("registered", 1, desk.ground.sub_center)
    assert [each.status for each in order.assignments.all()] == ["returned", "acknowledged"]
    order = desk.do(order, "submit_result", desk.cast.handler2, result="已配合")
    assert order.status == "registered"
    with pytest.raises(WrongState):
        desk.do(order, "return_assignment", desk.cast.handler, reason="再退一次")
    assert desk.events(order).count("return_assignment") == 1


def test_department_returns_an_order_once(desk: Desk) -> None:
    order = desk.do(desk.handling(), "return_assignment", desk.cast.handler, reason="不属本队职责")
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    with pytest.raises(Unmet):
        desk.do(order, "return_assignment", desk.cast.handler, reason="还是不属")


def test_no_return_after_a_result(desk: Desk) -> None:
    order = desk.do(desk.submitted(), "rework", desk.cast.street_dispatcher, reason="未清理干净")
    assert order.status == "handling"
    with pytest.raises(Unmet):
        desk.do(order, "return_assignment", desk.cast.handler, reason="不想再做")


def test_last_assistant_returns_when_the_lead_is_done(desk: Desk) -> None:
    order = desk.handling("320999001-market")
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理")
    assert order.status == "handling"
    order = desk.do(order, "return_assignment", desk.cast.handler2, reason="无需配合")
    assert order.status == "submitted"
    assert list(breaches()) == []


def test_third_return_goes_to_arbitration_and_binds(desk: Desk, thrice: WorkOrder, shift: Shift) -> None:
    order = thrice
    assert (order.status, order.returns) == ("registered", 3)
    assert order.requests.get().kind == "arbitration"
    lead = desk.ground.urban_squad.code
    for action in ("dispatch", "shelve"):
        with pytest.raises(Unmet):
            desk.do(order, action, desk.cast.street_dispatcher, lead=lead, reason="x", review_on="2099-01-01")
    with pytest.raises(NotAllowed):
        desk.do(order, "arbitrate", desk.cast.street_dispatcher2, lead=lead, reason="应由城管承办")

    order = desk.do(order, "arbitrate", desk.cast.district_dispatcher, lead=lead, reason="应由城管承办")
    assert (order.status, order.level, order.requests.get().outcome) == ("dispatched", "street", "approved")
    with pytest.raises(Unmet):
        desk.do(order, "return_assignment", desk.cast.handler, reason="不接受")

    for _ in range(40):
        shift(dt.timedelta(minutes=15))
        services.sweep()
    assert not Timer.objects.filter(order=order, attempts__gt=0).exists(), "a binding part is not taken back"
    # Ten hours reach into a working day where they begin at night: clocks may have written something.
    order.refresh_from_db()
    assert list(verify_order(order)) == []


def test_arbitration_goes_up_on_silence(desk: Desk, thrice: WorkOrder) -> None:
    order, request = thrice, thrice.requests.get()
    timer = Timer.objects.get(request=request, state="pending")
    Timer.objects.filter(pk=timer.pk).update(step=1, next_at=timer.started_at)
    assert services.fire(timer_id=timer.pk, order_id=order.pk)

    request.refresh_from_db()
    order.refresh_from_db()
    assert (request.outcome, request.tier) == ("pending", "commander")
    assert desk.events(order)[-1] == "arbitration_raised"
    assert list(verify_order(order)) == []
    lead = desk.ground.urban_squad.code
    with pytest.raises(NotAllowed):
        desk.do(order, "arbitrate", desk.cast.district_dispatcher, lead=lead, reason="应由城管承办")
    order = desk.do(order, "arbitrate", desk.cast.commander, lead=lead, reason="应由城管承办")
    assert order.status == "dispatched"


def test_who_dispatched_does_not_arbitrate(desk: Desk) -> None:
    order = desk.at_district()
    order = desk.do(order, "dispatch", desk.cast.commander, lead=desk.ground.urban_bureau.code)
    order = desk.do(order, "return_assignment", desk.cast.district_handler, reason="不属本局")
    order = desk.do(order, "contest_return", desk.cast.district_dispatcher, reason="应属贵局")
    with pytest.raises(NotIndependent):
        desk.do(order, "arbitrate", desk.cast.commander, lead=desk.ground.urban_bureau.code, reason="定")
    assert "arbitrate" not in {offer.action for offer in available_actions(desk.cast.commander, order)}


def test_assistant_becomes_the_lead(desk: Desk) -> None:
    order = desk.handling("320999001-market")
    order = desk.do(order, "return_assignment", desk.cast.handler, reason="不属本队职责")
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead="320999001-market")
    assert [(each.role, each.status) for each in order.assignments.all()] == [
        ("lead", "returned"),
        ("assist", "revoked"),
        ("lead", "pending"),
    ]
    assert list(verify_order(order)) == []


def test_centre_does_not_revoke_the_last_one_at_work(desk: Desk) -> None:
    order = desk.handling("320999001-market")
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理")
    with pytest.raises(Invalid):
        desk.do(order, "adjust", desk.cast.street_dispatcher, revoke=["320999001-market"], reason="不需要")
    order = desk.do(order, "override", desk.cast.street_dispatcher, reason="无需配合")
    assert order.status == "submitted"
