"""What is told of an order agrees with what is described, and one statement finds what five found."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.forms import model_to_dict
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk
from workorders.api.histories import history
from workorders.api.part_serializers import EventOut
from workorders.api.serializers import AssignmentOut, OrderCreated, OrderDetail, OrderLine, RequestOut
from workorders.api.wholes import whole_again, whole_order
from workorders.errors import NotVisible
from workorders.models import Request, WorkOrder
from workorders.selectors import with_parts


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


@pytest.fixture
def eventful(desk: Desk) -> WorkOrder:
    """Two departments, one of which asked for more time and got it; another street is affected; merged into."""
    cast, squads = desk.cast, (desk.ground.urban_squad, desk.ground.market_squad)
    told = {
        "description": "门口堆物",
        "address": "文德路12号",
        "reporter_name": "王小明",
        "reporter_phone": "13800138000",
    }
    order = desk.dispatched(squads[1].code, external_ref="x-1", **told)
    desk.do(order, "acknowledge", cast.handler)
    desk.do(order, "extend", cast.handler, reason="需要更多时间", workdays=1)
    desk.do(order, "void", cast.street_dispatcher, reason="重复登记")
    desk.do(order, "submit_result", cast.handler, result="已清理")
    other = desk.report()
    desk.do(other, "merge", cast.street_dispatcher, master=order.number, reason="同一事项")
    WorkOrder.objects.filter(pk=order.pk).update(affected_street_ids=[desk.ground.street2.pk])
    return WorkOrder.objects.get(pk=order.pk)


def by_fields(serializer: serializers.BaseSerializer[Any], instance: Any) -> Any:
    """What the fields would say, one by one: the description of the API is made from them."""
    assert isinstance(serializer, serializers.Serializer)
    return serializers.Serializer.to_representation(serializer, instance)


def sent(data: Any) -> Any:
    return json.loads(JSONRenderer().render(data))


def clocks_of(order: WorkOrder) -> list[dict[str, Any]]:
    """Every column of the running clocks, and of what each belongs to."""
    timers = sorted(order.timers.all(), key=lambda timer: timer.pk)
    return [
        {**model_to_dict(each), "part": each.assignment and each.assignment.unit.code, "asked": each.request_id}
        for each in timers
    ]


def test_what_is_told_is_what_the_fields_describe(desk: Desk, eventful: WorkOrder) -> None:
    merged = WorkOrder.objects.exclude(pk=eventful.pk).get()
    unplaced = desk.report(lon=100.0, lat=20.0, category=None)
    for order in (eventful, merged, unplaced, desk.closed(), desk.at_district()):
        whole = with_parts(WorkOrder.objects.filter(pk=order.pk)).get()
        whole.now = whole.reported_at  # type: ignore[attr-defined]
        context = {"masters": {eventful.pk}, "affected_streets": ["320999002"], "possible_duplicates": ()}
        for shape in (OrderLine, OrderDetail, OrderCreated):
            serializer = shape(context=context)
            assert sent(serializer.to_representation(whole)) == sent(by_fields(serializer, whole))
        for part in whole.assignments.all():
            assert sent(AssignmentOut(part).data) == sent(by_fields(AssignmentOut(), part))
        for request in whole.requests.all():
            assert sent(RequestOut(request).data) == sent(by_fields(RequestOut(), request))
    assert Request.objects.filter(order=eventful).count() == 2


def test_one_statement_finds_the_same(desk: Desk, eventful: WorkOrder, django_assert_num_queries: Any) -> None:
    merged = WorkOrder.objects.exclude(pk=eventful.pk).get()
    for order in (eventful, merged, desk.report(lon=100.0, lat=20.0, category=None), desk.closed()):
        slow = with_parts(WorkOrder.objects.filter(pk=order.pk)).get()
        slow.now = slow.reported_at  # type: ignore[attr-defined]
        expected = OrderDetail(slow).data
        clocks = clocks_of(slow)
        with django_assert_num_queries(1):
            whole = whole_again(order.pk)
            found = OrderDetail(whole).data
            running = clocks_of(whole)
        assert {**found, "is_overdue": False} == {**expected, "is_overdue": False}
        assert running == clocks


def test_a_history_is_what_the_fields_describe(
    cast: Cast, desk: Desk, eventful: WorkOrder, django_assert_num_queries: Any
) -> None:
    # The events that name the order merged into it cost a look at whether the reader sees that.
    for order, queries in ((eventful, 2), (desk.closed(), 1)):
        with django_assert_num_queries(queries):
            told = history(order, cast.street_dispatcher)
        assert [event["seq"] for event in told] == list(range(1, order.last_seq + 1))
        assert sent(told) == sent([by_fields(EventOut(), event) for event in told])
        stored = list(order.events.order_by("seq").values_list("at", "hash"))
        assert [(dt.datetime.fromisoformat(event["at"]), event["hash"]) for event in told] == stored
        assert history(order, cast.street_dispatcher, after=2) == told[2:]


def test_a_history_names_who_did_what_and_why(door: Door, eventful: WorkOrder) -> None:
    told = door.street_dispatcher.get(url(eventful.number, "events")).json()
    (voided,) = (event for event in told if event["texts"].get("reason") == "重复登记")
    assert voided["actor"] == {"name": "street_dispatcher", "unit": "东街联勤指挥分中心"}


def test_a_whole_order_is_seen_by_those_who_see_it_in_a_list(cast: Cast, desk: Desk, eventful: WorkOrder) -> None:
    merged = WorkOrder.objects.exclude(pk=eventful.pk).get()
    seen = set()
    for name, actor in cast.all():
        for order in (eventful, merged):
            try:
                whole_order(actor, order.number)
            except NotVisible:
                continue
            seen.add((name, order.pk == eventful.pk))
    by_place = {
        "commander", "district_dispatcher", "district_dispatcher2", "street_dispatcher", "street_dispatcher2",
        "supervisor", "street_supervisor", "community_officer", "grid_worker", "grid_worker2", "grid_leader",
    }  # fmt: skip
    by_part = {"handler", "handler2"}
    by_affected_street = {"other_street_dispatcher"}
    assert {name for name, is_eventful in seen if is_eventful} == by_place | by_part | by_affected_street
    assert {name for name, is_eventful in seen if not is_eventful} == by_place
    with pytest.raises(NotVisible):
        whole_order(cast.commander, "PK20200101-000001")


def test_an_answer_says_what_the_order_then_says(door: Door, desk: Desk) -> None:
    created = door.street_dispatcher.post(ROOT, {**REPORT, "description": "门口"}).json()
    number = created["number"]
    assert created.pop("possible_duplicates") == []
    assert created == door.street_dispatcher.get(url(number)).json()
    done = door.street_dispatcher.post(url(number, "register"), {"conditions_confirmed": True}).json()
    assert (done["status"], done["status_label"], done["version"]) == ("registered", "待派遣", 2)
    assert done["reported_at"][-6:] == "+08:00"
    assert done == door.street_dispatcher.get(url(number)).json()


def test_rights_taken_away_are_gone_with_the_next_request(door: Door, desk: Desk) -> None:
    order = desk.report()
    assert door.street_dispatcher2.get(url(order.number)).status_code == 200
    desk.cast.user("street_dispatcher2").memberships.all().delete()
    assert door.street_dispatcher2.get(url(order.number)).status_code == 404
    assert door.street_dispatcher2.post(url(order.number, "comment"), {"comment": "还在吗"}).status_code == 404
