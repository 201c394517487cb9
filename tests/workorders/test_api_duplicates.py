"""Open orders that may tell of the same matter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import HERE, Desk
from workorders.models import WorkOrder

# Degrees of latitude and longitude that are a metre here.
NORTH, EAST = 1 / 110_870, 1 / 94_400


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def near(metres_north: float, metres_east: float = 0.0) -> dict[str, Any]:
    return {"lon": HERE[0] + metres_east * EAST, "lat": HERE[1] + metres_north * NORTH}


def numbers(found: list[dict[str, object]]) -> list[object]:
    return [each["order"]["number"] for each in found]  # type: ignore[index]


def test_a_report_is_answered_with_what_may_be_the_same(door: Door, desk: Desk) -> None:
    near_by, nearer = desk.report(**near(90)), desk.registered(**near(-20, 30))
    desk.report(**near(108))
    desk.report(**near(75, 75))
    desk.report(category="T02")
    desk.do(desk.report(), "withdraw", desk.cast.street_dispatcher, reason="误报")

    body = door.street_dispatcher.post(ROOT, REPORT).json()

    found = body["possible_duplicates"]
    assert numbers(found) == [nearer.number, near_by.number]
    assert [each["distance_m"] for each in found] == pytest.approx([36, 90], abs=1)
    assert 0 <= found[0]["age_seconds"] < 60
    assert numbers(door.street_dispatcher.get(url(body["number"], "duplicates")).json()) == numbers(found)
    merge = next(
        offer
        for offer in door.street_dispatcher.get(url(body["number"], "actions")).json()["actions"]
        if offer["action"] == "merge"
    )
    choices = merge["inputs"][0]["choices"]
    assert [choice["value"] for choice in choices] == [nearer.number, near_by.number]


def test_what_is_older_than_two_days_is_another_matter(door: Door, desk: Desk) -> None:
    old, young = desk.report(), desk.report()
    for order, hours in ((old, 49), (young, 47)):
        WorkOrder.objects.filter(pk=order.pk).update(reported_at=order.reported_at - dt.timedelta(hours=hours))
    assert numbers(door.street_dispatcher.post(ROOT, REPORT).json()["possible_duplicates"]) == [young.number]


def test_nobody_learns_of_orders_that_they_do_not_see(door: Door, desk: Desk) -> None:
    desk.report()
    assert door.other_street_dispatcher.post(ROOT, REPORT).json()["possible_duplicates"] == []
    assert len(door.commander.post(ROOT, REPORT).json()["possible_duplicates"]) == 2


def test_without_a_place_or_a_matter_there_is_nothing_to_compare(door: Door, desk: Desk) -> None:
    desk.report()
    for missing in ({"lon": None, "lat": None}, {"category": ""}):
        assert door.commander.post(ROOT, REPORT | missing).json()["possible_duplicates"] == []


def test_the_box_is_found_by_its_index(desk: Desk) -> None:
    """With so many orders of one matter in one district that no other index would do."""
    order = desk.report()
    category_id, step = order.category_id, 0.001
    for number in range(500):
        order.pk, order.number, order.lat = None, f"SY{number:010}", 30 + step * number
        order._state.adding = True
        order.save()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workorders_workorder")
        cursor.execute(
            "EXPLAIN SELECT id FROM workorders_workorder WHERE category_id = %s AND status IN ('reported',"
            " 'registered', 'dispatched', 'handling', 'submitted', 'shelved') AND lat BETWEEN 30.1 AND 30.11"
            " AND lon BETWEEN 118 AND 119",
            [category_id],
        )
        assert "workorder_open_nearby" in "".join(line for (line,) in cursor.fetchall())
