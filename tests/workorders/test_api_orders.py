"""Reports, lists, counts and one order over HTTP."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from grids.ground import ground
from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import NEXT_GRID, NOWHERE, OTHER_STREET, Desk
from workorders.models import Event, WorkOrder


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def test_a_report_is_answered_with_the_order(door: Door, desk: Desk) -> None:
    answer = door.street_dispatcher.post(ROOT, REPORT | {"reporter_name": "刘德华", "reporter_phone": "13812341234"})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["status"], body["level"], body["version"]) == ("reported", "street", 1)
    assert (body["grid"]["code"], body["holder"]["code"]) == ("320999001001001", "320999001-centre")
    assert body["reporter"] == {"name": "刘**", "phone": "138****1234"}
    assert "13812341234" not in answer.content.decode()
    assert door.street_dispatcher.get(url(body["number"])).json()["title"] == "店外经营占道"


def test_a_report_in_no_grid_goes_to_the_district(door: Door, desk: Desk) -> None:
    body = door.street_dispatcher.post(ROOT, REPORT | {"lon": NOWHERE[0], "lat": NOWHERE[1]}).json()
    assert (body["grid"], body["holder"]["code"]) == (None, "320999-centre")


def test_the_same_reference_of_a_source_is_one_order(door: Door, desk: Desk) -> None:
    told = REPORT | {"external_ref": "12345-0001"}
    first, again = door.source.post(ROOT, told), door.source.post(ROOT, told)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    assert WorkOrder.objects.count() == 1
    assert Event.objects.count() == 1


def test_a_repeat_with_the_same_key_is_replayed(door: Door, desk: Desk) -> None:
    first = door.street_dispatcher.post(ROOT, REPORT, headers={"Idempotency-Key": "one"})
    again = door.street_dispatcher.post(ROOT, REPORT, headers={"Idempotency-Key": "one"})

    assert again.headers["Idempotent-Replayed"] == "true"
    assert (first.content, again.status_code) == (again.content, 201)
    assert WorkOrder.objects.count() == 1


def test_a_report_without_title_names_the_field(door: Door, desk: Desk) -> None:
    answer = door.street_dispatcher.post(ROOT, REPORT | {"title": " ", "lon": "east"})
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"title", "lon"}
    assert not WorkOrder.objects.exists()


def test_a_body_that_is_no_object_is_malformed(door: Door, desk: Desk) -> None:
    answer = door.street_dispatcher.post(ROOT, [REPORT])
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


def test_officers_report_nothing_and_see_nothing(door: Door, desk: Desk) -> None:
    order = desk.report()
    assert door.sysadmin.post(ROOT, REPORT).status_code == 403
    assert door.sysadmin.get(ROOT).json()["results"] == []
    assert door.sysadmin.get(url(order.number)).status_code == 404


def test_nobody_gets_in_without_signing_in(desk: Desk) -> None:
    from rest_framework.test import APIClient

    assert APIClient().get(ROOT).status_code == 401


def test_the_list_shows_what_one_sees_newest_first(door: Door, desk: Desk) -> None:
    here, there = desk.report(), desk.report(lon=OTHER_STREET[0], lat=OTHER_STREET[1])

    def numbers(who: str) -> list[str]:
        return [line["number"] for line in getattr(door, who).get(ROOT).json()["results"]]

    assert numbers("commander") == [there.number, here.number]
    assert numbers("street_dispatcher2") == [here.number]
    assert numbers("other_street_dispatcher") == [there.number]
    assert numbers("outsider") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=reported", ["a", "b"]),
        ("status=reported,registered", ["a", "b", "c"]),
        ("status=reported&status=registered", ["a", "b", "c"]),
        ("level=district", []),
        ("street=320999002", ["b"]),
        ("community=320999001001", ["a", "c"]),
        ("grid=320999001001002", ["c"]),
        ("category=T02", ["c"]),
        ("category=T", ["a", "b", "c"]),
        ("source=citizen", []),
        ("unit=320999002-centre", ["b"]),
        ("overdue=true", []),
        ("overdue=false", ["a", "b", "c"]),
        ("created_after=2020-01-01", ["a", "b", "c"]),
        ("created_before=2020-01-01T00:00:00+08:00", []),
        ("q=井盖", ["b"]),
        ("q=店外 占道", ["a", "c"]),
        ("q=盖井", []),
        ("urgency=normal&on_site=false", ["a", "b", "c"]),
    ],
)
def test_filters(door: Door, desk: Desk, query: str, expected: list[str]) -> None:
    made = {
        "a": desk.report(),
        "b": desk.report(title="井盖破损", lon=OTHER_STREET[0], lat=OTHER_STREET[1]),
        "c": desk.registered(lon=NEXT_GRID[0], lat=NEXT_GRID[1], category="T02"),
    }
    names = {order.number: name for name, order in made.items()}
    answer = door.commander.get(f"{ROOT}?{query}")
    assert answer.status_code == 200, answer.content.decode()
    assert sorted(names[line["number"]] for line in answer.json()["results"]) == expected


def test_a_filter_that_cannot_be_read_is_named(door: Door, desk: Desk) -> None:
    wrong = "status=lost&overdue=perhaps&created_after=soon&limit=5&queue=all"
    answer = door.commander.get(f"{ROOT}?{wrong}")
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"status", "overdue", "created_after", "queue"}
    for query in ("cursor=%%%", "cursor=W10", "limit=0", "limit=x", "sort=loud"):
        assert door.commander.get(f"{ROOT}?{query}").status_code == 400


def test_pages_neither_repeat_nor_skip(door: Door, desk: Desk) -> None:
    numbers = [desk.report().number for _ in range(5)]
    for sort, expected in (("newest", numbers[::-1]), ("due", numbers)):
        address, seen = f"{ROOT}?limit=2&sort={sort}", []
        while address:
            page = door.commander.get(address).json()
            seen += [line["number"] for line in page["results"]]
            address = page["next"]
        assert seen == expected


def test_my_queue_is_what_waits_for_my_units(door: Door, desk: Desk) -> None:
    order, _other = desk.dispatched(), desk.report()
    mine = door.handler.get(f"{ROOT}?queue=mine").json()["results"]
    assert [line["number"] for line in mine] == [order.number]
    assert mine[0]["is_overdue"] is False


def test_counts_by_status_and_level(door: Door, desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    desk.report()
    desk.registered()
    desk.at_district()
    shift(dt.timedelta(days=60))

    assert door.commander.get(f"{ROOT}counts/").json() == {
        "total": 3,
        "total_is_exact": True,
        "open": 3,
        "overdue": 3,
        "by_status": {"reported": 1, "registered": 2},
        "by_level": {"street": 2, "district": 1},
        "overdue_by_status": {"reported": 1, "registered": 2},
    }
    assert door.commander.get(f"{ROOT}counts/?level=district").json()["total"] == 1
    assert door.commander.get(f"{ROOT}?overdue=1").json()["results"][0]["is_overdue"] is True


def test_statements_do_not_grow_with_what_is_shown(door: Door, desk: Desk) -> None:
    """List: token, posts, grants, orders. Detail: those, and assignments, requests, timers."""
    order = desk.handling(desk.ground.market_squad.code)
    door.street_dispatcher.get(ROOT)

    def statements(address: str) -> int:
        ground()
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert door.street_dispatcher.get(address).status_code == 200
        return len(caught)

    few = [statements(ROOT), statements(url(order.number)), statements(f"{ROOT}counts/")]
    for _ in range(6):
        desk.handling(desk.ground.market_squad.code)
    assert [statements(ROOT), statements(url(order.number)), statements(f"{ROOT}counts/")] == few
    assert few == [4, 3, 4]
