"""Sweepers side by side: what each costs, what none may hide or double."""

from __future__ import annotations

import datetime as dt
import sys
import threading

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from lianqin.kernel import clock
from tests.workorders.conftest import Desk
from tests.workorders.test_races import at_once
from workorders import services
from workorders.locks import order_locked
from workorders.models import Downtime, Event, SweepRecord, Timer, WorkOrder
from workorders.services.auditor import audit_if_due

# `workorders.services.sweep` is the function of that name.
SWEEP = sys.modules["workorders.services.sweep"]
pytestmark = pytest.mark.django_db(transaction=True)


def due(order: WorkOrder, *, minutes_ago: int) -> Timer:
    """Let the accept clock of a reported order strike for the first time."""
    timer = Timer.objects.get(order=order, stage="accept")
    Timer.objects.filter(pk=timer.pk).update(next_at=clock.now() - dt.timedelta(minutes=minutes_ago))
    return timer


def strikes(order: WorkOrder) -> int:
    return Event.objects.filter(order=order, actor_kind="system").count()


def test_a_sweep_with_nothing_due_is_two_statements(
    desk: Desk, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    desk.report()
    services.sweep()
    audit_if_due()
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert services.sweep() == 0
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert audit_if_due() is False


def test_orders_that_somebody_holds_do_not_hide_those_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SWEEP, "WINDOW", 2)
    monkeypatch.setattr(SWEEP, "HANDFUL", 2)
    held = [desk.report() for _ in range(4)]
    free = [desk.report() for _ in range(3)]
    for age, order in enumerate(reversed(held + free), start=10):
        due(order, minutes_ago=age)
    holding, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            for order in held:
                order_locked(order.pk)
            holding.set()
            assert let_go.wait(20)
        connection.close()

    somebody = threading.Thread(target=hold)
    somebody.start()
    assert holding.wait(20)
    try:
        assert services.sweep() == 3
    finally:
        let_go.set()
        somebody.join()
    assert [strikes(order) for order in held + free] == [0, 0, 0, 0, 1, 1, 1]
    assert services.sweep() == 4
    assert services.sweep() == 0


def test_sweepers_side_by_side_fire_each_step_once(desk: Desk) -> None:
    orders = [desk.report() for _ in range(30)]
    for order in orders:
        due(order, minutes_ago=5)
    assert sum(at_once([services.sweep] * 6)) + services.sweep() == 30
    assert [strikes(order) for order in orders] == [1] * 30


def test_after_an_outage_its_length_is_written_down_once_and_before_anybody_fires(desk: Desk) -> None:
    services.sweep()
    Downtime.objects.all().delete()
    SweepRecord.objects.filter(pk=SweepRecord.SWEEP).update(last_at=Now() - dt.timedelta(hours=2))
    order = desk.report()
    timer = due(order, minutes_ago=1)
    Timer.objects.filter(pk=timer.pk).update(
        running_since=clock.now() - dt.timedelta(hours=2),
        policy_snapshot={**timer.policy_snapshot, "around_the_clock": True},
    )
    at_once([services.sweep] * 6)
    (gap,) = Downtime.objects.all()
    assert (gap.ended_at - gap.began_at).total_seconds() == pytest.approx(2 * 3600, abs=20)
    assert desk.events(order) == ["report", "credited"]


def test_a_short_pause_is_no_outage(desk: Desk) -> None:
    services.sweep()
    Downtime.objects.all().delete()
    SweepRecord.objects.filter(pk=SweepRecord.SWEEP).update(last_at=Now() - dt.timedelta(seconds=50))
    services.sweep()
    assert not Downtime.objects.exists()
