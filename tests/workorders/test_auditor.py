"""The auditor finds each kind of breach: somebody has been at the tables behind the door's back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from lianqin.kernel import clock
from relay.models import OutboxMessage
from tests.workorders.conftest import Desk
from workorders.models import Assignment, Event, Timer, WorkOrder
from workorders.services.auditor import breaches

pytestmark = pytest.mark.django_db


def lose_a_message(order: WorkOrder) -> None:
    event = Event.objects.get(order=order, seq=2)
    OutboxMessage.objects.filter(topic="order.event", key=str(event.pk)).delete()


def stop_the_clock(order: WorkOrder) -> None:
    Timer.objects.filter(order=order, stage="resolve").update(state="cancelled")


def stop_the_department_s_clocks(order: WorkOrder) -> None:
    Timer.objects.filter(assignment__order=order).update(state="cancelled")


def step_without_a_word(order: WorkOrder) -> None:
    Timer.objects.filter(order=order, stage="resolve").update(step=1)


def forget_a_due_clock(order: WorkOrder) -> None:
    Timer.objects.filter(order=order, stage="resolve").update(next_at=clock.now() - dt.timedelta(minutes=2))


def end_it_alone(order: WorkOrder) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(status="voided", ended_at=clock.now())


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (lose_a_message, {("event_without_outbox", "2")}),
        (stop_the_clock, {("order_without_clock", "dispatched")}),
        (stop_the_department_s_clocks, {("assignment_without_clock", "")}),
        (step_without_a_word, {("step_without_event", "resolve 1")}),
        (forget_a_due_clock, {("timer_overdue", "resolve")}),
        (end_it_alone, {("final_with_live_parts", "voided")}),
    ],
)
def test_a_breach_is_found_and_nothing_else(
    desk: Desk, harm: Callable[[WorkOrder], None], found: set[tuple[str, str]]
) -> None:
    order = desk.dispatched()
    desk.closed()
    assert list(breaches()) == []
    harm(order)
    parts = {str(pk) for pk in Assignment.objects.filter(order=order).values_list("pk", flat=True)}
    assert {(each.kind, "" if each.detail in parts else each.detail) for each in breaches()} == found
