"""Notices: once, to whom they concern, and nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from dispatch.models import Notice, SupervisionOrder
from dispatch.selectors import notices_for, sentence, supervision_orders_for, unread
from dispatch.services import mark_read
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible
from tests.workorders.conftest import Desk
from workorders import services
from workorders.models import Event, WorkOrder

Deliver = Callable[[], int]


def told(order: WorkOrder) -> set[tuple[str, str]]:
    """(kind, unit code or user name) of every notice on an order."""
    rows = Notice.objects.filter(order=order).select_related("unit", "user")
    return {(each.kind, each.unit.code if each.unit else each.user.username if each.user else "") for each in rows}


def kinds(actor: Actor) -> list[str]:
    return sorted(notices_for(actor).values_list("kind", flat=True))


def run_down(shift: Callable[[dt.timedelta], None], days: int) -> None:
    for _ in range(days):
        shift(dt.timedelta(days=1))
        services.sweep()


def test_departments_are_told_of_their_assignment_and_others_are_not(desk: Desk, deliver: Deliver) -> None:
    order = desk.dispatched("320999001-market")
    deliver()

    assert told(order) == {("dispatched", "320999001-urban_management"), ("dispatched", "320999001-market")}
    assert kinds(desk.cast.handler) == ["dispatched"]
    assert kinds(desk.cast.handler2) == ["dispatched"]
    assert kinds(desk.cast.other_handler) == kinds(desk.cast.street_dispatcher) == kinds(desk.cast.commander) == []
    assert sentence(notices_for(desk.cast.handler).get()) == "新派单，请签收"


def test_a_message_delivered_twice_leaves_one_notice(
    desk: Desk, deliver: Deliver, deliver_again: Callable[[], None]
) -> None:
    order = desk.dispatched("320999001-market")
    deliver()
    deliver_again()
    deliver()

    assert Notice.objects.filter(order=order).count() == 2


def test_a_return_goes_to_the_centre_and_a_request_to_the_second_person(desk: Desk, deliver: Deliver) -> None:
    order = desk.do(desk.dispatched(), "return_assignment", desk.cast.handler, reason="不属本单位职责")
    desk.do(order, "void", desk.cast.street_dispatcher, reason="重复登记")
    deliver()

    assert told(order) == {
        ("dispatched", "320999001-urban_management"),
        ("returned", "320999001-centre"),
        ("requested", "320999001-centre"),
    }
    assert kinds(desk.cast.street_dispatcher2) == ["requested", "returned"]


def test_the_reporter_is_told_how_it_ended(desk: Desk, deliver: Deliver) -> None:
    order = desk.report(by=desk.cast.citizen)
    order = desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    order = desk.do(order, "dispatch", desk.cast.street_dispatcher, lead="320999001-urban_management")
    order = desk.do(order, "acknowledge", desk.cast.handler)
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理")
    deliver()
    assert kinds(desk.cast.citizen) == []

    desk.do(order, "verify", desk.cast.street_dispatcher)
    deliver()
    assert kinds(desk.cast.citizen) == ["answered"]
    assert kinds(desk.cast.citizen2) == []
    assert sentence(notices_for(desk.cast.citizen).get()) == "您反映的事项已办结"


def test_time_running_out_is_told_to_the_holder_and_then_to_both_centres(
    desk: Desk, deliver: Deliver, shift: Callable[[dt.timedelta], None]
) -> None:
    order = desk.handling()
    deliver()
    run_down(shift, 12)
    deliver()

    found = told(order)
    assert ("warned", "320999001-urban_management") in found
    assert {("escalated", "320999-centre"), ("escalated", "320999001-centre")} <= found
    assert ("escalated", "320999001-urban_management") in found, "whose work was superseded"
    assert not any(code == "320999002-centre" for _, code in found)
    escalated = notices_for(desk.cast.street_dispatcher).get(kind="escalated")
    assert sentence(escalated) == "办结超时，已自动升级到区"


def test_supervision_makes_one_document_a_tier_and_a_notice(
    desk: Desk, deliver: Deliver, deliver_again: Callable[[], None], shift: Callable[[dt.timedelta], None]
) -> None:
    order = desk.at_district()
    run_down(shift, 25)
    deliver()
    deliver_again()

    events = Event.objects.filter(order=order, kind="supervised").count()
    documents = SupervisionOrder.objects.filter(order=order).order_by("tier")
    assert [(each.tier, each.generation, each.level) for each in documents] == [
        (1, 1, "district"), (2, 1, "district"), (3, 1, "district")
    ]  # fmt: skip
    assert events > 3, "the clock went on striking"
    assert documents[0].number == f"{order.number}-DB1-1"
    strikes = Event.objects.filter(order=order, kind="supervised").order_by("seq")
    assert (documents[0].event, documents[0].reason) == (strikes[0], "not_dispatched"), "by the first strike"
    assert documents[2].repeated_at == strikes.latest("seq").at
    assert Notice.objects.filter(order=order, kind="supervised", gravity="critical").count() == events
    assert supervision_orders_for(desk.cast.commander).count() == 3
    assert supervision_orders_for(desk.cast.street_dispatcher).count() == 0
    assert unread(desk.cast.commander).gravity == "critical"


def test_reading_is_noted_once_and_only_by_the_addressee(desk: Desk, deliver: Deliver) -> None:
    desk.dispatched()
    deliver()
    notice = Notice.objects.get()
    assert unread(desk.cast.handler).count == 1

    with pytest.raises(NotVisible):
        mark_read(notice_id=notice.pk, by=desk.cast.handler2)
    mark_read(notice_id=notice.pk, by=desk.cast.handler)
    first = Notice.objects.get()
    mark_read(notice_id=notice.pk, by=desk.cast.handler)

    assert (first.read_by_id, first.read_at) == (desk.cast.handler.user_id, Notice.objects.get().read_at)
    assert unread(desk.cast.handler).count == 0


@pytest.fixture
def api(desk: Desk) -> Callable[[str], APIClient]:
    def client(name: str) -> APIClient:
        found = APIClient()
        found.force_login(desk.cast.user(name))
        return found

    return client


def test_notices_over_the_api(desk: Desk, deliver: Deliver, api: Callable[[str], Any]) -> None:
    order = desk.dispatched()
    deliver()
    page = api("handler").get("/api/v1/notices/").json()
    assert (page["unread"], page["gravity"], page["next"]) == (1, "info", None)
    (line,) = page["results"]
    assert (line["order"], line["kind"], line["text"], line["unit"], line["read_at"]) == (
        order.number, "dispatched", "新派单，请签收", "320999001-urban_management", None
    )  # fmt: skip

    assert api("handler2").post(f"/api/v1/notices/{line['id']}/read/").status_code == 404
    done = api("handler").post(f"/api/v1/notices/{line['id']}/read/")
    assert (done.status_code, done.json()["read_by"]) == (200, "handler")
    assert api("handler").get("/api/v1/notices/?unread=1").json()["results"] == []
    assert api("handler").post("/api/v1/notices/read/", {}, format="json").json() == {"read": 0}


def test_documents_are_for_the_district_and_acknowledged_by_the_supervised(
    desk: Desk, deliver: Deliver, shift: Callable[[dt.timedelta], None], api: Callable[[str], Any]
) -> None:
    desk.at_district()
    run_down(shift, 25)
    deliver()

    assert api("street_dispatcher").get("/api/v1/supervision-orders/").status_code == 403
    page = api("supervisor").get("/api/v1/supervision-orders/?tier=2").json()
    (document,) = page["results"]
    assert (document["tier"], document["reason"], document["acknowledged_at"]) == (2, "not_dispatched", None)
    url = f"/api/v1/supervision-orders/{document['number']}/acknowledge/"
    assert api("street_dispatcher").post(url).status_code == 404
    assert api("commander").post(url).json()["acknowledged_by"] == "commander"
    left = api("commander").get("/api/v1/supervision-orders/?open=1").json()["results"]
    assert sorted(each["tier"] for each in left) == [1, 3]


def test_the_page_lists_what_my_unit_was_told(desk: Desk, deliver: Deliver, api: Callable[[str], Any]) -> None:
    empty = api("handler").get("/notices/").content.decode()
    assert "没有通知" in empty
    order = desk.dispatched()
    deliver()
    page = api("handler").get("/notices/").content.decode()
    assert "新派单，请签收" in page
    assert order.number in page
    assert api("secadmin").get("/notices/").status_code == 403
