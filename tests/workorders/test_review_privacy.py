"""What is said to whom: numbers of orders that one may not see, names and telephones, people who have left."""

from __future__ import annotations

import datetime as dt
import json
import logging
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from grids.models import Membership
from relay import tickets
from relay.models import OutboxMessage
from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import NEXT_GRID, Desk
from workorders import services
from workorders.errors import Invalid
from workorders.models import Event, WorkOrder

PERSONAL: dict[str, Any] = {"reporter_name": "刘德华", "reporter_phone": "02558881234"}


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def merged_elsewhere(desk: Desk) -> tuple[WorkOrder, WorkOrder]:
    """An order of the first grid, merged into one of the second, which the first grid's worker does not see."""
    order, master = desk.report(), desk.registered(lon=NEXT_GRID[0], lat=NEXT_GRID[1])
    desk.do(order, "merge", desk.cast.street_dispatcher, master=master.number)
    return order, master


def test_an_invisible_master_is_refused_in_the_words_for_one_that_does_not_exist(door: Door, desk: Desk) -> None:
    order = desk.report()
    hidden = desk.report(by=desk.cast.other_street_dispatcher, lon=118.625, lat=32.055)
    assert hidden.street_id != order.street_id

    for more in ({}, {"reason": "长" * 1001}):
        answers = [
            door.street_dispatcher.post(url(order.number, "merge"), {"master": number, **more}).json()
            for number in (hidden.number, "SY20260101-999999")
        ]
        told = [json.dumps(answer).replace(hidden.number, "N").replace("SY20260101-999999", "N") for answer in answers]
        assert told[0] == told[1]
        assert "master" in answers[0]["errors"], answers


def test_a_master_is_found_however_its_number_is_pasted(door: Door, desk: Desk) -> None:
    order, master = desk.report(), desk.registered()
    answer = door.street_dispatcher.post(url(order.number, "merge"), {"master": f" {master.number} "})
    assert (answer.status_code, answer.json().get("status")) == (200, "merged")


def test_the_number_of_a_master_is_for_those_who_see_it(door: Door, desk: Desk) -> None:
    order, master = merged_elsewhere(desk)
    worker = door.grid_worker
    assert worker.get(url(order.number)).status_code == 200
    assert worker.get(url(master.number)).status_code == 404

    said = [
        worker.get(address).content.decode()
        for address in (url(order.number), url(order.number, "events"), f"{ROOT}?status=merged")
    ]
    said.append(signed_in(desk.cast.user("grid_worker")).get(f"/orders/{order.number}/").content.decode())
    said.append(signed_in(desk.cast.user("grid_worker")).get(f"/orders/{order.number}/print/").content.decode())

    assert [master.number in each for each in said] == [False] * 5
    assert door.street_dispatcher.get(url(order.number)).json()["master"] == master.number
    page = signed_in(desk.cast.user("street_dispatcher")).get(f"/orders/{order.number}/").content.decode()
    assert master.number in page


def test_the_number_of_what_was_merged_in_is_for_those_who_see_it(door: Door, desk: Desk) -> None:
    master = desk.registered()
    order = desk.report(lon=NEXT_GRID[0], lat=NEXT_GRID[1])
    desk.do(order, "merge", desk.cast.street_dispatcher, master=master.number)

    told = door.grid_worker.get(url(master.number, "events")).json()[-1]
    assert (told["kind"], "number" in told["data"], "merged" in told["data"]) == ("merged_in", False, False)
    assert door.street_dispatcher.get(url(master.number, "events")).json()[-1]["data"]["number"] == order.number


def test_the_stream_tells_of_a_master_only_those_who_see_it(desk: Desk) -> None:
    order, master = merged_elsewhere(desk)
    news = OutboxMessage.objects.get(payload__kind="merged_in", payload__number=master.number)
    assert f"g:{master.grid_id}" in news.audience
    assert f"g:{order.grid_id}" not in news.audience


