"""Platforms on the desk: who sees what, letters that were mended, and what went back."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from citizens.models import IntakeMessage, IntakePlatform, ReturnMessage
from citizens.rules.shapes import faults_of_body, faults_of_schema
from citizens.services.letters import retry_letter
from citizens.services.returns import lease_returns, plan_returns, settle_return
from lianqin.kernel import clock
from relay.rules.channels import Outcome
from tests.citizens.platforms import call, opened
from tests.workorders.conftest import HERE, Desk
from workorders import services as work
from workorders.models import Event, EventText, OrderText, Request, WorkOrder


def client(desk: Desk, name: str) -> Client:
    found = Client()
    found.force_login(desk.cast.user(name))
    return found


def test_a_platform_is_entered_keyed_and_approved_on_its_page(desk: Desk) -> None:
    admin, second = client(desk, "sysadmin"), client(desk, "commander")
    assert admin.post("/citizen-desk/platforms/", {"code": "portal"}).status_code == 302
    page = admin.post("/citizen-desk/platforms/portal/", {"act": "make_key", "algorithm": "HMAC-SHA256"})
    secret = page.context["secret"][1]
    assert secret in page.content.decode()
    assert secret not in admin.get("/citizen-desk/platforms/portal/").content.decode()
    draft = {
        "act": "draft", "active": "on", "per_minute": "60", "per_day": "1000", "networks": "10.0.0.0/8\n127.0.0.0/8",
        "mapping": '{"external_ref": "/no", "title": "/t"}', "schema": '{"type": "object"}',
    }  # fmt: skip
    assert admin.post("/citizen-desk/platforms/portal/", draft).status_code == 302
    pending = second.get("/citizen-desk/platforms/portal/").context["pending"]
    approve = {"act": "approve_setup", "id": pending.pk}
    assert admin.post("/citizen-desk/platforms/portal/", approve).status_code == 302
    assert IntakePlatform.objects.get().active is False
    second.post("/citizen-desk/platforms/portal/", approve)
    platform = IntakePlatform.objects.get()
    assert (platform.active, platform.version, platform.per_minute) == (True, 1, 60)
    assert platform.networks == ["10.0.0.0/8", "127.0.0.0/8"]


def test_what_is_wrong_with_a_setup_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    admin = client(desk, "sysadmin")
    admin.post("/citizen-desk/platforms/", {"code": "portal"})
    draft = {
        "act": "draft", "per_minute": "0", "per_day": "5", "networks": "10.0.0.0/99",
        "return_address": "http://169.254.169.254/", "mapping": '{"title": "t"}', "schema": '{"$ref": "http://x/"}',
    }  # fmt: skip
    page = admin.post("/citizen-desk/platforms/portal/", draft)
    text = page.content.decode()
    assert page.status_code == 400
    for words in (
        "应在 1 与 6000 之间",
        "网段格式",
        "不在允许的范围内",
        "缺少 external_ref",
        "只能指向自身",
        "169.254",
    ):
        assert words in text, words


def test_a_pasted_message_is_read_as_it_would_be(desk: Desk) -> None:
    admin = client(desk, "sysadmin")
    admin.post("/citizen-desk/platforms/", {"code": "portal"})
    given = {
        "act": "preview",
        "mapping": '{"external_ref": "/n", "title": "/t", "urgency": {"at": "/u", "values": {"A": "urgent"}}}',
        "schema": "{}", "sample": '{"n": "7", "t": "路灯", "u": "B"}',
    }  # fmt: skip
    preview = admin.post("/citizen-desk/platforms/portal/", given).context["preview"]
    assert [str(value) for _label, value in preview["fields"]] == ["7", "路灯"]
    assert (preview["faults"], preview["notes"]) == ([], ["urgency 的值没有对照：B"])
    assert IntakeMessage.objects.count() == 0


def dead(desk: Desk) -> Any:
    """The number of a platform is longer than an order takes; staff gives it one."""
    mapping = {"external_ref": "/head/none", "title": "/body/topic", "description": "/body/content"}
    mapping |= {"reporter_name": "/body/caller/name", "reporter_phone": "/body/caller/tel"}
    sender = opened(desk, "hotline_12345", mapping=mapping)
    answer = sender.send(call("GD-1"))
    assert (answer.status_code, answer.json()["number"], answer.json()["state"]) == (202, None, "waiting")
    assert sender.send(call("GD-1")).status_code == 202
    return sender


def test_a_letter_is_mended_and_becomes_an_order(desk: Desk) -> None:
    dead(desk)
    letter = IntakeMessage.objects.get()
    assert (letter.state, letter.error_code) == ("dead", "no_reference")
    clerk = client(desk, "district_dispatcher")
    page = clerk.get(f"/citizen-desk/letters/{letter.pk}/").content.decode()
    assert "没有读到对方单号" in page
    assert "55500001" not in page
    assert "路灯不亮" in clerk.get("/citizen-desk/letters/").content.decode()
    clerk.post(f"/citizen-desk/letters/{letter.pk}/", {"act": "retry", "external_ref": "GD-1", "reporter_phone": ""})
    order = WorkOrder.objects.get()
    letter.refresh_from_db()
    assert (order.external_ref, letter.state, letter.order_id, letter.tries) == ("GD-1", "applied", order.pk, 2)
    assert OrderText.objects.get(order=order).title == "路灯不亮"


def test_all_are_read_anew_after_the_mapping_was_mended(desk: Desk) -> None:
    sender = dead(desk)
    platform = IntakePlatform.objects.get()
    platform.mapping["external_ref"] = "/head/code"
    platform.save()
    clerk = client(desk, "district_dispatcher")
    assert "整批重试" in clerk.get("/citizen-desk/letters/").content.decode()
    assert clerk.post("/citizen-desk/letters/", {"platform": platform.pk}).status_code == 302
    assert "整批重试" not in clerk.get("/citizen-desk/letters/").content.decode(), "nothing is left to be tried again"
    assert WorkOrder.objects.get().external_ref == "GD-1"
    assert sender.send(call("GD-1")).status_code == 200


def test_a_supplement_that_is_tried_again_adds_its_words(desk: Desk) -> None:
    sender = opened(desk, "hotline_12345")
    sender.send(call("GD-1"))
    WorkOrder.objects.update(archived_at=clock.now())
    sender.send(call("GD-1", content="又有两盏灯不亮"))
    letter, clerk = IntakeMessage.objects.get(state="dead"), client(desk, "district_dispatcher")
    address = f"/citizen-desk/letters/{letter.pk}/"
    clerk.post(address, {"act": "retry"})
    letter.refresh_from_db()
    assert (letter.state, letter.error_code, letter.tries) == ("dead", "archived", 2)
    WorkOrder.objects.update(archived_at=None)
    clerk.post(address, {"act": "retry"})
    letter.refresh_from_db()
    order = WorkOrder.objects.get()
    assert (letter.state, letter.order_id) == ("applied", order.pk)
    assert list(Event.objects.filter(order=order).values_list("kind", flat=True)) == ["report", "comment"]
    assert "又有两盏灯不亮" in EventText.objects.get(order=order, field="comment").text


def test_nothing_comes_between_while_a_letter_is_mended(desk: Desk) -> None:
    dead(desk)
    letter = IntakeMessage.objects.get()
    with CaptureQueriesContext(connection) as asked:
        retry_letter(message_id=letter.pk, by=desk.cast.district_dispatcher, fields={"external_ref": "GD-1"})
    locks = [each["sql"] for each in asked if "advisory" in each["sql"] or "citizens_intakemessage" in each["sql"]]
    held = [place for place, sql in enumerate(locks) if f"intake:{letter.platform_id}:" in sql]
    first_row = next(place for place, sql in enumerate(locks) if "FOR UPDATE" in sql)
    assert (len(held), held[0] < first_row) == (2, True)
    assert f"intake:{letter.platform_id}:GD-1" in locks[held[1]]


def test_what_was_added_to_a_letter_that_was_given_up_is_an_order_that_is_told_of(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["https://platform.example"]
    sender = opened(desk, "hotline_12345", return_address="https://platform.example/returns")
    assert sender.send(call("GD-1", topic="", content="。")).status_code == 202
    clerk = client(desk, "district_dispatcher")
    first = f"/citizen-desk/letters/{IntakeMessage.objects.get().pk}/"
    clerk.post(first, {"act": "discard", "reason": "没有内容"})
    assert sender.send(call("GD-1")).status_code == 202
    later = IntakeMessage.objects.get(state="dead")
    clerk.post(f"/citizen-desk/letters/{later.pk}/", {"act": "retry"})
    order = WorkOrder.objects.get()
    assert (IntakeMessage.objects.get(order=order).pk, plan_returns(order_id=order.pk)) == (later.pk, 1)


def test_more_letters_than_anybody_turns_pages_are_not_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = dead(desk)
    for number in range(2, 5):
        sender.send(call(f"GD-{number}", content=f"井盖破损{number}"))
    clerk = client(desk, "district_dispatcher")
    monkeypatch.setattr("citizens.views.platforms.PAGE_SIZE", 1)
    page = clerk.get("/citizen-desk/letters/").content.decode()
    assert ("第 1 / 4 页，共 4 条" in page, "（4）" in page) == (True, True)
    monkeypatch.setattr("lianqin.kernel.paging.MOST_COUNTED", 2)
    page = clerk.get("/citizen-desk/letters/?page=2").content.decode()
    assert ("第 2 页，超过 2 条" in page, "下一页" in page, "（4）" in page) == (True, False, True)
    monkeypatch.setattr("lianqin.kernel.paging.MOST_COUNTED", 5)
    assert "第 1 / 4 页，共 4 条" in clerk.get("/citizen-desk/letters/").content.decode()


def test_letters_that_stay_dead_keep_no_other_from_being_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    sender = dead(desk)
    sender.send(call("GD-2", content="井盖破损"))
    IntakePlatform.objects.update(mapping={**sender.platform.mapping, "external_ref": "/head/none"})
    monkeypatch.setattr("citizens.services.letters.MOST_AT_ONCE", 1)
    clerk = client(desk, "district_dispatcher")
    for _each in range(2):
        clerk.post("/citizen-desk/letters/", {"platform": sender.platform.pk})
    assert list(IntakeMessage.objects.order_by("id").values_list("tries", flat=True)) == [2, 2]


def test_a_letter_is_given_up_with_a_reason_only(desk: Desk) -> None:
    dead(desk)
    pk, clerk = IntakeMessage.objects.get().pk, client(desk, "district_dispatcher")
    assert clerk.post(f"/citizen-desk/letters/{pk}/", {"act": "discard", "reason": " "}).status_code == 400
    assert clerk.post(f"/citizen-desk/letters/{pk}/", {"act": "discard", "reason": "测试件"}).status_code == 302
    assert IntakeMessage.objects.get().state == "discarded"


def test_who_has_no_business_there_sees_nothing(desk: Desk) -> None:
    for name in ("handler", "grid_worker", "outsider", "auditadmin"):
        assert client(desk, name).get("/citizen-desk/platforms/").status_code == 403, name
    # The system administrator configures, and reads nobody's words.
    for path in ("letters", "returns"):
        assert client(desk, "sysadmin").get(f"/citizen-desk/{path}/").status_code == 403
        assert client(desk, "district_dispatcher").get(f"/citizen-desk/{path}/").status_code == 200


def test_news_goes_back_once_in_order_and_says_nothing_internal(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*"]
    sender = opened(desk, "hotline_12345", return_address="http://127.0.0.1:9/returns")
    number = sender.send(call("GD-1")).json()["number"]
    order = WorkOrder.objects.get(number=number)
    order = desk.do(order, "comment", desk.cast.district_dispatcher, comment="内部：此人常来")
    order = desk.do(order, "place", desk.cast.district_dispatcher, lon=HERE[0], lat=HERE[1])
    order = desk.do(order, "decline", desk.cast.street_dispatcher, reason="不属于受理范围")
    request = Request.objects.get(order=order)
    work.decide(request_id=request.pk, approve=True, by=desk.cast.street_dispatcher2, answer="内部：同意")
    assert plan_returns(order_id=order.pk) == 2
    assert plan_returns(order_id=order.pk) == 0
    found = ReturnMessage.objects.order_by("seq").values_list("kind", "text", "external_ref")
    assert list(found) == [("accepted", "", "GD-1"), ("declined", "不属于受理范围", "GD-1")]
    ReturnMessage.objects.update(state="stuck")
    clerk = client(desk, "district_dispatcher")
    first = ReturnMessage.objects.earliest("seq")
    clerk.post("/citizen-desk/returns/", {"act": "again", "id": first.pk})
    first.refresh_from_db()
    assert first.state == "queued"


def board(desk: Desk) -> dict[str, int]:
    row = client(desk, "district_dispatcher").get("/citizen-desk/platforms/").context["rows"][0]
    return {name: number for name, number in row.items() if name != "platform"}


def test_the_figures_are_those_of_what_came_and_went(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_MESSAGE_HOSTS = ["http://127.0.0.1:*"]
    sender = opened(desk, "hotline_12345", return_address="http://127.0.0.1:9/returns")
    for told in (call("GD-1"), call("GD-1"), call("GD-1", content="又坏了两盏"), call("GD-2", topic="", content=" ")):
        sender.send(told)
    sender.send(call("GD-3", level="9"))
    sender.send(b"{}", headers={})
    order = WorkOrder.objects.get()
    plan_returns(order_id=order.pk)
    came = {"requests": 5, "received": 1, "repeated": 1, "changed": 1, "refused": 1, "dead": 1}
    assert board(desk) == {**came, "returned": 0, "waiting": 1}
    platform = IntakePlatform.objects.get()
    (message,) = lease_returns(platform)
    assert settle_return(message, Outcome(is_sent=True, code="200"))
    assert not settle_return(message, Outcome(is_sent=True, code="200"))
    assert board(desk) == {**came, "returned": 1, "waiting": 0}
    letter = IntakeMessage.objects.get(state="dead")
    client(desk, "district_dispatcher").post(f"/citizen-desk/letters/{letter.pk}/", {"act": "retry", "title": "路灯"})
    assert board(desk) == {**came, "received": 2, "dead": 0, "returned": 1, "waiting": 0}


@pytest.mark.parametrize("schema", [{"$ref": "#"}, {"properties": {"a": {"$ref": "#/$defs/none"}}}, {"$ref": "#none"}])
def test_a_schema_that_answers_nothing_is_refused_before_it_refuses_everything(schema: dict[str, Any]) -> None:
    assert len(faults_of_schema(schema)) == 1


def test_a_schema_may_refer_to_its_parts() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/b"}, "c": {"$ref": "#"}}, "$defs": {"b": {"type": "string"}}}
    assert faults_of_schema(schema) == []
    assert faults_of_body({"a": 1, "c": {"c": {"a": 2}}}, schema) == {"/a": ["应为文字"], "/c/c/a": ["应为文字"]}
    loop = {"properties": {"a": {"$ref": "#/properties/a"}}}
    assert faults_of_body({"a": 1}, loop) == {"/": ["报文格式反复指向自身，请联系对接平台的管理员"]}


def test_numbers_and_texts_that_nobody_types_break_no_page(desk: Desk) -> None:
    opened(desk, "hotline_12345")
    admin, clerk = client(desk, "sysadmin"), client(desk, "district_dispatcher")
    address, long, deep = "/citizen-desk/platforms/hotline_12345/", "9" * 5000, "[" * 200_000
    assert admin.post(address, {"act": "end_key", "id": long}).status_code == 302
    assert admin.post(address, {"act": "draft", "per_minute": long, "mapping": "{}", "schema": deep}).status_code == 400
    assert admin.post(address, {"act": "preview", "mapping": "{}", "schema": "{}", "sample": deep}).status_code == 200
    assert clerk.post("/citizen-desk/letters/", {"platform": long}).status_code == 302
    assert clerk.post("/citizen-desk/returns/", {"id": long}).status_code == 302


def test_every_fault_is_told_in_words_by_its_pointer() -> None:
    schema = {
        "type": "object", "required": ["a", "b/c"],
        "properties": {
            "n": {"type": "integer", "maximum": 5}, "s": {"type": "string", "minLength": 2, "pattern": "^x"},
            "l": {"type": "array", "minItems": 1, "maxItems": 2, "uniqueItems": True, "items": {"type": "string"}},
            "k": {"const": "v1"}, "a": {}, "b/c": {},
        },
        "additionalProperties": False,
    }  # fmt: skip
    assert faults_of_body({"n": 9, "s": "y", "l": [], "k": "v2", "z": 1}, schema) == {
        "/a": ["缺少该字段"],
        "/b~1c": ["缺少该字段"],
        "/n": ["不能大于 5"],
        "/s": ["至少 2 个字", "格式不符合约定"],
        "/l": ["至少 1 项"],
        "/k": ["应为 v1"],
        "/": ["含有未约定的字段"],
    }
    assert faults_of_body({"a": 1, "b/c": 1, "l": ["秘密", "秘密", 3]}, schema) == {
        "/l": ["最多 2 项", "有重复的项"],
        "/l/2": ["应为文字"],
    }
    assert faults_of_body([], schema) == {"/": ["应为对象"]}
