"""What the tests of single verbs share: clocks made due, requests answered, a critical deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from catalogue import revisions
from catalogue.models import DeadlineRule
from tests.workorders.conftest import Desk
from workorders import services
from workorders.models import Timer, WorkOrder

Shift = Callable[[dt.timedelta], None]


def clock_of(order: WorkOrder, stage: str) -> Timer:
    return Timer.objects.get(order=order, stage=stage, state__in=("pending", "paused"))


def make_due(timer: Timer, step: int | None = None) -> None:
    """Let the step of a timer be due now, as if its time had passed."""
    Timer.objects.filter(pk=timer.pk).update(
        next_at=timer.started_at, due_at=timer.started_at, step=timer.step if step is None else step
    )


def decided(desk: Desk, order: WorkOrder, by: str, approve: bool = True) -> WorkOrder:
    services.decide(
        request_id=order.requests.get(outcome="pending").pk, approve=approve, by=getattr(desk.cast, by), answer="同意"
    )
    return WorkOrder.objects.get(pk=order.pk)


@pytest.fixture
def critical(desk: Desk) -> None:
    """A critical order is resolved in four hours, around the clock."""
    DeadlineRule.objects.create(
        stage="resolve", urgency="critical", amount=240, unit="minutes", around_the_clock=True,
        valid_from=dt.date(2026, 1, 1),
    )  # fmt: skip
    revisions.touch()
