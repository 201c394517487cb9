"""Keeping somebody out: for a while, with a reason that they read, never for good, and with an appeal."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.errors import SecondPersonNeeded
from accounts.models import AuditEntry
from citizens.models import Block, BlockAppeal, Receipt
from citizens.services import blocks, retention
from citizens.services.contacts import citizen_of
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible
from tests.citizens.test_limits import REPORT, send, some_address
from tests.workorders.conftest import Desk

DESK = "/citizen-desk/moderation/blocks/"
PHONE = "13912345678"
Shift = Callable[[dt.timedelta], None]


def network_of(address: str) -> str:
    return f"{address.rsplit('.', 1)[0]}.0/24"


def kept_out(desk: Desk, address: str, days: int = 3) -> Block:
    return blocks.block(
        measure="network", value=network_of(address), reason="反复提交广告", days=days, by=desk.cast.supervisor
    )


def staff(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_network_is_told_why_until_when_and_how_to_appeal(client: Client, desk: Desk) -> None:
    address = some_address()
    kept_out(desk, address)
    answer = send(client, address)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "反复提交广告" in page
    assert "自动恢复" in page
    assert '<a href="tel:110">报警 110</a> <a href="tel:119">火警 119</a> <a href="tel:120">急救 120</a>' in page
    assert "巷口的路灯不亮</textarea>" in page
    assert Receipt.objects.count() == 0
    assert client.get("/citizen/track/", REMOTE_ADDR=address).status_code == 200
    assert send(Client(), some_address()).status_code == 302


def test_a_script_is_told_the_same(client: Client, desk: Desk, shift: Shift) -> None:
    address = some_address()
    made = kept_out(desk, address)
    answer = send(client, address, headers={"accept": "application/json"})
    until = timezone.localtime(made.ends_at)
    said = f"{until.month} 月 {until.day} 日 {until:%H:%M}"
    told = answer.json()
    assert answer.status_code == 403
    assert told["blocked"]["until"].startswith(f"到 {said} 自动恢复。")
    assert told["blocked"]["reason"] == "反复提交广告"
    assert told["errors"] == {"words": [f"从这里提交的内容暂时不接收，到 {said} 自动恢复。原因：反复提交广告"]}
    form = client.get(told["blocked"]["appeal"], REMOTE_ADDR=address).content.decode()
    assert 'name="words"' in form


def test_who_signs_in_with_a_number_is_not_kept_out_with_the_network(desk: Desk) -> None:
    address = some_address()
    kept_out(desk, address)
    citizen = Client()
    citizen.force_login(citizen_of(PHONE), backend="django.contrib.auth.backends.ModelBackend")
    assert send(citizen, address).status_code == 302


def test_one_subject_is_kept_out_once_even_when_the_keys_change(desk: Desk, settings: Any) -> None:
    told: dict[str, Any] = {"measure": "number", "value": PHONE, "reason": "辱骂工作人员", "by": desk.cast.supervisor}
    settings.LIANQIN_CONTACT_KEYS = ["first-key-of-the-ring-000000000000"]
    made = blocks.block(**told, days=3)
    settings.LIANQIN_CONTACT_KEYS = ["second-key-of-the-ring-00000000000", "first-key-of-the-ring-000000000000"]
    with pytest.raises(Conflict, match="已在限制中"):
        blocks.block(**told, days=3)
    blocks.end_block(block_id=made.pk, by=desk.cast.supervisor)
    assert blocks.block(**told, days=3).mark != made.mark


@pytest.mark.parametrize("by_order", [False, True])
def test_a_number_is_kept_out_wherever_it_is(desk: Desk, by_order: bool) -> None:
    citizen = Client()
    citizen.force_login(citizen_of(PHONE), backend="django.contrib.auth.backends.ModelBackend")
    assert send(citizen, some_address()).status_code == 302
    value = Receipt.objects.get().order.number if by_order else "139 1234 5678"
    made = blocks.block(measure="number", value=value, reason="辱骂工作人员", days=7, by=desk.cast.supervisor)
    assert made.shown == "139****5678"
    assert PHONE not in made.mark
    assert send(citizen, some_address()).status_code == 403
    assert citizen.get("/citizen/me/").status_code == 200
    assert send(Client(), some_address()).status_code == 302


def test_it_ends_by_itself(client: Client, desk: Desk, shift: Shift) -> None:
    address = some_address()
    kept_out(desk, address, days=1)
    assert send(client, address).status_code == 403
    shift(dt.timedelta(hours=25))
    assert send(client, address).status_code == 302


def test_more_than_a_week_needs_two_and_ninety_days_are_the_most(desk: Desk) -> None:
    cast = desk.cast
    made = kept_out(desk, some_address(), days=30)
    assert (made.ends_at - made.starts_at).days == 7
    with pytest.raises(SecondPersonNeeded):
        blocks.confirm_block(block_id=made.pk, by=cast.supervisor)
    confirmed = blocks.confirm_block(block_id=made.pk, by=cast.commander)
    assert (confirmed.ends_at - confirmed.starts_at).days == 30
    with pytest.raises(Conflict):
        blocks.confirm_block(block_id=made.pk, by=cast.commander)
    for days in (0, 91):
        with pytest.raises(Invalid):
            kept_out(desk, some_address(), days=days)


@pytest.mark.parametrize("change", [
    {"ends_at": dt.timedelta(days=8)},
    {"ends_at": dt.timedelta(days=91), "confirmed": True},
    {"ends_at": dt.timedelta(0)},
    {"ends_at": dt.timedelta(days=8), "confirmed_by_maker": True},
])  # fmt: skip
def test_the_database_knows_these_bounds(desk: Desk, change: dict[str, Any]) -> None:
    made = kept_out(desk, some_address())
    values: dict[str, Any] = {"ends_at": made.starts_at + change["ends_at"]}
    if change.get("confirmed"):
        values["confirmed_by"] = desk.cast.user("commander")
    if change.get("confirmed_by_maker"):
        values["confirmed_by"] = desk.cast.user("supervisor")
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.filter(pk=made.pk).update(**values)


@pytest.mark.parametrize(("measure", "value"), [
    ("network", "203.0.0.0/8"), ("network", "203.0.113.7"), ("network", "::/0"), ("network", "2001:db8::/32"),
    ("network", "somewhere"), ("number", "110"), ("number", ""), ("device", "x"), ("planet", "earth"),
])  # fmt: skip
def test_what_is_too_wide_or_nobody_is_refused(desk: Desk, measure: str, value: str) -> None:
    with pytest.raises(Invalid):
        blocks.block(measure=measure, value=value, reason="试一试", days=1, by=desk.cast.supervisor)
    assert Block.objects.count() == 0


def test_nobody_reaches_who_reported_without_a_name(desk: Desk) -> None:
    send(Client(), some_address())
    number = Receipt.objects.get().order.number
    with pytest.raises(Invalid):
        blocks.block(measure="number", value=number, reason="辱骂", days=1, by=desk.cast.supervisor)


@pytest.mark.parametrize("name", ["street_dispatcher", "handler", "sysadmin", "outsider"])
def test_few_may(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        blocks.block(measure="network", value="203.0.113.0/24", reason="试一试", days=1, by=getattr(desk.cast, name))
    assert staff(desk, name).get(DESK).status_code == 403
    assert staff(desk, name).get("/citizen-desk/moderation/").status_code == 403


def test_a_device_is_kept_out_by_its_mark_of_today(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["report.device=1/1/600"]
    device = Client()
    for _ in range(5):
        send(device, some_address())
    page = staff(desk, "supervisor").get(DESK).content.decode()
    marks = re.findall(r'name="measure" value="device"><input type="hidden" name="value" value="(\w{32})"', page)
    assert marks
    settings.LIANQIN_PUBLIC_LIMITS = []
    told = {"do": "block", "measure": "device", "days": "1", "reason": "一直提交"}
    for value in marks:
        assert staff(desk, "supervisor").post(DESK, {**told, "value": value}).status_code == 302
    assert send(device, some_address()).status_code == 403
    assert send(Client(), some_address()).status_code == 302
    longest = max(block.ends_at - block.starts_at for block in Block.objects.all())
    assert longest <= dt.timedelta(days=1), "worth nothing tomorrow, and it says so"


def appealed(client: Client, address: str) -> tuple[str, str]:
    """The address of the answer and the code."""
    page = send(client, address).content.decode()
    token = re.search(r'name="block" value="([^"]+)"', page)
    assert token is not None
    form = client.get("/citizen/appeal/", {"block": token[1]}, REMOTE_ADDR=address)
    assert form.status_code == 200
    told = {"block": token[1], "key": str(uuid.uuid4()), "words": "一栋楼的人共用这个网络"}
    first = client.post("/citizen/appeal/", told, REMOTE_ADDR=address)
    again = client.post("/citizen/appeal/", told, REMOTE_ADDR=address)
    assert first.status_code == 302
    assert (first["Location"], BlockAppeal.objects.count()) == (again["Location"], 1), "sent twice, kept once"
    return first["Location"], first["Location"].rstrip("/").rsplit("/", 1)[1]


def test_an_appeal_is_answered_by_another_and_opens_the_door(client: Client, desk: Desk) -> None:
    address = some_address()
    kept_out(desk, address)
    where, code = appealed(client, address)
    page = client.get(where).content.decode()
    assert "申诉已收到" in page
    assert code in page
    pk = BlockAppeal.objects.get().pk
    told = {"do": "grant", "appeal": pk, "answer": "情况属实，已解除"}
    own = staff(desk, "supervisor").post(DESK, told, follow=True).content.decode()
    assert "请由另一人答复申诉" in own
    assert send(Client(), address).status_code == 403
    assert staff(desk, "commander").post(DESK, told).status_code == 302
    page = client.get(where).content.decode()
    assert "情况属实，已解除" in page
    assert "commander" not in page
    assert send(Client(), address).status_code == 302
    assert AuditEntry.objects.filter(action="citizen_appeal_decided", detail__granted=True).count() == 1


def test_the_code_of_an_appeal_is_known_where_codes_are_asked_for(client: Client, desk: Desk) -> None:
    address = some_address()
    kept_out(desk, address)
    where, code = appealed(client, address)
    answer = client.get("/citizen/track/", {"code": code.lower().replace("-", " ")}, follow=True)
    assert answer.redirect_chain[-1] == (where, 302)
    assert "申诉已收到" in answer.content.decode()
    unknown = client.get("/citizen/track/", {"code": "0000-0000-0000"}, follow=True)
    assert unknown.status_code == 404
    assert 'href="/citizen/tips/mine/"' in unknown.content.decode()


def test_a_refused_appeal_leaves_the_block(client: Client, desk: Desk) -> None:
    address = some_address()
    kept_out(desk, address)
    where, _code = appealed(client, address)
    pk = BlockAppeal.objects.get().pk
    blocks.decide_appeal(appeal_id=pk, grant=False, answer="证据充分", by=desk.cast.commander)
    assert "维持限制" in client.get(where).content.decode()
    assert send(Client(), address).status_code == 403
    with pytest.raises(Conflict):
        blocks.decide_appeal(appeal_id=pk, grant=True, answer="再看一次", by=desk.cast.commander)


def test_appeals_are_limited_and_say_nothing_of_blocks_that_are_not_theirs(client: Client, desk: Desk) -> None:
    address = some_address()
    made = kept_out(desk, address)
    told = {"block": str(made.pk), "key": str(uuid.uuid4()), "words": "请解除"}
    answers = [Client().post("/citizen/appeal/", told, REMOTE_ADDR=address).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]
    assert client.get("/citizen/appeal/0000-0000-0000/", REMOTE_ADDR=some_address()).status_code == 404
    blocks.end_block(block_id=made.pk, by=desk.cast.supervisor)
    with pytest.raises(NotVisible):
        blocks.appeal(token=blocks.token_of(made), key=uuid.uuid4(), words="请解除")
    assert client.get("/citizen/appeal/", REMOTE_ADDR=address).status_code == 200


def test_a_block_is_forgotten_with_its_appeals(client: Client, desk: Desk, shift: Shift) -> None:
    address = some_address()
    kept_out(desk, address)
    appealed(client, address)
    shift(dt.timedelta(days=180))
    assert retention.keep_retention(force=True)["blocks"] == 0
    shift(dt.timedelta(days=184))
    assert retention.keep_retention(force=True)["blocks"] == 2
    assert (Block.objects.count(), BlockAppeal.objects.count()) == (0, 0)


def test_the_desk_says_what_is_wrong_and_keeps_what_was_typed(desk: Desk) -> None:
    told = {"do": "block", "measure": "network", "value": "203.0.0.0/8", "days": "3", "reason": "反复提交广告"}
    answer = staff(desk, "supervisor").post(DESK, told)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "IPv4 网段应为 /24" in page
    assert 'value="203.0.0.0/8"' in page
    fine = staff(desk, "supervisor").post(DESK, {**told, "value": "203.0.113.9/24"}, follow=True).content.decode()
    assert "已限制 203.0.113.0/24" in fine
    assert ("<th>限制到</th>" in fine, 'data-label="限制到"' in fine) == (True, True)
    twice = staff(desk, "supervisor").post(DESK, {**told, "value": "203.0.113.0/24"}, follow=True).content.decode()
    assert "这个对象已在限制中" in twice
    assert REPORT not in page


def test_who_is_kept_out_adds_no_words_anywhere(desk: Desk) -> None:
    citizen = Client()
    citizen.force_login(citizen_of(PHONE), backend="django.contrib.auth.backends.ModelBackend")
    blocks.block(measure="number", value=PHONE, reason="辱骂邻居", days=7, by=desk.cast.supervisor)
    for path in ("/citizen/matters/new/", "/citizen/remarks/"):
        assert citizen.post(path, {"words": "还要说"}, REMOTE_ADDR=some_address()).status_code == 403
