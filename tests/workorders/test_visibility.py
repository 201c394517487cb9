"""One rule in two forms: the queryset and the fact agree; what is offered is exactly what the door would do."""

from __future__ import annotations

from functools import partial

import pytest

from lianqin.kernel.actors import Actor
from tests.workorders.conftest import NOWHERE, OTHER_STREET, Desk
from tests.workorders.machine import ACTIONS, inputs
from tests.workorders.prototypes import answer_of, read_once, undone
from workorders import services
from workorders.models import WorkOrder
from workorders.permissions import is_visible
from workorders.selectors import visible_to
from workorders.services.offers import available_actions
from workorders.states import ASSIGNMENT_ACTIONS

Try = tuple[str, int | None]
# One of each kind; those who see nothing are tried in test_matrix.py.
WHO = (
    *("commander", "district_dispatcher", "street_dispatcher", "community_officer", "handler", "handler2"),
    *("district_handler2", "supervisor", "grid_worker", "grid_leader", "citizen"),
)


@pytest.fixture
def orders(desk: Desk) -> list[WorkOrder]:
    cast = desk.cast
    elsewhere = {"lon": OTHER_STREET[0], "lat": OTHER_STREET[1]}
    on_site = desk.report(cast.grid_worker, source="grid_worker")
    asked = desk.do(desk.registered(), "extend", cast.street_dispatcher, reason="理由", workdays=2)
    cross = desk.do(
        desk.report(cast.citizen), "register_to_district", cast.street_dispatcher,
        conditions_confirmed=True, affected_streets=["320999002"],
    )  # fmt: skip
    joint = desk.do(
        desk.at_district(), "dispatch", cast.commander, lead="320999-water", assists=["320999001-urban_management"]
    )
    returned = desk.do(desk.dispatched(), "return_assignment", cast.handler, reason="不属")
    declined = desk.do(desk.report(cast.citizen), "decline", cast.street_dispatcher, reason="不属实")
    services.decide(request_id=declined.requests.get().pk, approve=True, by=cast.street_dispatcher2)
    made = [
        desk.report(cast.citizen),
        desk.report(cast.source, **elsewhere),
        desk.report(lon=NOWHERE[0], lat=NOWHERE[1]),
        desk.do(desk.report(), "claim", cast.community_officer),
        desk.do(on_site, "handle_on_site", cast.grid_worker, result="已劝离"),
        desk.registered(), desk.handling("320999001-market"), desk.submitted(), desk.closed(),
        asked, cross, joint, returned, declined,
        desk.do(returned, "contest_return", cast.street_dispatcher, reason="应属"),
        desk.do(desk.registered(), "merge", cast.street_dispatcher, master=asked.number),
    ]  # fmt: skip
    return list(WorkOrder.objects.filter(pk__in={order.pk for order in made}).order_by("pk"))


def test_queryset_and_fact_agree_over_the_whole_cast(desk: Desk, orders: list[WorkOrder]) -> None:
    for name, actor in desk.cast.all():
        listed = set(visible_to(actor).values_list("pk", flat=True))
        seen = {order.pk for order in orders if is_visible(actor, order, order.assignments.all())}
        assert listed & {order.pk for order in orders} == seen, name


def test_who_sees_what(desk: Desk) -> None:
    """Typed by hand: an order that a citizen reported in the first grid."""
    order = desk.report(desk.cast.citizen)
    seers = {name for name, actor in desk.cast.all() if visible_to(actor).filter(pk=order.pk).exists()}
    assert seers == {
        "commander", "district_dispatcher", "district_dispatcher2", "street_dispatcher", "street_dispatcher2",
        "community_officer", "supervisor", "street_supervisor", "grid_worker", "grid_worker2", "grid_leader", "citizen",
    }  # fmt: skip


def test_offers_are_what_the_door_would_do(desk: Desk, orders: list[WorkOrder]) -> None:
    wrong = []
    for order in orders:
        parts = list(order.assignments.all())
        master = next(each for each in orders if each.pk != order.pk)
        data = inputs(" ", order, master, 0, order.reported_at.date())
        tries: list[Try] = [(action, None) for action in ACTIONS if action not in ASSIGNMENT_ACTIONS]
        tries += [(action, each.pk) for action in sorted(ASSIGNMENT_ACTIONS) for each in parts]
        for name in WHO:
            actor = getattr(desk.cast, name)
            if not is_visible(actor, order, parts):
                continue
            offers = {(offer.action, offer.assignment_id) for offer in available_actions(actor, order)}
            assert offers <= set(tries)
            taken = set()
            for each in offers:
                with undone():
                    taken |= set() if is_refused(order, each, actor, data) else {each}
            with undone(), read_once(order):
                taken |= {each for each in tries if each not in offers and not is_refused(order, each, actor, data)}
            if taken != offers:
                wrong.append(f"{order.status}/{order.level} by {name}: offered {offers - taken}, not {taken - offers}")
    assert wrong == []


def is_refused(order: WorkOrder, tried: Try, by: Actor, data: dict[str, object]) -> bool:
    """For the state or the person; what is filled in is another matter."""
    action, assignment_id = tried
    attempt = partial(services.advance, order_id=order.pk, action=action, by=by, data=data, assignment_id=assignment_id)
    return answer_of(attempt)[0] in (403, 404, 409)
