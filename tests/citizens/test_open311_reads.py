"""Open311 read through its door: formats, services, orders by what is asked for, and what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from citizens.models import StatusChange
from grids.models import District
from relay.services import drain
from tests.citizens.programs import ROOT, get, make_public
from tests.workorders.conftest import OTHER_STREET, Desk
from workorders.models import WorkOrder


def test_a_merged_report_names_the_one_it_goes_on_in(desk: Desk, program: Callable[..., Any]) -> None:
    order, master, secret = desk.report(category="T01"), desk.registered(), desk.registered(source="police_110")
    desk.do(order, "merge", desk.cast.street_dispatcher, master=master.number)
    other = desk.do(desk.report(category="T01"), "merge", desk.cast.street_dispatcher, master=secret.number)
    (shown,) = get(f"requests/{order.number}.json").json()
    assert (shown["status"], shown["status_notes"]) == (
        "closed",
        f"与另一件合并办理，进展请查 {master.number}。",
    )
    # What nobody is told of is not named either.
    assert get(f"requests/{other.number}.json").json()[0]["status_notes"] == "与另一件合并办理。"


def test_what_staff_voided_does_not_read_as_withdrawn_by_who_reported_it(
    desk: Desk, program: Callable[..., Any]
) -> None:
    order = desk.report(category="T01")
    WorkOrder.objects.filter(pk=order.pk).update(status="voided")
    assert get(f"requests/{order.number}.json").json()[0]["status_notes"] == "已经撤回或作废，不再办理。"


def relayed() -> None:
    while drain():
        pass


def test_services_and_their_definitions(desk: Desk, program: Callable[..., Any]) -> None:
    first, second = get("services.json").json()
    assert first == {
        "service_code": "T01", "service_name": "普通事项", "description": "试验类：普通事项", "metadata": True,
        "type": "realtime", "keywords": "试验类,普通事项", "group": "试验类",
    }  # fmt: skip
    assert second["metadata"] is False
    definition = get("services/T01.json").json()
    assert definition["service_code"] == "T01"
    (attribute,) = definition["attributes"]
    assert (attribute["variable"], attribute["required"], attribute["order"]) == (False, False, 1)
    assert attribute["description"] == "立案条件：情况属实"
    assert get("services/T02.json").json() == {"service_code": "T02", "attributes": []}


def test_xml_has_the_elements_of_the_specification(desk: Desk, program: Callable[..., Any]) -> None:
    answer = program("xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    made = ElementTree.fromstring(answer.content)
    number = made.findtext("request/service_request_id")
    assert made.tag == "service_requests"
    read = ElementTree.fromstring(get(f"requests/{number}.xml").content)
    assert [read.tag, *(each.tag for each in read)] == ["service_requests", "request"]
    assert read.findtext("request/status") == "open"
    assert read.findtext("request/zipcode") == ""
    services = ElementTree.fromstring(get("services.xml").content)
    assert [each.findtext("metadata") for each in services.findall("service")] == ["true", "false"]
    definition = ElementTree.fromstring(get("services/T01.xml").content)
    assert definition.findtext("attributes/attribute/variable") == "false"
    errors = ElementTree.fromstring(get("requests/none.xml").content)
    assert errors.tag == "errors"
    assert errors.findtext("error/code") == "404"


def test_names_are_escaped_in_xml(desk: Desk, program: Callable[..., Any]) -> None:
    from catalogue.models import Category

    Category.objects.filter(code="T02").update(name='<b>"&\x01')
    make_public("T02")
    services = ElementTree.fromstring(get("services.xml").content)
    assert services.findall("service")[1].findtext("service_name") == '<b>"&\ufffd'


def test_the_format_is_asked_for_by_suffix_or_by_header(desk: Desk) -> None:
    def kind(path: str, accept: str | None = None) -> tuple[int, str]:
        answer = Client().get(f"{ROOT}/{path}", headers={"Accept": accept} if accept else {})
        return answer.status_code, answer["Content-Type"].partition(";")[0]

    assert kind("services") == (200, "text/xml")
    assert kind("services", "application/json") == (200, "application/json")
    assert kind("services", "text/xml;q=0.3, application/json;q=0.8") == (200, "application/json")
    assert kind("services", "text/html,*/*;q=0.1") == (200, "text/xml")
    assert kind("services.json", "text/xml") == (200, "application/json")
    assert kind("services.csv") == (404, "text/xml")
    assert kind("services", "image/png") == (406, "text/xml")


def test_discovery_names_this_endpoint_in_both_formats(desk: Desk) -> None:
    told = get("discovery.json").json()
    (endpoint,) = told["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == "http://testserver/open311/v2"
    assert endpoint["formats"] == ["application/json", "text/xml"]
    assert "http://testserver/citizen/developers/" in told["key_service"]
    written = ElementTree.fromstring(get("discovery.xml").content)
    assert [each.text for each in written.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert get("discovery.json")["Access-Control-Allow-Origin"] == "*"


def test_requests_are_chosen_by_number_service_status_time_and_place(desk: Desk, program: Callable[..., Any]) -> None:
    here = desk.report(category="T01")
    there = desk.report(category="T02", lon=OTHER_STREET[0], lat=OTHER_STREET[1])
    ended = desk.closed(category="T01")

    def numbers(**asked: Any) -> list[str]:
        return [each["service_request_id"] for each in get("requests.json", **asked).json()]

    assert numbers() == [ended.number, there.number, here.number]
    assert numbers(status="closed") == [ended.number]
    assert numbers(status="open,closed", service_code="T01") == [ended.number, here.number]
    assert numbers(service_code=["T01", "T02"]) == [ended.number, there.number, here.number]
    assert numbers(service_request_id=f"{here.number},{there.number}", status="closed") == [there.number, here.number]
    assert numbers(page="2", page_size="2") == [here.number]
    assert numbers(jurisdiction_id="320999", page_size="1") == [ended.number]
    assert numbers(start_date="2026-01-01T00:00:00Z", end_date="2026-01-02T00:00:00Z") == []
    now = here.reported_at + dt.timedelta(hours=1)
    assert numbers(end_date=now.isoformat()) == [ended.number, there.number, here.number]
    (shown,) = get(f"requests/{ended.number}.json").json()
    assert (shown["status"], shown["status_notes"]) == ("closed", "已经办结。")
    ended.refresh_from_db()
    assert ended.ended_at is not None
    assert dt.datetime.fromisoformat(shown["updated_datetime"]) == ended.ended_at.replace(microsecond=0)


@pytest.mark.parametrize(
    "asked",
    [
        {"start_date": "2026-01-01"},
        {"start_date": "2026-01-01T00:00:00"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"start_date": "2026-01-02T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "9999-12-31T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00Z"},
        {"status": "new"},
        {"lat": "32"},
        {"lat": "32", "long": "118", "radius": "5001"},
        {"lat": "32", "long": "118", "radius": "-1"},
        {"page": "0"},
        {"page_size": "1001"},
        {"page": "x"},
        {"service_request_id": ",".join(f"A{each}" for each in range(51))},
        {"service_code": "a\x00b"},
    ],
    ids=lambda asked: "&".join(f"{name}={text[:12]}" for name, text in asked.items()).replace("\x00", "0"),
)
def test_a_question_that_cannot_be_answered_is_refused(desk: Desk, asked: dict[str, str]) -> None:
    answer = get("requests.json", **asked)
    assert (answer.status_code, answer.json()[0]["code"]) == (400, 400)


def test_who_asks_what_changed_is_told_of_old_orders_that_moved(
    desk: Desk, program: Callable[..., Any], shift: Callable[[dt.timedelta], None]
) -> None:
    old, quiet = desk.report(category="T01"), desk.report(category="T01")
    relayed()
    shift(dt.timedelta(days=100))
    assert get("requests.json").json() == []
    since = (old.reported_at + dt.timedelta(days=99)).isoformat().replace("+00:00", "Z")
    assert get("requests.json", updated_after=since).json() == []
    desk.do(old, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    relayed()
    found = get("requests.json", updated_after=since).json()
    assert [each["service_request_id"] for each in found] == [old.number]
    before = (old.reported_at + dt.timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert [each["service_request_id"] for each in get("requests.json", updated_before=before).json()] == [quiet.number]


def test_updates_tell_every_change_of_status(desk: Desk, program: Callable[..., Any]) -> None:
    order, private = desk.closed(category="T01"), desk.report(category="T03")
    desk.do(order, "reopen", desk.cast.street_supervisor, reason="灯又灭了")
    relayed()
    assert StatusChange.objects.filter(order=private).exists()
    told = get("servicerequestupdates.json").json()
    assert {each["service_request_id"] for each in told} == {order.number}
    assert list(told[0]) == [
        "update_id", "service_request_id", "status", "updated_datetime", "description", "media_url"
    ]  # fmt: skip
    statuses = [each["status"] for each in told]
    assert (statuses[0], statuses[-2:]) == ("open", ["closed", "open"])
    assert len({each["update_id"] for each in told}) == len(told)
    assert "灯又灭了" not in str(told)
    relayed()
    assert get("servicerequestupdates.json", service_request_id="none").json() == []
    District.objects.create(code="320111", name="浦口区", valid_from="2020-01-01")
    assert get("servicerequestupdates.json", jurisdiction_id="320111").json() == []
    assert get("servicerequestupdates.json", jurisdiction_id="320999").json() == told
    root = ElementTree.fromstring(get("servicerequestupdates.xml", page_size="1").content)
    assert (root.tag, [each.tag for each in root]) == ("service_request_updates", ["request_update"])
