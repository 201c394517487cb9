"""Clocks and people who supervise the same order at the same moment."""

from __future__ import annotations

import json
import time
from functools import partial

import pytest
from django.db import transaction

from dispatch.models import Accountability, DocumentCounter, SupervisionOrder
from dispatch.services import order_supervision, propose_accountability, supervise
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict
from tests.workorders.conftest import Desk
from tests.workorders.test_family_race import alongside, somebody_waits_for_us
from tests.workorders.test_races import at_once
from workorders.locks import order_locked
from workorders.models import Event, WorkOrder

pytestmark = pytest.mark.django_db(transaction=True)


def struck(desk: Desk, order: WorkOrder) -> Event:
    """An event as the clock writes it."""
    event = Event.objects.select_related("order").filter(order=order).latest("pk")
    data = {"unit": desk.ground.urban_squad.pk, "stage": "resolve", "tier": 1}
    event.body = json.dumps({**json.loads(event.body), "data": data})
    return event


def test_the_clock_waits_for_the_order_before_it_holds_a_counter(desk: Desk) -> None:
    order = desk.handling()
    event, errors = struck(desk, order), list[Exception]()
    order_supervision(order_id=order.pk, by=desk.cast.commander, demands="请办结", tier=2)
    with transaction.atomic():
        order_locked(order.pk)
        thread = alongside(lambda: supervise(event=event, generation=order.generation, level="street"), errors)
        for _ in range(200):
            if somebody_waits_for_us():
                break
            time.sleep(0.01)
        # As somebody does who supervises by hand, with the order locked.
        assert DocumentCounter.objects.select_for_update(nowait=True).get(kind="supervision").last == 1
    thread.join(timeout=10)
    assert errors == []
    assert SupervisionOrder.objects.filter(order=order, tier=1, by_hand=False).exists()


def test_two_who_supervise_at_once_raise_it_twice(desk: Desk) -> None:
    order, errors = desk.handling(), list[Exception]()

    def raised(by: Actor) -> None:
        order_supervision(order_id=order.pk, by=by, demands="请办结")

    with transaction.atomic():
        order_locked(order.pk)
        both = (desk.cast.commander, desk.cast.supervisor)
        threads = [alongside(lambda by=by: raised(by), errors) for by in both]
        time.sleep(0.3)
    for thread in threads:
        thread.join(timeout=10)
    assert errors == []
    assert sorted(SupervisionOrder.objects.values_list("tier", flat=True)) == [1, 2]
    assert WorkOrder.objects.get(pk=order.pk).supervision_tier == 2


def test_of_two_who_propose_at_once_one_does(desk: Desk) -> None:
    top = order_supervision(order_id=desk.handling().pk, by=desk.cast.commander, demands="请办结", tier=3)
    assert top.unit_id is not None
    unit_id = top.unit_id

    def proposed(by: Actor) -> str:
        try:
            return propose_accountability(
                order_id=top.order_id, unit_id=unit_id, facts="仍未落实", opinion="建议约谈", measure="talk",
                after=top.number, by=by,
            ).state  # fmt: skip
        except Conflict as refusal:
            return refusal.code

    both = (desk.cast.district_dispatcher, desk.cast.commander)
    answers = at_once([partial(proposed, by) for by in both])
    assert sorted(answers) == ["accountability_proposed", "proposed"]
    assert Accountability.objects.count() == 1
