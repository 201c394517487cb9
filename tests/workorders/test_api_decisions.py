"""Register and dispatch in one go, and many orders at once: each for itself, each as it was shown."""

from __future__ import annotations

import pytest

from catalogue.revisions import touch
from tests.workorders.api import ROOT, Door, url
from tests.workorders.conftest import Desk
from tests.workorders.listed import listed
from workorders.models import Event, WorkOrder

pytestmark = pytest.mark.django_db
BATCH = f"{ROOT}batch/dispatch/"


@pytest.fixture
def door(desk: Desk) -> Door:
    return Door(desk.cast)


@pytest.fixture(name="listed")
def the_list(desk: Desk) -> None:
    listed(desk.categories["plain"], "market", assisting=["sanitation"])


def kinds(order: WorkOrder) -> list[str]:
    return list(Event.objects.filter(order=order).order_by("seq").values_list("kind", flat=True))


def test_a_report_is_registered_and_sent_in_one_go(desk: Desk, door: Door) -> None:
    order = desk.report()
    data = {"conditions_confirmed": True, "lead": desk.ground.market_squad.code, "version": order.version}
    answer = door.street_dispatcher.post(url(order.number, "register-and-dispatch"), data, format="json")
    assert (answer.status_code, answer.json()["status"]) == (200, "dispatched")
    assert kinds(order)[-2:] == ["register", "dispatch"]
    assert order.assignments.get().unit_id == desk.ground.market_squad.pk


def test_both_or_neither(desk: Desk, door: Door) -> None:
    order = desk.report()
    address = url(order.number, "register-and-dispatch")
    before = kinds(order)
    elsewhere = {"conditions_confirmed": True, "lead": "320999002-market"}
    answer = door.street_dispatcher.post(address, elsewhere, format="json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["lead"])
    stale = {"conditions_confirmed": True, "lead": desk.ground.market_squad.code, "version": 99}
    assert door.street_dispatcher.post(address, stale, format="json").json()["code"] == "stale_version"
    assert door.handler.post(address, stale, format="json").status_code == 404
    order.refresh_from_db()
    assert (order.status, kinds(order)) == ("reported", before)


def test_conditions_are_confirmed_or_it_is_refused(desk: Desk, door: Door) -> None:
    order = desk.report()
    desk.categories["plain"].registration_conditions = ["占用机动车道"]
    desk.categories["plain"].save()
    touch()
    data = {"lead": desk.ground.market_squad.code}
    answer = door.street_dispatcher.post(url(order.number, "register-and-dispatch"), data, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "conditions_not_confirmed")


def test_each_of_a_batch_goes_where_it_was_shown_to_go(desk: Desk, door: Door, listed: None) -> None:
    reported, registered = desk.report(), desk.registered()
    silent = desk.registered(category="T02")
    done = desk.dispatched()
    orders = [reported, registered, silent, done]
    asked = "&".join(f"number={order.number}" for order in orders)
    shown = door.street_dispatcher.get(f"{BATCH}?{asked}").json()
    assert [(each["lead"], each["registers"], each["rule"]) for each in shown] == [
        ("320999001-market", True, "3.2.1"),
        ("320999001-market", False, "3.2.1"),
        ("", False, ""),
        ("", False, ""),
    ]
    assert shown[0]["assists"] == ["320999001-sanitation"]
    assert "没有适用的权责规则" in shown[2]["why_not"]
    assert shown[3]["why_not"] == "现在的状态不能派遣"
    items = [
        {"number": each["number"], "lead": each["lead"], "assists": each["assists"], "version": each["version"],
         "conditions_confirmed": True}
        for each in shown[:2]
    ]  # fmt: skip
    # Somebody else is faster with one of them.
    desk.do(reported, "register", desk.cast.street_dispatcher2, conditions_confirmed=True)
    answer = door.street_dispatcher.post(BATCH, {"items": items}, format="json").json()
    assert (answer["done"], answer["refused"]) == (1, 1)
    assert [(each["number"], each["ok"], each["code"]) for each in answer["results"]] == [
        (reported.number, False, "stale_version"),
        (registered.number, True, ""),
    ]
    registered.refresh_from_db()
    assert registered.status == "dispatched"
    assert sorted(registered.assignments.values_list("role", "unit__function")) == [
        ("assist", "sanitation"),
        ("lead", "market"),
    ]


def test_what_waits_for_arbitration_says_so_and_comes_after_what_goes(desk: Desk, door: Door, listed: None) -> None:
    returned = desk.do(desk.handling(), "return_assignment", desk.cast.handler, reason="不属本队职责")
    desk.do(returned, "contest_return", desk.cast.street_dispatcher2, reason="应属贵单位")
    goes = desk.registered()
    shown = door.street_dispatcher.get(f"{BATCH}?number={returned.number}&number={goes.number}").json()
    assert [(each["number"], each["why_not"]) for each in shown] == [
        (goes.number, ""),
        (returned.number, "退单等待仲裁，裁定后才能派遣"),
    ]
    assert door.street_supervisor.get(f"{BATCH}?number={returned.number}").json()[0]["why_not"] == "不由您的单位派遣"


def test_nobody_sends_what_is_not_theirs(desk: Desk, door: Door, listed: None) -> None:
    order = desk.registered()
    assert door.other_street_dispatcher.get(f"{BATCH}?number={order.number}").json() == []
    assert door.street_supervisor.get(f"{BATCH}?number={order.number}").json()[0]["why_not"] == "不由您的单位派遣"
    item = {"number": order.number, "lead": "320999001-market"}
    answer = door.other_street_dispatcher.post(BATCH, {"items": [item]}, format="json").json()
    assert answer["results"][0]["code"] == "not_found"
    answer = door.street_supervisor.post(BATCH, {"items": [item]}, format="json").json()
    assert (answer["done"], answer["results"][0]["code"]) == (0, "permission_denied")


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": "x"}, {"items": [3]}, {"items": [{"number": 5}]}, {"items": [{}] * 101}]
)
def test_a_batch_that_says_nothing_is_refused(desk: Desk, door: Door, body: object) -> None:
    assert door.street_dispatcher.post(BATCH, body, format="json").status_code == 400


def test_the_same_order_twice_is_refused(desk: Desk, door: Door) -> None:
    item = {"number": desk.registered().number, "lead": "320999001-market"}
    assert door.street_dispatcher.post(BATCH, {"items": [item, item]}, format="json").status_code == 400
