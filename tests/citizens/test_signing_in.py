"""Signing in as it is told: where the code went, what is missing, and where a demonstration shows it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from relay.models import Channel
from relay.services import sink
from relay.services.sink import keep_taken
from relay.transports import broker, channel
from tests.citizens.test_privacy import PHONE, a_minute_later, ask, code_sent
from tests.memory import forget

pytestmark = pytest.mark.usefixtures("small_ground")


@pytest.fixture(autouse=True)
def _gateway(db: Any) -> None:
    forget()
    Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/", active=True)


def test_an_empty_code_is_no_try_and_the_page_tells_where_the_code_went(client: Client) -> None:
    address = ask(client)["Location"]
    page = client.get(address).content.decode()
    assert ("139****1111" in page, PHONE in page) == (True, False)
    for _time in range(6):
        answer = client.post(address, {"code": " "})
        assert (answer.status_code, "请输入短信里的 6 位数字</span>" in answer.content.decode()) == (400, True)
    assert "139****1111" in answer.content.decode()
    assert client.post(address, {"code": code_sent()}).status_code == 302


def test_after_too_many_wrong_codes_the_number_stays_and_it_is_said_when_there_is_another(client: Client) -> None:
    address = ask(client)["Location"]
    key, first = address.rstrip("/").rsplit("/", 1)[1], code_sent()
    wrong = "000000" if first != "000000" else "111111"
    for _time in range(6):
        answer = client.post(address, {"code": wrong})
    page = answer.content.decode()
    assert ("试错次数过多" in page, "139****1111" in page, PHONE in page) == (True, True, False)
    answer = client.post("/citizen/me/", {"again": key})
    page = answer.content.decode()
    assert answer.status_code == 429
    assert re.search(r"一分钟内只能获取一次验证码，请 [1-6]?\d 秒后再获取", page)
    assert ("139****1111" in page, PHONE in page, 'name="phone"' in page) == (True, False, False)
    a_minute_later()
    address = client.post("/citizen/me/", {"again": key})["Location"]
    assert client.post(address, {"code": code_sent()}).status_code == 302
    answer = Client().post("/citizen/me/", {"again": address.rstrip("/").rsplit("/", 1)[1]})
    assert (answer.status_code, "请再输入一次手机号" in answer.content.decode()) == (400, True), "used up"


def test_all_that_is_missing_is_said_at_once(client: Client) -> None:
    for address, told in (("/citizen/me/", "请先阅读并同意隐私告知"), ("/citizen/report/", "勾选同意")):
        page = client.post(address, {"phone": "", "do": "code"}).content.decode()
        assert (told in page, "请输入 11 位手机号" in page) == (True, True), address


def test_a_stranger_uses_up_the_codes_of_their_own_network_alone(client: Client) -> None:
    def asked(address: str) -> int:
        a_minute_later()
        return int(Client().post("/citizen/me/", {"phone": PHONE, "agree": "on"}, REMOTE_ADDR=address).status_code)

    assert [asked("203.0.113.7") for _time in range(5)] == [302] * 5
    for address in ("203.0.113.7", "203.0.113.250"):
        a_minute_later()
        page = Client().post("/citizen/me/", {"phone": PHONE, "agree": "on"}, REMOTE_ADDR=address)
        assert (page.status_code, "换一个网络" in page.content.decode()) == (429, True)
    # Who is refused takes nobody's minute either.
    answer = client.post("/citizen/me/", {"phone": PHONE, "agree": "on"}, REMOTE_ADDR="198.51.100.9")
    assert client.post(answer["Location"], {"code": code_sent()}).status_code == 302
    assert [asked("198.51.100.9") for _time in range(5)] == [302] * 4 + [429]
    assert [asked("192.0.2.1") for _time in range(6)] == [302] * 5 + [429]
    a_minute_later()
    page = Client().post("/citizen/me/", {"phone": PHONE, "agree": "on"}, REMOTE_ADDR="100.64.1.1")
    assert (page.status_code, "请明天再试" in page.content.decode()) == (429, True), "nobody is sent more than fifteen"


def test_a_demonstration_shows_its_codes_for_minutes(client: Client, settings: Any) -> None:
    settings.LIANQIN_DEMO = True
    address = ask(client)["Location"]
    assert "/citizen/demo/messages/" in client.get(address).content.decode()
    body = {"phone": PHONE, "content": f"验证码 {code_sent()}，5 分钟内有效。"}
    for _time in range(2):  # Sent again, it is the same message.
        client.post("/demo/gateway/sms/", body, content_type="application/json", headers={"Idempotency-Key": address})
    for number in range(30):
        keep_taken(to="13900000000", text=f"督办第 {number} 号")
    page = client.get("/citizen/demo/messages/").content.decode()
    assert page.count("督办第") == 20
    assert (page.count(body["content"]), "139****1111" in page, PHONE in page) == (1, True, False)
    assert 0 < broker().ttl(channel(sink.LIST)) <= 600
    settings.LIANQIN_DEMO = False
    assert client.get("/citizen/demo/messages/").status_code == 404
    assert "/citizen/demo/messages/" not in client.get(address).content.decode()
