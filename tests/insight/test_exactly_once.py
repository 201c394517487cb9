"""Workers side by side, out of order, killed and taken over, while others fold and rebuild: every event counts once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from insight import receivers, services
from insight.models import Booking, Rollup
from insight.rules import CONSUMER
from lianqin.kernel.clock import Now
from relay import registry
from relay.models import Delivery, OutboxMessage
from relay.services import deliver_due, drain, sequence_pending
from tests.insight.conftest import Desk, by, rollups, set_clock
from tests.insight.oracle import expected

pytestmark = pytest.mark.django_db(transaction=True)
STREETS = ((118.605, 32.055), (118.625, 32.055))


@pytest.fixture(autouse=True)
def _morning(desk: Desk) -> None:
    set_clock("2026-11-23 09:00+08")


def work(desk: Desk, loops: int) -> None:
    """Loops in one street and escalations, reports in the other: many events of the same few cells."""
    for number in range(loops):
        desk.closed()
        desk.at_district()
        desk.report(lon=STREETS[number % 2][0], lat=STREETS[number % 2][1])


def side_by_side(*jobs: Callable[[], Any]) -> None:
    """Every job in a thread with a connection of its own; an exception in one fails the test."""
    failed: list[BaseException] = []

    def run(job: Callable[[], Any]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads)


def shuffled() -> None:
    """What was leased first may come last: every delivery is due at a moment of its own, in no order."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE relay_delivery SET next_at = lianqin_now() - random() * interval '1 hour'")


def settled() -> bool:
    return not Delivery.objects.filter(consumer=CONSUMER).exclude(state="done").exists()


def test_workers_fold_and_rebuild_at_once(desk: Desk) -> None:
    work(desk, 8)
    while sequence_pending():
        pass
    shuffled()
    done = threading.Event()

    def deliver() -> None:
        while deliver_due(limit=7):
            pass

    def fold() -> None:
        while not done.is_set():
            services.fold()

    def rebuild() -> None:
        while not done.is_set():
            for cohort in services.cohorts():
                services.rebuild(cohort)

    def finish() -> None:
        side_by_side(*[deliver] * 4)
        done.set()

    side_by_side(finish, fold, rebuild)
    services.fold()

    assert settled()
    assert Delivery.objects.filter(consumer=CONSUMER, attempts__gt=1).count() == 0
    assert Booking.objects.count() == 0
    assert rollups() == expected()
    assert by("street")["320999001"]["reported"] == 20
    assert by("street")["320999002"]["reported"] == 4
    assert [services.differences(cohort) for cohort in services.cohorts()] == [[]]


def test_a_worker_that_fails_after_booking_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = [True]

    def die_first(message: OutboxMessage) -> None:
        receivers.rollups(message)
        if failing:
            raise RuntimeError("killed")

    held = registry.Consumer(CONSUMER, frozenset({"order.event"}), die_first)
    monkeypatch.setitem(registry._consumers, CONSUMER, held)
    desk.closed()
    drain()
    assert Booking.objects.count() == 0
    failing.clear()
    Delivery.objects.filter(consumer=CONSUMER).update(next_at=Now())
    drain()
    services.fold()
    assert settled()
    assert Delivery.objects.filter(consumer=CONSUMER, attempts__gt=1).count() == 6
    assert rollups() == expected()


def test_an_outlived_lease_is_settled_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first worker is slow, its leases run out, and a second one takes everything over meanwhile."""
    desk.closed()
    sequence_pending()
    slow, go_on = threading.Event(), threading.Event()

    def dawdle(message: OutboxMessage) -> None:
        if threading.current_thread().name == "slow":
            slow.set()
            assert go_on.wait(20)
        receivers.rollups(message)

    held = registry.Consumer(CONSUMER, frozenset({"order.event"}), dawdle)
    monkeypatch.setitem(registry._consumers, CONSUMER, held)

    def late() -> None:
        threading.current_thread().name = "slow"
        deliver_due()

    def takes_over() -> None:
        assert slow.wait(20)
        with connection.cursor() as cursor:
            # What the slow worker holds is locked by its transaction: all others are free to take.
            cursor.execute(
                "UPDATE relay_delivery SET next_at = lianqin_now() - interval '1 hour' WHERE id IN"
                " (SELECT id FROM relay_delivery WHERE state <> 'done' FOR UPDATE SKIP LOCKED)"
            )
        deliver_due()
        go_on.set()

    side_by_side(late, takes_over)
    drain()
    services.fold()
    assert settled()
    assert rollups() == expected()


def test_a_rebuild_leaves_to_the_relay_what_is_under_way(desk: Desk) -> None:
    work(desk, 2)
    for cohort in services.cohorts():
        services.rebuild(cohort)
    assert rollups() == {}
    sequence_pending()
    for state in ("pending", "leased", "dead"):
        Delivery.objects.filter(consumer=CONSUMER).update(state=state, lease_until=Now())
        for cohort in services.cohorts():
            services.rebuild(cohort)
        assert rollups() == {}, state
    Delivery.objects.filter(consumer=CONSUMER).update(state="pending")
    drain()
    for cohort in services.cohorts():
        assert services.rebuild(cohort) == 0
    services.fold()
    assert rollups() == expected()


def test_what_left_before_there_was_a_consumer_is_rebuilt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(registry._consumers, CONSUMER)
    work(desk, 2)
    drain()
    monkeypatch.undo()
    drain()
    assert Booking.objects.count() == 0
    for cohort in services.cohorts():
        services.rebuild(cohort)
    assert rollups() == expected()
    assert Rollup.objects.filter(grain="day", dimension="all").exists()
