"""Tips: nobody knows who, few may read, two decide on the reward, and whoever has the code takes it once."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from citizens.models import PointsTransaction, Subject, Tip, TipReward
from citizens.services.points_keeping import prove_ledger
from citizens.services.retention import keep_retention
from citizens.services.rotating import rotate
from citizens.services.tips import decide_reward, decide_tip, propose_reward, send_tip
from lianqin.kernel.errors import DomainError, NotAllowed
from tests.citizens.points import WORDS, balance, in_force
from tests.memory import forget
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder

Shift = Callable[[dt.timedelta], None]
SEND, MINE, DESK = "/citizen/tips/", "/citizen/tips/mine/", "/citizen-desk/tips/"


@pytest.fixture(autouse=True)
def _nobody_asked_yet() -> None:
    forget()


@pytest.fixture
def open_desk(desk: Desk) -> Desk:
    in_force(desk.cast, Subject.TIPS)
    return desk


def window(desk: Desk, name: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def sent(kind: str = "waste") -> tuple[Tip, str]:
    return send_tip(client_key=uuid.uuid4(), kind=kind, words=WORDS, place="河堤三号闸")


def thanked(desk: Desk, tip: Tip, amount: int) -> TipReward:
    decide_tip(tip_id=tip.pk, proven=True, answer="已查实并处罚", by=desk.cast.supervisor)
    propose_reward(tip_id=tip.pk, amount=amount, reason="线索具体", by=desk.cast.supervisor)
    decide_reward(tip_id=tip.pk, approve=True, by=desk.cast.commander)
    return TipReward.objects.get(tip=tip)


def test_a_tip_is_sent_once_and_leaves_no_trace(open_desk: Desk) -> None:
    client = Client()
    typed = {"client_key": str(uuid.uuid4()), "kind": "waste", "words": WORDS, "place": "河堤"}
    pages = [client.post(SEND, typed, REMOTE_ADDR="192.0.2.9").content.decode() for _twice in range(2)]
    (tip,) = Tip.objects.all()
    code = pages[0].split('<p class="code">')[1].split("<")[0]
    assert code in pages[1]
    assert "lianqin_session" not in client.cookies
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM citizens_tip t")
        row = cursor.fetchone()[0]
    for secret in (WORDS, "河堤", "192.0.2", typed["client_key"], code.replace("-", "")):
        assert secret not in row
    assert not AuditEntry.objects.filter(object_label=str(tip.pk)).exists()
    assert "正在核查" in client.post(MINE, {"code": f" {code.lower()} "}).content.decode()
    assert client.post(MINE, {"code": "0000-0000-0000"}).status_code == 404


def test_what_is_missing_is_said_beside_it_and_kept(open_desk: Desk) -> None:
    answer = Client().post(SEND, {"client_key": str(uuid.uuid4()), "words": "太短"})
    page = answer.content.decode()
    assert (answer.status_code, "请选择是哪一类" in page, ">太短<" in page) == (400, True, True)
    assert Client().post(SEND, {"client_key": "x", "kind": "waste", "words": WORDS}).status_code == 400
    assert not Tip.objects.exists()


def test_nothing_is_taken_before_rules_are_in_force(desk: Desk) -> None:
    assert "还没有开通" in Client().get(SEND).content.decode()
    assert Client().post(SEND, {"client_key": str(uuid.uuid4()), "kind": "waste", "words": WORDS}).status_code == 409


def test_a_network_that_sends_too_many_waits(open_desk: Desk) -> None:
    # Redis remembers a network for an hour, and the test may be run again within it.
    network = f"2001:db8::{uuid.uuid4().hex[:4]}"

    def once() -> Any:
        typed = {"client_key": str(uuid.uuid4()), "kind": "waste", "words": WORDS}
        return Client().post(SEND, typed, REMOTE_ADDR=network)

    answers = [once() for _each in range(11)]
    assert [each.status_code for each in answers] == [200] * 10 + [429]
    assert WORDS in answers[10].content.decode()


def test_words_are_opened_by_few_and_for_a_reason(open_desk: Desk) -> None:
    tip, _code = sent()
    address = f"{DESK}{tip.pk}/"
    for name in ("street_dispatcher", "street_supervisor", "district_dispatcher", "sysadmin", "outsider"):
        assert window(open_desk, name).get(DESK).status_code == 403
        assert window(open_desk, name).post(address, {"do": "read", "reason": "核查线索"}).status_code == 403
    officer = window(open_desk, "supervisor")
    assert WORDS not in officer.get(DESK).content.decode() + officer.get(address).content.decode()
    assert officer.post(address, {"do": "read", "reason": "看"}).status_code == 400
    assert WORDS in officer.post(address, {"do": "read", "reason": "安排夜间核查"}).content.decode()
    line = AuditEntry.objects.get(action="tip_read")
    assert (line.actor, line.detail) == (open_desk.cast.user("supervisor"), {"reason": "安排夜间核查"})
    assert WORDS not in officer.get(address).content.decode()


def test_it_becomes_an_order_in_the_officers_words_once(open_desk: Desk) -> None:
    tip, _code = sent()
    officer, address = window(open_desk, "supervisor"), f"{DESK}{tip.pk}/"
    assert not WorkOrder.objects.exists()
    told = {"do": "order", "title": "河堤夜间巡查", "address": "河堤"}
    assert [officer.post(address, told).status_code for _twice in range(2)] == [302, 409]
    order = WorkOrder.objects.get()
    assert (order.text.title, WORDS in order.text.description, order.source) == ("河堤夜间巡查", False, "inspection")


def test_two_people_decide_within_the_bounds(open_desk: Desk) -> None:
    tip, _code = sent()
    supervisor, commander = window(open_desk, "supervisor"), window(open_desk, "commander")
    address = f"{DESK}{tip.pk}/"
    propose = {"do": "propose", "amount": "80", "reason": "线索具体"}
    assert supervisor.post(address, propose).status_code == 409
    assert supervisor.post(address, {"do": "proven"}).status_code == 400
    assert supervisor.post(address, {"do": "proven", "answer": "已查实"}).status_code == 302
    for amount in ("49", "501", "x"):
        assert supervisor.post(address, {**propose, "amount": amount}).status_code == 400
    assert supervisor.post(address, propose).status_code == 302
    assert supervisor.post(address, {"do": "approve"}).status_code == 403
    assert commander.post(address, {"do": "refuse"}).status_code == 302
    assert not TipReward.objects.exists()
    assert commander.post(address, propose).status_code == 302
    assert supervisor.post(address, {"do": "approve"}).status_code == 302
    assert supervisor.post(address, {"do": "approve"}).status_code == 409
    with pytest.raises(IntegrityError, match="by_two"):
        TipReward.objects.update(approved_by=open_desk.cast.user("commander"))


def test_points_are_taken_with_the_code_alone_and_the_books_name_no_tip(open_desk: Desk) -> None:
    tip, code = sent()
    thanked(open_desk, tip, 80)
    stranger = Client()
    assert "先登录" in stranger.post(MINE, {"code": code}).content.decode()
    assert stranger.post(MINE, {"code": code, "do": "take"}).status_code == 400
    citizen = window(open_desk, "citizen")
    assert "80 分已记入" in citizen.post(MINE, {"code": code, "do": "take"}).content.decode()
    again = window(open_desk, "citizen2").post(MINE, {"code": code, "do": "take"})
    assert (again.status_code, "已经领取" in again.content.decode()) == (409, True)
    assert (balance(open_desk.cast), prove_ledger().faults) == (80, [])
    booked = PointsTransaction.objects.get()
    # The minute would say whose entry it is.
    paid_at = timezone.localtime(TipReward.objects.get().paid_at)
    assert (paid_at.date(), paid_at.time()) == (timezone.localtime(booked.at).date(), dt.time())
    page = window(open_desk, "supervisor").get(f"{DESK}{tip.pk}/").content.decode()
    assert (f"{paid_at:%Y-%m-%d} 发放" in page, "00:00 发放" in page) == (True, False)
    assert (booked.kind, booked.note, len(booked.cause)) == ("tip", "", 4 + 64)
    assert "线索奖励" in citizen.get("/citizen/points/").content.decode()


def test_cash_is_recorded_once_with_its_number(open_desk: Desk) -> None:
    tip, code = sent("gas")
    officer = window(open_desk, "supervisor")
    assert officer.post(DESK, {"code": code, "cash_number": "C-1"}).status_code == 409
    thanked(open_desk, tip, 500)
    assert "500 元" in Client().post(MINE, {"code": code}).content.decode()
    assert window(open_desk, "citizen").post(MINE, {"code": code, "do": "take"}).status_code == 409
    assert officer.post(DESK, {"code": code, "cash_number": ""}).status_code == 400
    assert officer.post(DESK, {"code": code, "cash_number": "C-1"}).status_code == 302
    assert officer.post(DESK, {"code": code, "cash_number": "C-2"}).status_code == 409
    paid = TipReward.objects.get()
    assert (paid.cash_number, paid.paid_by) == ("C-1", open_desk.cast.user("supervisor"))
    with pytest.raises(NotAllowed):
        decide_reward(tip_id=tip.pk, approve=True, by=open_desk.cast.street_dispatcher)


def test_words_go_when_their_time_is_over_and_the_code_still_answers(open_desk: Desk, shift: Shift) -> None:
    tip, code = sent()
    decide_tip(tip_id=tip.pk, proven=False, answer="没有发现", by=open_desk.cast.supervisor)
    shift(dt.timedelta(days=364))
    keep_retention(force=True)
    tip.refresh_from_db()
    assert tip.sealed
    shift(dt.timedelta(days=2))
    assert keep_retention(force=True)["tips"] == 1
    tip.refresh_from_db()
    assert (tip.sealed, tip.erased_at is None) == ("", False)
    assert "没有发现" in Client().post(MINE, {"code": code}).content.decode()


def test_seals_are_renewed_with_the_others(open_desk: Desk, settings: Any) -> None:
    settings.LIANQIN_CONTACT_KEYS = ["old-key-of-the-test"]
    tip, _code = sent()
    settings.LIANQIN_CONTACT_KEYS = ["new-key-of-the-test", "old-key-of-the-test"]
    assert rotate(lambda done, total: None).renewed == 1
    settings.LIANQIN_CONTACT_KEYS = ["new-key-of-the-test"]
    page = window(open_desk, "supervisor").post(f"{DESK}{tip.pk}/", {"do": "read", "reason": "安排夜间核查"})
    assert WORDS in page.content.decode()


def test_kinds_are_checked_line_by_line(desk: Desk) -> None:
    client = window(desk, "supervisor")
    line = {"name_0": "偷倒垃圾", "slug_0": "waste", "pays_0": "points", "least_0": "9", "most_0": "5"}
    same = {"name_1": "偷倒垃圾", "slug_1": "waste", "pays_1": "cash", "least_1": "1", "most_1": "2"}
    refused = client.post("/citizen-desk/points/", {"do": "draft_tips", **line, **same})
    assert (refused.status_code, set(refused.context["wrong"])) == (400, {"kind_0", "kind_1"})
    mended = {"do": "draft_tips", **line, **same, "least_0": "1", "slug_1": "gas", "name_1": "气瓶"}
    assert client.post("/citizen-desk/points/", mended).status_code == 302
    page = window(desk, "commander").get("/citizen-desk/points/").content.decode()
    assert "待批准的线索奖励" in page
    with pytest.raises(DomainError):
        sent()


def test_what_is_approved_is_what_was_seen(open_desk: Desk) -> None:
    tip, _code = sent()
    decide_tip(tip_id=tip.pk, proven=True, answer="已查实", by=open_desk.cast.supervisor)
    supervisor, commander = window(open_desk, "supervisor"), window(open_desk, "commander")
    address = f"{DESK}{tip.pk}/"
    propose = {"do": "propose", "amount": "80", "reason": "线索具体"}
    assert supervisor.post(address, propose).status_code == 302
    seen = re.search(r'name="seen" value="([^"]+)"', commander.get(address).content.decode())
    assert seen is not None
    assert supervisor.post(address, {**propose, "amount": "500"}).status_code == 302
    assert commander.post(address, {"do": "approve", "seen": seen[1]}).status_code == 409
    assert commander.post(address, {"do": "approve", "seen": "x"}).status_code == 409
    seen = re.search(r'name="seen" value="([^"]+)"', commander.get(address).content.decode())
    assert seen is not None
    assert commander.post(address, {"do": "approve", "seen": seen[1]}).status_code == 302
