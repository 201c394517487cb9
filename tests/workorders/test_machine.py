"""Anybody does anything at any time: no invalid state, every invariant after every step, refusals leave no trace.

More of it: ``LIANQIN_MACHINE_EXAMPLES=200 pytest tests/workorders/test_machine.py``.
"""

from __future__ import annotations

import datetime as dt
import os
from random import Random

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from tests.cast import NAMES
from tests.workorders.conftest import HERE, NOWHERE, Desk
from tests.workorders.machine import ACTIONS, everything, faults, inputs
from workorders import services
from workorders.errors import Invalid
from workorders.models import Request, WorkOrder
from workorders.permissions import is_visible
from workorders.services.offers import Offer, available_actions

EXAMPLES = int(os.environ.get("LIANQIN_MACHINE_EXAMPLES", "0"))
MONDAY = "2026-11-23 09:00+08"
ENDS = {"void", "withdraw", "decline", "merge", "register_to_district", "escalate"}
# Those who drive an order; everybody else tries anything.
DRIVERS = (
    *("street_dispatcher", "street_dispatcher2", "district_dispatcher", "commander", "community_officer"),
    *("handler", "handler2", "district_handler", "district_handler2", "citizen", "grid_worker", "supervisor"),
)


class Machine(RuleBasedStateMachine):
    desk: Desk
    random: Random

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        with connection.cursor() as cursor:
            # The same hour in every run: what is late does not hang on when the tests are run.
            cursor.execute("UPDATE lianqin_clock_shift SET shift = %s::timestamptz - clock_timestamp()", [MONDAY])
        self.numbers: list[int] = []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @initialize(number=st.integers(0, 2**32))
    def two_reports(self, number: int) -> None:
        """Everything else is drawn from this: the steps must reach deep, not be short."""
        self.random = Random(number)
        self.report("citizen", HERE)
        self.report(self.random.choice(["citizen", "grid_worker", "street_dispatcher"]), HERE)

    def report(self, by: str, point: tuple[float, float]) -> None:
        lon, lat = point
        source = self.random.choice(["grid_worker", "hotline_12345"])
        self.numbers.append(self.desk.report(self.actor(by), source=source, lon=lon, lat=lat).pk)

    def actor(self, name: str) -> Actor:
        found: Actor = getattr(self.desk.cast, name)
        return found

    def order(self) -> WorkOrder:
        return WorkOrder.objects.get(pk=self.random.choice(self.numbers))

    def told(self, action: str, order: WorkOrder) -> dict[str, object]:
        other = WorkOrder.objects.filter(pk__in=self.numbers).exclude(pk=order.pk).first()
        return inputs(action, order, other, self.random.randrange(12), clock.now().date())

    @precondition(lambda self: len(self.numbers) < 3)
    @rule()
    def another_report(self) -> None:
        self.report(self.random.choice(["citizen", "source", "handler"]), self.random.choice([HERE, NOWHERE]))

    @rule()
    def take_offers(self) -> None:
        for _ in range(3):
            self.take_an_offer()
            assert faults() == []

    def take_an_offer(self) -> None:
        """What is offered is never refused for the state or the person."""
        order = self.order()
        found: list[tuple[Actor, Offer]] = []
        for actor in map(self.actor, DRIVERS):
            if is_visible(actor, order, order.assignments.all()):
                found += [(actor, offer) for offer in available_actions(actor, order) if offer.action != "comment"]
        # Every action as likely as another, an end less so.
        actions = sorted({offer.action for _, offer in found})
        if not actions:
            return
        going_on = [action for action in actions if action not in ENDS]
        choice = self.random.choice(going_on if going_on and self.random.random() < 0.9 else actions)
        actor, offer = self.random.choice([each for each in found if each[1].action == choice])
        data, before = self.told(offer.action, order), everything()
        try:
            services.advance(
                order_id=order.pk,
                action=offer.action,
                by=actor,
                data=data,
                seen_version=offer.version,
                assignment_id=offer.assignment_id,
            )
        except Invalid:
            assert everything() == before

    @rule()
    def try_anything(self) -> None:
        order, name, action = self.order(), self.random.choice(NAMES), self.random.choice(ACTIONS)
        data, before = self.told(action, order), everything()
        try:
            services.advance(order_id=order.pk, action=action, by=self.actor(name), data=data)
        except DomainError:
            assert everything() == before, f"{action} by {name} was refused and left something"

    @rule()
    def answer(self) -> None:
        open_requests = Request.objects.filter(order__in=self.numbers, outcome="pending").exclude(kind="arbitration")
        request, actor = open_requests.first(), self.actor(self.random.choice(DRIVERS))
        if request is None:
            return
        before = everything()
        try:
            services.decide(request_id=request.pk, approve=self.random.random() < 0.7, by=actor, answer="按规定办理")
        except DomainError:
            assert everything() == before
        else:
            assert request.requester_id != actor.user_id

    @rule()
    def wait(self) -> None:
        clock.shift(dt.timedelta(minutes=self.random.choice([5, 30, 60, 180, 600, 1440])))
        if self.random.random() < 0.7:
            while services.sweep():
                pass

    @invariant()
    def nothing_is_wrong(self) -> None:
        assert faults() == []


@pytest.mark.timeout(0 if EXAMPLES else 120)
@pytest.mark.parametrize("part", range(4))
def test_no_sequence_of_actions_breaks_an_invariant(
    part: int, desk: Desk, shift: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The draw hangs on the number, and numbers go on from example to example.
    monkeypatch.setattr("workorders.services.effects.intake.drawn", lambda number: False)
    machine = seed(20261121 + part)(type("SeededMachine", (Machine,), {"desk": desk}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES or 2,
            stateful_step_count=30,
            deadline=None,
            database=None,
            phases=[Phase.generate, Phase.shrink] if EXAMPLES else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
