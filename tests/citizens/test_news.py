"""News by SMS: who chose them is told once of each step, at night in the morning, and others are told nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from citizens import services
from citizens.models import Contact, Receipt
from citizens.services import news
from citizens.services.contacts import citizen_of
from citizens.services.sessions import BACKEND
from relay.models import Channel, OutboxMessage, OutgoingMessage
from relay.services import drain
from relay.services.letters import letter
from tests.citizens.test_following import Report
from tests.insight.conftest import set_clock
from tests.memory import forget
from tests.workorders.conftest import Desk
from workorders import services as work

PHONE = "13900001111"
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(autouse=True)
def _in_the_morning(shift: object, settings: Any) -> None:
    forget()
    set_clock("2026-12-02 10:00+08")
    settings.LIANQIN_PUBLIC_URL = "https://pk.example.gov.cn"


@pytest.fixture
def gateway(db: Any) -> Channel:
    return Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)


@pytest.fixture
def report(desk: Desk, gateway: Channel) -> Report:
    """A report of a citizen who signed in and chose to be told."""
    found = Report(desk)
    user = citizen_of(PHONE)
    Receipt.objects.filter(pk=found.receipt.pk).update(user=user)
    news.choose_news(user_id=user.pk, wants=True)
    drain()
    return found


def told() -> list[str]:
    """What was queued since, to that number."""
    drain()
    found = [letter(each) for each in OutgoingMessage.objects.filter(template__startswith="news_").order_by("pk")]
    assert {to for to, text in found if text} <= {PHONE}
    return [text for _to, text in found]


def link(report: Report) -> str:
    code = report.code
    return f"https://pk.example.gov.cn/citizen/track/{code[:4]}-{code[4:8]}-{code[8:]}/"


def test_accepted_and_closed_are_told_once_each(report: Report) -> None:
    assert told() == []
    report.close()
    accepted, closed = told()
    number = report.order.number
    assert accepted.startswith(f"您反映的普通事项（{number}）已受理")
    assert accepted.endswith(f"查进度：{link(report)}")
    assert closed == f"您反映的普通事项（{number}）已办结。解决了吗？请您评价：{link(report)}?from=sms#questions"
    report.do("comment", "street_dispatcher", comment="已归档")
    for each in OutboxMessage.objects.filter(topic="order.event"):
        news.tell_citizens(order_id=each.payload["order"], event_id=each.payload["event"])
    assert len(told()) == 2


def test_what_is_promised_is_told(report: Report) -> None:
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    due = report.now().due_at
    assert due is not None
    local = due.astimezone(SHANGHAI)
    assert f"已受理，承诺 {local.month}月{local.day}日 前办完。" in told()[0]


def test_a_refusal_is_told_with_its_reason_and_no_numbers(report: Report) -> None:
    report.do("decline", "street_dispatcher", reason="不属于城市管理范围，请拨 13812345678")
    assert told() == []
    request = report.order.requests.get()
    work.decide(request_id=request.pk, approve=True, by=report.desk.cast.street_dispatcher2, answer="内部意见")
    (text,) = told()
    said = f"您反映的普通事项（{report.order.number}）未予立案，原因：不属于城市管理范围，请拨 ×××。"
    assert text == f"{said}查看详情：{link(report)}"


def test_who_only_joined_is_not_asked(report: Report) -> None:
    other = Report(report.desk, title="另一盏灯")
    user = citizen_of(PHONE)
    services.open_receipt(order_id=other.order.pk, client_key=uuid.uuid4(), user_id=user.pk, joined=True)
    other.close()
    closed = told()[-1]
    assert "已办结。查看结果：https://pk.example.gov.cn/citizen/track/" in closed
    assert "评价" not in closed


def test_at_night_it_waits_for_the_morning(report: Report) -> None:
    set_clock("2026-12-02 23:30+08")
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    drain()
    row = OutgoingMessage.objects.get(template="news_accepted")
    assert row.next_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") == "12-03 07:00"
    assert row.is_urgent is False


def test_nobody_else_is_told(report: Report) -> None:
    Contact.objects.update(wants_news=False)
    report.close()
    other = Report(report.desk, title="没有登录的人")
    other.close()
    assert told() == []


def test_neither_number_nor_code_lie_in_clear(report: Report) -> None:
    report.close()
    drain()
    for row in OutgoingMessage.objects.all():
        clear = f"{row.text} {row.subject} {row.url} {row.parameters} {row.recipient} {row.key}"
        assert (PHONE in clear, report.code[:4] in clear) == (False, False)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_it_is_chosen_and_taken_back_on_the_page(desk: Desk, gateway: Channel) -> None:
    found = Report(desk)
    user = citizen_of(PHONE)
    Receipt.objects.filter(pk=found.receipt.pk).update(user=user)
    client = signed_in(user)
    assert "checked" not in client.get("/citizen/me/").content.decode()
    assert client.post("/citizen/me/news/", {"news": "on"})["Location"] == "/citizen/me/"
    page = client.get("/citizen/me/").content.decode()
    assert "办理有进展时会给您发短信" in page
    assert 'name="news" checked' in page
    found.do("register", "street_dispatcher", conditions_confirmed=True)
    drain()
    client.post("/citizen/me/news/", {})
    row = OutgoingMessage.objects.get(template="news_accepted")
    assert (row.state, row.sealed) == ("suppressed", "")
    assert not Contact.objects.get().wants_news


def test_who_leaves_is_told_nothing_more(report: Report) -> None:
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    drain()
    client = signed_in(citizen_of(PHONE))
    client.post("/citizen/me/leave/", {"word": "注销"})
    assert OutgoingMessage.objects.get(template="news_accepted").sealed == ""
    report.do("dispatch", "street_dispatcher", lead=report.desk.ground.urban_squad.code)
    assert told() == [""]


def test_the_words_are_changed_by_configuration(report: Report) -> None:
    client = Client()
    client.force_login(report.desk.cast.user("sysadmin"), backend=BACKEND)
    page = "/configuration/channels/templates/news_accepted/"
    assert "{link}" in client.get(page).content.decode()
    told_wrong = client.post(page, {"do": "save", "single": "{says} 收到"})
    assert (told_wrong.status_code, "未知的占位符" in told_wrong.content.decode()) == (400, True)
    assert client.post(page, {"do": "save", "single": "{number} 收到了[，{link}]"}).status_code == 302
    report.do("register", "street_dispatcher", conditions_confirmed=True)
    assert told() == [f"{report.order.number} 收到了，{link(report)}"]
