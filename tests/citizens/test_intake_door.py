"""Platforms bring their reports signed: once each, unaltered, within their limits."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from accounts.errors import SecondPersonNeeded
from citizens.models import IntakeDay, IntakeKey, IntakeMessage, IntakeNonce
from citizens.services import platforms
from citizens.services.door import purge_nonces
from citizens.services.visitors import mark
from dispatch.models import Notice
from lianqin.kernel import clock
from lianqin.kernel.errors import NotAllowed
from relay.transports import broker
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import HERE, Desk
from workorders.models import Event, EventText, OrderText, WorkOrder


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json().get("code", "")


def test_a_report_becomes_an_order_and_a_repeat_is_answered_with_it(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    first = sender.send(call("GD-1"))
    assert (first.status_code, first.json()["state"], first.json()["changed"]) == (201, "accepted", False)
    again = sender.send(call("GD-1"))
    assert (again.status_code, again.json()["number"], again.json()["changed"]) == (200, first.json()["number"], False)
    order = WorkOrder.objects.get(source="hotline_12345")
    text = OrderText.objects.get(order=order)
    assert (order.number, order.external_ref, order.street_id) == (first.json()["number"], "GD-1", None)
    assert text.title == "路灯不亮"
    message = IntakeMessage.objects.get()
    assert message.reported_at == dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
    assert "55500001" not in message.sealed_raw + message.sealed_fields
    day = IntakeDay.objects.get()
    assert (day.requests, day.received, day.repeated, day.refused) == (2, 1, 1, 0)


def test_another_content_under_the_same_number_supplements_the_order_once(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    first = sender.send(call("GD-1")).json()["number"]
    for _ in range(2):
        answer = sender.send(call("GD-1", content="又有两盏灯不亮"))
        assert (answer.status_code, answer.json()["number"], answer.json()["changed"]) == (200, first, True)
    order = WorkOrder.objects.get(number=first)
    assert list(Event.objects.filter(order=order).values_list("kind", flat=True)) == ["report", "comment"]


def test_what_is_added_to_a_merged_order_comes_to_who_works_on_the_matter(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    order = WorkOrder.objects.get(number=sender.send(call("GD-1")).json()["number"])
    order = desk.do(order, "place", desk.cast.district_dispatcher, lon=HERE[0], lat=HERE[1])
    master = desk.registered()
    desk.do(order, "merge", desk.cast.street_dispatcher, master=master.number)
    assert sender.send(call("GD-1", content="又有两盏灯不亮")).status_code == 200
    assert desk.events(order)[-1] == "comment"
    said = EventText.objects.get(order=master, field="comment").text
    assert said == f"并入的 {order.number} 有补充：来源平台补充：路灯不亮；又有两盏灯不亮"
    assert Notice.objects.filter(kind="said_after_end").count() == 0


def test_what_is_added_to_an_order_that_has_ended_is_brought_to_the_centre(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    order = WorkOrder.objects.get(number=sender.send(call("GD-1")).json()["number"])
    WorkOrder.objects.filter(pk=order.pk).update(status="closed", street=desk.ground.street)
    for _ in range(2):
        assert sender.send(call("GD-1", content="灯又灭了")).status_code == 200
    (notice,) = Notice.objects.filter(kind="said_after_end")
    assert (notice.unit, notice.order_id, notice.facts) == (desk.ground.sub_center, order.pk, {"number": order.number})


def test_sm3_signs_as_well(desk: Desk) -> None:
    assert opened(desk, "hotline_12345", "HMAC-SM3").send(call()).status_code == 201


def test_whatever_is_altered_is_refused(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    body = json.dumps(call()).encode()
    good = sender.signed(body)
    spoilt = {
        "another body": (body + b" ", good),
        "another nonce": (body, {**good, "X-Lianqin-Nonce": "0123456789"}),
        "another time": (body, {**good, "X-Lianqin-Timestamp": str(int(good["X-Lianqin-Timestamp"]) - 1)}),
        "another path": (body, sender.signed(body, query="x=1")),
        "another key": (body, {**good, "X-Lianqin-Key": "hotlin-00000000"}),
        "no signature": (body, {}),
        "a signature of no ASCII": (body, {**good, "X-Lianqin-Signature": "\u00e9"}),
    }
    for name, (sent, headers) in spoilt.items():
        assert code(sender.send(sent, headers=headers)) == (401, "not_signed"), name
    assert code(sender.send(body, late=400)) == (401, "timestamp_out_of_range")
    assert code(sender.send(body, late=-400)) == (401, "timestamp_out_of_range")
    assert sender.send(body, headers=good).status_code == 201
    assert WorkOrder.objects.count() == 1


def test_a_request_that_is_played_again_is_refused_until_its_time_is_over(desk: Desk, shift: Any) -> None:
    sender = opened(desk, "hotline_12345")
    body = json.dumps(call()).encode()
    headers = sender.signed(body)
    assert sender.send(body, headers=headers).status_code == 201
    assert code(sender.send(body, headers=headers)) == (409, "nonce_reused")
    assert purge_nonces() == 0
    shift(dt.timedelta(minutes=16))
    assert purge_nonces() == 1
    assert code(sender.send(body, headers=headers)) == (401, "timestamp_out_of_range")
    assert IntakeNonce.objects.count() == 0
    assert clock.now() > dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_who_plays_requests_again_uses_up_nothing_of_the_platforms(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345", per_minute=2)
    body = json.dumps(call()).encode()
    headers = sender.signed(body)
    assert sender.send(body, headers=headers).status_code == 201
    for _ in range(4):
        assert code(sender.send(body, headers=headers)) == (409, "nonce_reused")
    assert sender.send(call("GD-2")).status_code == 201
    third = json.dumps(call("GD-3")).encode()
    late = sender.signed(third)
    assert code(sender.send(third, headers=late)) == (429, "rate_limit")
    # Neither does what was refused for being too much.
    assert code(sender.send(third, headers=late)) == (409, "nonce_reused")
    day = IntakeDay.objects.get()
    assert (day.requests, day.received, day.refused) == (3, 2, 5)


def test_garbage_is_counted_up_to_a_bound_and_keeps_out_nobody_who_signs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("citizens.services.door.MOST_REFUSED", 3)
    broker().delete(f"citizen:limit:intake-refused:{mark('intake-refused', '198.51.100.0/24')}")
    sender = opened(desk, "hotline_12345")
    spoilt = {**sender.signed(b"{}"), "X-Lianqin-Signature": "0" * 64}
    answers = [sender.send(b"{}", headers=given, at="198.51.100.7") for given in (spoilt, {}, spoilt, spoilt, {})]
    assert [each.status_code for each in answers] == [401, 401, 401, 429, 429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert IntakeDay.objects.get().refused == 2
    assert sender.send(call("GD-1"), at="198.51.100.7").status_code == 201


def test_faults_name_their_field_and_repeat_nothing_of_it(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    told = call(level="9", caller={"name": 5})
    del told["head"]["code"]
    answer = sender.send(told)
    assert code(answer) == (422, "schema_mismatch")
    assert answer.json()["errors"] == {
        "/head/code": ["缺少该字段"],
        "/body/level": ["应为 1、2、3 之一"],
        "/body/caller/name": ["应为文字"],
    }
    for wrong in (b"{", b"\xff", b'{"a": NaN}', b"[" * 30 + b"]" * 30):
        assert code(sender.send(wrong)) == (422, "malformed")
    assert code(sender.send(b" " * (256 * 1024 + 1))) == (413, "too_large")
    assert WorkOrder.objects.count() == 0


def test_limits_are_kept_by_minute_and_by_day(desk: Desk) -> None:
    fast = opened(desk, "hotline_12345", per_minute=2)
    answers = [fast.send(call(f"GD-{number}")) for number in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    many = opened(desk, "portal", per_day=1)
    letter = {"letter": {"id": "L1", "content": "井盖破损"}}
    assert many.send(letter).status_code == 201
    refused = many.send({"letter": {"id": "L2", "content": "井盖破损"}})
    assert (code(refused), int(refused["Retry-After"]) > 0) == ((429, "daily_limit"), True)


def test_only_from_its_networks(desk: Desk) -> None:
    assert code(opened(desk, "portal", networks=["10.0.0.0/8"]).send({})) == (403, "network_not_allowed")
    assert code(opened(desk, "hotline_12345", networks=["127.0.0.0/8"]).send({})) == (422, "schema_mismatch")


def test_a_key_needs_a_second_person_and_is_changed_without_a_gap(desk: Desk) -> None:
    sender, admin = opened(desk, "hotline_12345"), desk.cast.sysadmin
    new, secret = platforms.make_key(platform_id=sender.platform.pk, by=admin)
    assert secret not in IntakeKey.objects.get(pk=new.pk).sealed
    old = sender.key_id
    sender.key_id, sender.secret = new.key_id, secret
    assert code(sender.send(call("GD-2"))) == (401, "not_signed")
    with pytest.raises(NotAllowed):
        platforms.decide_key(key_id=new.pk, approve=True, by=admin)
    platforms.decide_key(key_id=new.pk, approve=True, by=desk.cast.commander)
    assert sender.send(call("GD-2")).status_code == 201
    with pytest.raises(Exception, match="同时最多两个密钥"):
        platforms.make_key(platform_id=sender.platform.pk, by=admin)
    platforms.end_key(key_id=IntakeKey.objects.get(key_id=old).pk, by=admin)
    assert sender.send(call("GD-3")).status_code == 201
    assert SecondPersonNeeded.code


FORMS: dict[str, Any] = {
    "police_110": {
        "JJDBH": "J-1", "BJNR": "工地夜里施工。吵得睡不着", "BJSJ": "20261122080000", "AFDD": "南里",
        "XZB": "118.605", "YZB": 32.055, "BJLB": "301", "JJCD": "02", "BJR": "李某某", "LXDH": "025-55500002",
    },
    "online_inquiry": {
        "tid": 77, "subject": "<b>路面破损</b>", "message": "坑很大",
        "dateline": 1795305600000, "tags": ["道路"],
    },
    "portal": {"letter": {"id": "L-1", "title": "路灯", "content": "不亮", "submitted": "2026-11-22T08:00:00+08:00"}},
    "governance_platform": {
        "events": [{"eventNo": "E-1", "eventName": "井盖缺失", "geo": "118.616,32.058", "occurTime": "2026/11/22 08:00",
                    "grade": "紧急", "photos": ["http://127.0.0.1/a.jpg"]}]
    },
    "hotline_12345": call("G-1", kind="没有", location={"addr": "南里", "x": 118.61, "y": 32.053}),
}  # fmt: skip
READ = {
    "police_110": ("J-1", "工地夜里施工", "urgent", None, True),
    "online_inquiry": ("77", "路面破损", "normal", None, False),
    "portal": ("L-1", "路灯", "normal", None, False),
    "governance_platform": ("E-1", "井盖缺失", "critical", None, True),
    "hotline_12345": ("G-1", "路灯不亮", "normal", None, True),
}


@pytest.mark.parametrize("platform", FORMS)
def test_each_platform_speaks_its_own_language(desk: Desk, platform: str) -> None:
    answer = opened(desk, platform).send(FORMS[platform])
    assert answer.status_code == 201
    order = WorkOrder.objects.select_related("text").get(source=platform)
    placed = order.street_id is not None
    assert (order.external_ref, order.text.title, order.urgency, order.category_id, placed) == READ[platform]
    if placed:
        assert abs(float(order.lon or 0) - 118.605) < 0.001
    assert IntakeMessage.objects.get().reported_at == dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize("moment", ["0001-01-01 00:00:00", "9999-12-31 23:59:59"])
def test_a_time_that_stands_for_none_is_noted_and_the_report_can_be_repeated(desk: Desk, moment: str) -> None:
    sender, told = opened(desk, "hotline_12345"), call("GD-1")
    told["head"]["sentAt"] = moment
    first = sender.send(told)
    assert (first.status_code, first.json()["notes"]) == (201, ["上报时间无法读取"])
    assert (sender.send(told).status_code, IntakeMessage.objects.get().reported_at) == (200, None)


def test_a_supplement_that_an_archived_order_cannot_take_waits_for_a_person(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    number = sender.send(call("GD-1")).json()["number"]
    WorkOrder.objects.update(archived_at=clock.now())
    answer = sender.send(call("GD-1", content="又有两盏灯不亮"))
    assert (answer.status_code, answer.json()["number"], answer.json()["changed"]) == (200, number, True)
    late = IntakeMessage.objects.get(is_first=False)
    assert (late.state, late.error_code, late.order) == ("dead", "archived", None)
    assert sender.send(call("GD-1", content="又有两盏灯不亮")).status_code == 200
    assert IntakeMessage.objects.count() == 2
