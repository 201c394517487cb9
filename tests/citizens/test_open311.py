"""Open311 through its door: what is read, what is written once, what is refused, and what nobody is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from citizens.models import ProgramReport, Receipt
from tests.citizens.programs import ROOT, get, key_in_force, post
from tests.workorders.conftest import Desk
from workorders.models import EventText, ReporterContact, WorkOrder


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
    assert read["description"] == "普通事项，东街街道南里社区附近"
    assert (read["address"], read["address_id"]) == ("东街街道南里社区附近", "320999001001")
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
    for name in ("service_code", "address_id", "media_url", "client_key", "lat"):
        spoilt = {name: "a\x00b", **({"lat": "", "long": ""} if name.startswith("address") else {})}
        assert words(**spoilt)[0] in (400, 404), name
    assert WorkOrder.objects.count() == 0


def test_a_place_may_be_an_address_or_the_code_of_a_community(desk: Desk, program: Callable[..., Any]) -> None:
    number = program(lat="", long="", address_string="东街 12 号门口").json()[0]["service_request_id"]
    assert WorkOrder.objects.get(number=number).text.address == "东街 12 号门口"
    assert get(f"requests/{number}.json").json()[0]["address"] is None
    number = program(lat="", long="", address_id="320999001002", jurisdiction_id="320999").json()[0][
        "service_request_id"
    ]
    assert WorkOrder.objects.get(number=number).text.address == "东街街道北里社区"


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
    for name in ("service_request_id", "update_id"):
        assert post("servicerequestupdates.json", {**told, "update_id": "u-2", name: "a\x00b"}).status_code == 400, name
    assert post("servicerequestupdates.json", {**told, "description": ""}).status_code == 400
    assert post("servicerequestupdates.json", {**told, "api_key": ""}).status_code == 403
    assert "旁边" not in get("servicerequestupdates.json").content.decode()


def test_what_a_program_adds_to_a_merged_report_comes_along(desk: Desk, program: Callable[..., Any]) -> None:
    _key, secret = key_in_force(desk)
    mine = WorkOrder.objects.get(number=program(api_key=secret).json()[0]["service_request_id"])
    master = desk.registered()
    desk.do(mine, "merge", desk.cast.street_dispatcher, master=master.number)
    told = {"api_key": secret, "update_id": "u-1", "service_request_id": mine.number, "description": "旁边那盏也不亮了"}
    assert post("servicerequestupdates.json", told).status_code == 200
    said = EventText.objects.get(order=master, field="comment").text
    assert said == f"并入的 {mine.number} 有补充：旁边那盏也不亮了"


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
