"""Open311 through its door: what is read, what is written once, what is refused, and what nobody is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from citizens.models import ProgramReport, Receipt, StatusChange
from relay.services import drain
from tests.citizens.programs import key_in_force, make_public
from tests.workorders.conftest import HERE, OTHER_STREET, Desk
from workorders.models import EventText, ReporterContact, WorkOrder

ROOT = "/open311/v2"


def get(path: str, **asked: Any) -> Any:
    return Client().get(f"{ROOT}/{path}", asked)


def post(path: str, told: dict[str, Any], **headers: str) -> Any:
    return Client().post(f"{ROOT}/{path}", told, headers=headers)


@pytest.fixture
def program(desk: Desk) -> Callable[..., Any]:
    """``program(description=...)`` reports as a program does; a keyword more or less spoils it."""
    make_public("T01", "T02")
    _key, secret = key_in_force(desk)

    def report(form: str = "json", headers: dict[str, str] | None = None, **told: Any) -> Any:
        given = {
            "api_key": secret, "service_code": "T01", "lat": str(HERE[1]), "long": str(HERE[0]),
            "description": "路灯不亮。我是李某某，电话 13912345678", **told,
        }  # fmt: skip
        return post(f"requests.{form}", {name: text for name, text in given.items() if text}, **(headers or {}))

    return report


def relayed() -> None:
    while drain():
        pass


def test_a_report_is_made_and_read_back_without_a_word_of_who_made_it(desk: Desk, program: Callable[..., Any]) -> None:
    given = program(first_name="某某", last_name="李", phone="13912345678", email="li@example.org", device_id="D-1")
    assert given.status_code == 200
    (made,) = given.json()
    assert set(made) == {"service_request_id", "service_notice", "account_id"}
    assert "查询码" in made["service_notice"]
    order = WorkOrder.objects.get(number=made["service_request_id"])
    assert (order.source, order.reporter_id, order.status) == ("citizen", None, "reported")
    assert order.text.description.endswith("13912345678")
    assert not ReporterContact.objects.filter(order=order).exists()

    answer = get(f"requests/{order.number}.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    (read,) = answer.json()
    assert list(read) == [
        "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
        "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime",
        "address", "address_id", "zipcode", "lat", "long", "media_url",
    ]  # fmt: skip
    assert read["service_request_id"] == order.number
    assert (read["status"], read["service_code"], read["service_name"]) == ("open", "T01", "普通事项")
    assert read["description"] == "普通事项，东街街道东街南里社区"
    assert (read["address"], read["address_id"]) == ("东街街道东街南里社区", "320999001001")
    assert read["agency_responsible"] == "东街联勤指挥分中心"
    assert read["requested_datetime"].endswith("+08:00")
    assert dt.datetime.fromisoformat(read["requested_datetime"]) == order.reported_at.replace(microsecond=0)
    for secret in ("李", "1391", "example.org", "路灯"):
        assert secret not in answer.content.decode(), secret


def test_places_are_told_to_about_ten_metres_and_asked_for_no_finer(desk: Desk, program: Callable[..., Any]) -> None:
    number = program(lat="32.0554567", long="118.6054321").json()[0]["service_request_id"]
    (read,) = get(f"requests/{number}.json").json()
    assert (read["lat"], read["long"]) == (32.0555, 118.6054)
    assert WorkOrder.objects.get(number=number).lat == 32.0554567
    # The true point lies 5 m from the told one; a circle about the true one does not find it.
    found = get("requests.json", lat="32.0554567", long="118.6054321", radius="2").json()
    assert found == []
    found = get("requests.json", lat="32.0555", long="118.6054", radius="2").json()
    assert [each["service_request_id"] for each in found] == [number]
    # A degree of latitude is 111.2 km: 0.009 of it are 1000 m.
    assert get("requests.json", lat="32.0465", long="118.6054", radius="990").json() == []
    assert len(get("requests.json", lat="32.0465", long="118.6054", radius="1010").json()) == 1


def test_what_concerns_people_is_not_there(desk: Desk, program: Callable[..., Any]) -> None:
    private = desk.report(category="T03")
    police = desk.report(category="T01", source="police_110")
    unsorted = desk.report(category=None)
    shown = desk.report(category="T01")
    numbers = [each["service_request_id"] for each in get("requests.json").json()]
    assert numbers == [shown.number]
    for order in (private, police, unsorted):
        assert get(f"requests/{order.number}.json").status_code == 404
    assert [each["service_code"] for each in get("services.json").json()] == ["T01", "T02"]
    refused = program(service_code="T03")
    assert (refused.status_code, refused.json()[0]["code"]) == (404, 404)
    assert get("services/T03.json").status_code == 404


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


def test_nothing_is_written_without_a_key_in_force(desk: Desk, program: Callable[..., Any]) -> None:
    for spoilt in ("", "lq_nobody", "\x00"):
        refused = program(api_key=spoilt)
        assert (refused.status_code, refused.json()[0]["code"]) == (403, 403)
    # In the address it would stand in logs: it counts for nothing there.
    told = {"service_code": "T01", "address_string": "东街 1 号"}
    assert Client().post(f"{ROOT}/requests.json?api_key=lq_x", told).status_code == 403
    assert WorkOrder.objects.count() == 0


def test_what_is_wrong_is_named(desk: Desk, program: Callable[..., Any]) -> None:
    def words(**spoilt: Any) -> tuple[int, str]:
        answer = program(**spoilt)
        return answer.status_code, "".join(each["description"] for each in answer.json())

    assert words(service_code="") == (400, "service_code：没有填写")
    assert words(service_code="none")[0] == 404
    assert words(lat="", long="")[0] == 400
    assert words(lat="32.05", long="") == (400, "long：应是 WGS-84 的度数，lat 和 long 要一起填")
    assert words(lat="nan")[0] == 400
    assert words(lat="91") == (400, "lat：应是 WGS-84 的度数，lat 和 long 要一起填")
    assert words(address_id="999", lat="", long="") == (400, "address_id：没有这个社区代码")
    assert words(description="长" * 2001)[1].startswith("description：")
    assert words(address_string="街" * 201)[1].startswith("address_string：")
    assert words(media_url="javascript:alert(1)")[1].startswith("media_url：")
    assert words(jurisdiction_id="elsewhere.gov") == (404, "jurisdiction_id 没有找到")
    assert words(client_key="x" * 65)[1].startswith("client_key：")
    assert WorkOrder.objects.count() == 0


def test_a_place_may_be_an_address_or_the_code_of_a_community(desk: Desk, program: Callable[..., Any]) -> None:
    number = program(lat="", long="", address_string="东街 12 号门口").json()[0]["service_request_id"]
    assert WorkOrder.objects.get(number=number).text.address == "东街 12 号门口"
    assert get(f"requests/{number}.json").json()[0]["address"] is None
    number = program(lat="", long="", address_id="320999001002", jurisdiction_id="320999").json()[0][
        "service_request_id"
    ]
    assert WorkOrder.objects.get(number=number).text.address == "东街街道东街北里社区"


def test_a_report_sent_again_is_one_report(desk: Desk, program: Callable[..., Any]) -> None:
    first = program(headers={"Idempotency-Key": "a-1"}).json()
    again = program(headers={"Idempotency-Key": "a-1"}, description="写了别的").json()
    field = program(client_key="a-1").json()
    assert first == again == field
    assert WorkOrder.objects.count() == 1
    _other, secret = key_in_force(desk)
    elsewhere = program(client_key="a-1", api_key=secret).json()
    assert elsewhere != first
    assert (WorkOrder.objects.count(), Receipt.objects.count(), ProgramReport.objects.count()) == (2, 2, 2)


def test_a_link_is_kept_as_text_and_shown_to_staff_alone(desk: Desk, program: Callable[..., Any]) -> None:
    answer = program(media_url="https://pictures.example/lamp.jpg", client_key="once")
    program(media_url="https://pictures.example/lamp.jpg", client_key="once")
    number = answer.json()[0]["service_request_id"]
    assert ProgramReport.objects.get().media_url == "https://pictures.example/lamp.jpg"
    told = EventText.objects.filter(order__number=number, field="comment").values_list("text", flat=True)
    assert list(told) == ["反映人附了一个链接，系统没有打开过它：https://pictures.example/lamp.jpg"]
    assert get(f"requests/{number}.json").json()[0]["media_url"] is None


def test_a_token_is_given_to_who_asks_later(desk: Desk, program: Callable[..., Any]) -> None:
    answer = program(headers={"Prefer": "respond-async"})
    assert answer.status_code == 202
    (given,) = answer.json()
    assert set(given) == {"token"}
    number = WorkOrder.objects.get().number
    assert get(f"tokens/{given['token']}.json").json() == [{"service_request_id": number, "token": given["token"]}]
    spoilt = given["token"][:-1] + ("A" if given["token"][-1] != "A" else "B")
    assert get(f"tokens/{spoilt}.json").status_code == 404


def test_files_and_other_bodies_are_refused(desk: Desk, program: Callable[..., Any]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    told = {"api_key": "x", "service_code": "T01", "media": SimpleUploadedFile("a.jpg", b"\xff\xd8")}
    assert Client().post(f"{ROOT}/requests.json", told).status_code == 400
    body = json.dumps({"service_code": "T01"})
    assert Client().post(f"{ROOT}/requests.json", body, content_type="application/json").status_code == 400
    xml = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    refused = Client().post(f"{ROOT}/requests.xml", xml, content_type="text/xml")
    assert (refused.status_code, b"root:" in refused.content) == (400, False)
    large = program(description="x" * 70_000)
    assert (large.status_code, large.json()[0]["code"]) == (413, 413)
    assert Client().put(f"{ROOT}/requests.json").status_code == 405
    assert Client().post(f"{ROOT}/services.json").status_code == 405


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
    root = ElementTree.fromstring(get("servicerequestupdates.xml", page_size="1").content)
    assert (root.tag, [each.tag for each in root]) == ("service_request_updates", ["request_update"])


def test_a_program_adds_to_its_own_reports_once(desk: Desk, program: Callable[..., Any]) -> None:
    _key, secret = key_in_force(desk)
    mine = program(api_key=secret).json()[0]["service_request_id"]
    others = program().json()[0]["service_request_id"]
    told = {
        "api_key": secret, "update_id": "u-1", "service_request_id": mine, "status": "OPEN",
        "updated_datetime": "2026-11-22T10:00:00+08:00", "description": "旁边那盏也不亮了",
    }  # fmt: skip
    assert post("servicerequestupdates.json", told).json() == [{"update_id": "u-1"}]
    assert post("servicerequestupdates.json", told).json() == [{"update_id": "u-1"}]
    texts = EventText.objects.filter(order__number=mine, field="comment").values_list("text", flat=True)
    assert list(texts) == ["旁边那盏也不亮了"]
    assert post("servicerequestupdates.json", {**told, "service_request_id": others}).status_code == 404
    assert post("servicerequestupdates.json", {**told, "description": ""}).status_code == 400
    assert post("servicerequestupdates.json", {**told, "api_key": ""}).status_code == 403
    assert "旁边" not in get("servicerequestupdates.json").content.decode()


def test_a_key_has_its_limits(desk: Desk, program: Callable[..., Any]) -> None:
    _key, secret = key_in_force(desk, per_minute=600, per_day=2)
    assert [program(api_key=secret).status_code for _each in range(3)] == [200, 200, 429]
    over = program(api_key=secret)
    assert 0 < int(over["Retry-After"]) <= 86_400
    assert WorkOrder.objects.count() == 2
    _key, secret = key_in_force(desk, per_minute=1, per_day=100)
    codes = [program(api_key=secret).status_code for _each in range(3)]
    # A minute may have ended between two of them.
    assert codes.count(429) >= 1