def test_who_reported_is_masked_on_every_page(desk: Desk) -> None:
    order = desk.report(**PERSONAL)
    client = signed_in(desk.cast.user("street_dispatcher"))
    for address in (f"/orders/{order.number}/", f"/orders/{order.number}/print/"):
        page = client.get(address).content.decode()
        assert ("刘德华" in page, "025****1234" in page, "02558881234" in page) == (False, True, False), address


@pytest.mark.parametrize("phone", ["58881234", "8888999", "110"])
def test_short_numbers_are_masked_on_pages(desk: Desk, phone: str) -> None:
    order = desk.report(reporter_name="刘德华", reporter_phone=phone)
    page = signed_in(desk.cast.user("street_dispatcher")).get(f"/orders/{order.number}/").content.decode()
    facts = page.split("<dl")[1].split("</dl")[0]
    assert phone not in facts
    assert phone[:3] + "****" + phone[-4:] not in facts


def test_a_citizen_who_reported_is_masked_in_the_history(desk: Desk) -> None:
    citizen = desk.cast.user("citizen")
    User.objects.filter(pk=citizen.pk).update(full_name="欧阳修远")
    order = desk.report(by=desk.cast.citizen)
    page = signed_in(desk.cast.user("street_dispatcher")).get(f"/orders/{order.number}/").content.decode()
    assert ("欧阳修远" in page, "欧**" in page) == (False, True)


def test_what_cannot_be_stored_is_not_written_to_the_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    body = json.dumps(REPORT | {"description": "住在三单元的刘德华 \ud800"})
    with caplog.at_level(logging.DEBUG):
        answer = door.street_dispatcher.post(ROOT, body, content_type="application/json")
    assert answer.status_code == 400
    assert "刘德华" not in caplog.text


def test_who_has_left_is_not_sent_anywhere(desk: Desk, door: Door) -> None:
    order = desk.do(desk.report(), "claim", desk.cast.community_officer)
    today = dt.datetime.now(dt.UTC).date()
    Membership.objects.filter(user=desk.cast.user("grid_worker2")).update(ends_on=today)
    Membership.objects.filter(user=desk.cast.user("grid_leader")).update(ends_on=today + dt.timedelta(days=30))

    offers = door.community_officer.get(url(order.number, "actions")).json()["actions"]
    offered = next(each for each in offers if each["action"] == "assign_worker")["inputs"][0]["choices"]
    assert {each["value"] for each in offered} >= {"grid_worker", "grid_leader"}
    assert "grid_worker2" not in {each["value"] for each in offered}
    with pytest.raises(Invalid) as refused:
        desk.do(order, "assign_worker", desk.cast.community_officer, worker="grid_worker2")
    assert list(refused.value.fields) == ["worker"]


def test_a_worker_with_posts_in_two_communities_works_in_either(desk: Desk) -> None:
    worker = desk.cast.user("other_grid_worker")
    (held,) = Membership.objects.filter(user=worker)
    order = desk.do(desk.report(), "claim", desk.cast.community_officer)
    Membership.objects.create(
        user=worker, grid_id=order.grid_id, role="grid_worker", post="part_time_worker", starts_on=held.starts_on
    )
    order = desk.do(order, "assign_worker", desk.cast.community_officer, worker="other_grid_worker")
    assert order.worker_id == worker.pk


def test_an_officer_hears_nothing_on_the_stream(door: Door, cast: Cast) -> None:
    ticket: Any = tickets.read(door.sysadmin.post("/api/v1/stream/ticket/").json()["ticket"])
    assert ticket.tokens == frozenset()


def test_an_approval_is_the_act_of_the_approvers_unit(desk: Desk) -> None:
    order = desk.handling()
    desk.do(order, "extend", desk.cast.handler, reason="连日下雨", workdays=1)
    services.decide(request_id=order.requests.get().pk, approve=True, by=desk.cast.street_dispatcher)
    event = Event.objects.get(order=order, kind="extend")
    assert event.unit_id == next(iter(desk.cast.street_dispatcher.unit_ids))
