"""The data sets of the benchmarks: a small one is built as the large ones are, and must be as true as real work."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from itertools import groupby

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from grids.ground import ground, look_again
from grids.models import Unit
from grids.selectors import actor_for
from lianqin.kernel import clock
from relay import services as relay
from tests.live import Platform
from workorders import services
from workorders.models import Assignment, OrderText, Timer, WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order

ORDERS = 300
OPEN = ("reported", "registered", "dispatched", "handling", "submitted", "shelved")


@pytest.mark.service
@pytest.mark.timeout(240)
def test_a_small_data_set_is_as_true_as_real_work(platform: Platform) -> None:
    build(platform)

    orders = list(WorkOrder.objects.order_by("id"))
    assert len(orders) == ORDERS
    assert [finding for order in orders for finding in verify_order(order)] == []
    assert list(breaches()) == []
    check_statuses(orders)
    check_numbers(orders)
    check_places(orders)
    check_words()
    check_life_goes_on(orders)


def build(platform: Platform) -> None:
    """On a database that is migrated and empty."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE grids_district, accounts_user CASCADE")
    # Courses are played in copies of the database, and nobody may be at the original.
    connection.close()
    command = [sys.executable, "-m", "benchmarks.data", "--size", str(ORDERS), "--workers", "2", "--seed", "7"]
    command += ["--database", platform.environment["DATABASE_URL"]]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=platform.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    look_again()


def check_statuses(orders: list[WorkOrder]) -> None:
    found = Counter((order.status, order.level) for order in orders)
    for status in OPEN:
        assert found[status, "street"] >= 1, status
        assert found[status, "district"] >= 1, status
    for status in ("closed", "declined", "voided", "merged"):
        assert sum(count for (each, _), count in found.items() if each == status) >= 1, status
    assert found["closed", "street"] > 2 * found["closed", "district"] > 0
    soon = Timer.objects.filter(state="pending", next_at__lt=clock.now())
    assert not soon.exists(), "nothing is overdue for a sweep"


def check_numbers(orders: list[WorkOrder]) -> None:
    """From 1 each day, in the order of the reports, as the ids are; and the id names the month."""
    parts = [re.fullmatch(r"PK(\d{8})-(\d{6})", order.number) for order in orders]
    days = [(match[1], int(match[2])) for match in parts if match is not None]
    assert len(days) == ORDERS
    for _day, of_day in groupby(days, key=lambda each: each[0]):
        numbers = [number for _, number in of_day]
        assert numbers == list(range(1, len(numbers) + 1))
    assert len({order.number for order in orders}) == ORDERS
    assert [order.pk // 10**9 for order in orders] == [int(day[:6]) for day, _ in days]
    assert [order.reported_at for order in orders] == sorted(order.reported_at for order in orders)


def check_places(orders: list[WorkOrder]) -> None:
    """What lies in a grid lies in it on the map; a street sends its own departments."""
    placed = [order for order in orders if order.grid_id is not None]
    assert len(placed) > 250
    for order in placed:
        assert order.lon is not None
        assert order.lat is not None
        place = ground().locate(order.lon, order.lat)
        assert place == (order.district_id, order.street_id, order.community_id, order.grid_id), order.number
    streets = dict(Unit.objects.values_list("pk", "street_id"))
    parts = Assignment.objects.filter(level="street").select_related("order")
    assert len(parts) > 100
    # One that was handed to another street by relocation keeps nothing of the first.
    assert [part.order.number for part in parts if streets[part.unit_id] != part.order.street_id] == []


def check_words() -> None:
    assert not OrderText.objects.filter(title__contains="§").exists()
    titles = set(OrderText.objects.values_list("title", flat=True))
    assert len(titles) > 250
    # Every number begins with it.
    assert OrderText.objects.extra(where=["search @@ 'pk'::tsquery"]).count() == ORDERS


def check_life_goes_on(orders: list[WorkOrder]) -> None:
    """The relay has nothing to do, and the next report comes after all others."""
    assert relay.publish_round() == 0
    assert relay.drain() == 0
    source = actor_for(User.objects.filter(kind="source")[0])
    lon, lat = orders[-1].lon, orders[-1].lat
    told = {"title": "路灯不亮", "source": "hotline_12345", "lon": lon, "lat": lat}
    order, is_new = services.report(by=source, data=told)
    assert is_new
    assert order.pk > orders[-1].pk
    assert order.number not in {each.number for each in orders}
    assert WorkOrder.objects.count() == ORDERS + 1
