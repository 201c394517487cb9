"""The public door: who asks too much is told when to come back, others notice nothing, and nobody is named."""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import uuid
from typing import Any

import pytest
from altcha import Challenge, solve_challenge
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as NoRedis

from citizens.apps import limits_are_readable
from citizens.models import PrivacyNotice, Receipt
from citizens.rules.limits import FIGURES, NUMBER, Figure, changed, networks_of, wait_seconds
from citizens.services import limits, proofs
from citizens.services.visitors import COOKIE, Visitor
from relay.transports import broker
from tests.memory import forget
from tests.workorders.conftest import HERE, Desk

REPORT = "/citizen/report/"
JSON = {"accept": "application/json"}


def some_address() -> str:
    return f"10.{random.randrange(256)}.{random.randrange(256)}.{random.randrange(1, 255)}"


@pytest.fixture
def tight(settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["report.near=3/6/600", "report.device=40/40/600", "report.number=9999/9999/600"]


def send(client: Client, address: str, **more: Any) -> Any:
    """Report something. ``agree`` matters to who is signed in."""
    told = {
        **{"words": more.pop("words", "巷口的路灯不亮"), "lon": HERE[0], "lat": HERE[1], "category": "T01"},
        **{"client_key": str(uuid.uuid4()), "agree": str(PrivacyNotice.objects.latest("version").version)},
    }
    return client.post(f"{REPORT}{more.pop('query', '')}", told, REMOTE_ADDR=address, **more)


def solved(puzzle: dict[str, Any], most: int | None = None) -> str:
    told = {"parameters": puzzle["parameters"], "signature": puzzle["signature"]}
    found = solve_challenge(Challenge.from_dict(told))
    assert found is not None
    return base64.b64encode(json.dumps({"challenge": told, "solution": found.to_dict()}).encode()).decode()


def visitor(**marks: str) -> Visitor:
    return Visitor({name: f"{value}-{uuid.uuid4().hex}" for name, value in marks.items()})


@pytest.mark.parametrize(("address", "networks"), [
    ("203.0.113.77", {"near": "203.0.113.0/24"}),
    ("2001:db8:1:2:3:4:5:6", {"near": "2001:db8:1:2::/64", "wide": "2001:db8:1::/48"}),
    ("::ffff:203.0.113.9", {"near": "203.0.113.0/24"}),
    ("127.0.0.1", {}),
    ("::1", {}),
    (None, {}),
    ("nobody", {}),
])  # fmt: skip
def test_networks_of_an_address(address: str | None, networks: dict[str, str]) -> None:
    assert networks_of(address) == networks


@pytest.mark.parametrize(("before", "current", "passed", "most", "wait"), [
    # Ten in the last window, none in this: six of them are within at 0.4; one more fits at five: at 0.5.
    (10, 0, 0.4, 6, 30),
    # Full by this window alone: the next one has to begin, and a tenth of it to pass.
    (0, 10, 0.5, 10, 180),
    (0, 0, 0.0, 1, 1),
])  # fmt: skip
def test_when_to_come_back(before: int, current: int, passed: float, most: int, wait: int) -> None:
    assert wait_seconds(before, current, passed, most, 300) == wait


def test_figures_come_from_the_settings_and_wrong_ones_are_refused() -> None:
    found = changed(FIGURES, ["report.near=5/50/60"])
    assert (found["report"]["near"], found["report"]["device"]) == (Figure(5, 50, 60), FIGURES["report"]["device"])
    for wrong in ("nothing.near=1/1/1", "report.planet=1/1/1", "report.near=5/1/60", "report.near=x", "report.near"):
        with pytest.raises(ValueError):  # noqa: PT011
            changed(FIGURES, [wrong])


def test_wrong_figures_are_refused_at_the_start(settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["report.near=5/50/60"]
    assert limits_are_readable(None) == []
    settings.LIANQIN_PUBLIC_LIMITS = ["report.near=50/5/60"]
    (found,) = limits_are_readable(None)
    assert (found.id, "report.near=50/5/60" in found.msg) == ("citizens.E001", True)


def test_windows_slide() -> None:
    who = visitor(near="n")
    settled = 1_800_000_000.0 - 1_800_000_000.0 % 60
    spent = [settled + at for at in (50, 51, 52)]
    rows = {"near": Figure(3, 3, 60)}
    for moment in spent:
        limits._count(who, "report", rows, "", moment)
    with pytest.raises(limits.Limited) as refused:
        limits._count(who, "report", rows, "", settled + 61)
    # Nine tenths of three are still within a second after the minute has turned; two at twenty seconds.
    assert refused.value.retry_after == 19
    limits._count(who, "report", rows, "", settled + 81)


def test_a_flood_from_a_network_is_asked_for_work_and_others_are_not(client: Client, desk: Desk, tight: None) -> None:
    address, elsewhere = some_address(), some_address()
    assert [send(Client(), address).status_code for _ in range(3)] == [302, 302, 302]
    refused = send(Client(), address)
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (429, True)
    page = refused.content.decode()
    assert "巷口的路灯不亮</textarea>" in page
    assert '<a href="tel:110">报警 110</a> <a href="tel:119">火警 119</a> <a href="tel:120">急救 120</a>' in page
    assert send(Client(), elsewhere).status_code == 302
    assert Receipt.objects.count() == 4


def test_work_opens_the_door_once(client: Client, desk: Desk, tight: None) -> None:
    address = some_address()
    for _ in range(3):
        send(client, address)
    puzzle = send(client, address, headers=JSON).json()["puzzle"]
    query = f"?work={solved(puzzle)}".replace("+", "%2B")
    assert send(client, address, query=query).status_code == 302
    assert send(client, address, query=query).status_code == 429, "the same proof again"
    assert Receipt.objects.count() == 4


def test_work_for_another_door_expired_or_made_up_is_worth_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    good = solved(proofs.make_puzzle("report", 0))
    assert not proofs.spend_proof("signin", good)
    assert proofs.spend_proof("report", good)
    assert not proofs.spend_proof("report", good)
    told = json.loads(base64.b64decode(solved(proofs.make_puzzle("report", 0))))
    told["solution"]["derivedKey"] = "00" * 32
    assert not proofs.spend_proof("report", base64.b64encode(json.dumps(told).encode()).decode())
    told["challenge"]["parameters"]["cost"] = 1
    assert not proofs.spend_proof("report", base64.b64encode(json.dumps(told).encode()).decode())
    monkeypatch.setattr(proofs, "GOOD_SECONDS", -1)
    assert not proofs.spend_proof("report", solved(proofs.make_puzzle("report", 0)))
    for nonsense in ("", "x", "e30=", "bnVsbA==", "W10=", "A" * 5000):
        assert not proofs.spend_proof("report", nonsense)


def test_noise_makes_the_work_harder() -> None:
    assert [proofs.make_puzzle("report", noise)["most"] for noise in (0, 19, 20, 100, 10**6)] == [
        500, 500, 1000, 3000, 16_000,
    ]  # fmt: skip


def test_what_was_refused_is_not_counted(client: Client, desk: Desk, tight: None) -> None:
    address = some_address()
    for _ in range(20):
        send(Client(), address)
    for _ in range(3):
        puzzle = send(Client(), address, headers=JSON).json()["puzzle"]
        answer = send(Client(), address, query=f"?work={solved(puzzle)}".replace("+", "%2B"))
        assert answer.status_code == 302, "a neighbour of whoever floods still gets in"
    last = send(Client(), address, headers=JSON)
    assert (last.status_code, "puzzle" in last.json()) == (429, False), "beyond the most nothing helps but waiting"


def test_who_proved_a_number_is_not_judged_by_the_network(desk: Desk, tight: None) -> None:
    address, citizen = some_address(), Client()
    for _ in range(4):
        send(Client(), address)
    citizen.force_login(desk.cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    assert send(citizen, address).status_code == 302
    assert COOKIE not in citizen.cookies


@pytest.mark.parametrize("what", list(FIGURES))
def test_who_signed_in_has_limits_everywhere(what: str) -> None:
    assert NUMBER in FIGURES[what], "they are counted by their number alone"


@pytest.mark.parametrize("path", ["/citizen/me/", "/citizen/report/number/"])
def test_who_signed_in_does_not_send_codes_without_end(desk: Desk, settings: Any, path: str) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["signin.number=2/2/60"]
    forget()
    citizen = Client()
    citizen.force_login(desk.cast.user("citizen"), backend="django.contrib.auth.backends.ModelBackend")
    told = [citizen.post(path, {"phone": f"1390000111{each}", "agree": "1"}, headers=JSON) for each in range(3)]
    assert told[2].status_code == 429


@pytest.mark.parametrize("method", ["head", "get"])
@pytest.mark.parametrize("page", ["track", "receipt"])
def test_every_page_that_opens_by_a_code_is_counted(
    client: Client, desk: Desk, settings: Any, page: str, method: str
) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["track.near=2/2/60"]
    ask, address = getattr(client, method), some_address()
    told = [ask(f"/citizen/{page}/0000-0000-0000/", REMOTE_ADDR=address) for _ in range(3)]
    assert [each.status_code for each in told] == [404, 404, 429]
    if method == "get":
        waits = told[-1].content.decode()
        assert ("请稍等一下再看" in waits, "提交" in waits.split("<main", 1)[1].split("</main>", 1)[0]) == (True, False)


def test_a_device_is_known_until_midnight_and_only_after_it_sent_something(
    client: Client, desk: Desk, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["report.device=2/2/600"]
    assert COOKIE not in client.get(REPORT, REMOTE_ADDR=some_address()).cookies
    answers = [send(client, some_address()).status_code for _ in range(4)]
    # The first came without a mark and was given one.
    assert answers == [302, 302, 302, 429]
    held = client.cookies[COOKIE]
    assert (held["httponly"], held["samesite"], 0 < int(held["max-age"]) <= 24 * 3600) == (True, "Lax", True)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    monkeypatch.setattr("citizens.services.visitors.timezone.localdate", lambda: tomorrow)
    assert send(client, some_address()).status_code == 302, "another day, another device"
    client.cookies[COOKIE] = "made-up:signature"
    assert send(client, some_address()).status_code == 302


def test_without_redis_nobody_is_refused(
    client: Client, desk: Desk, tight: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def away(*args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        raise NoRedis

    monkeypatch.setattr(limits, "_rest", limits._Rest())
    monkeypatch.setattr(broker(), "eval", away)
    address = some_address()
    assert [send(Client(), address).status_code for _ in range(5)] == [302] * 5
    assert len(asked) == 1, "a broker that is away is not asked at every report"


def test_redis_learns_no_address(desk: Desk, tight: None) -> None:
    address = some_address()
    for _ in range(5):
        send(Client(), address)
    kept = [repr(key) + repr(broker().dump(key)) for key in broker().scan_iter("*citizen*")]
    assert kept
    assert not [each for each in kept if address in each or address.rsplit(".", 1)[0] in each]


@pytest.mark.parametrize("path", [REPORT, "/citizen/me/"])
def test_every_form_keeps_what_was_typed(client: Client, desk: Desk, settings: Any, path: str) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["report.near=1/1/60", "signin.near=1/1/60"]
    address = some_address()
    told = {"words": "<b>路灯</b>", "phone": "13900001111", "agree": "on"}
    client.post(path, told, REMOTE_ADDR=address)
    page = client.post(path, told, REMOTE_ADDR=address)
    assert page.status_code == 429
    text = page.content.decode()
    assert "&lt;b&gt;路灯&lt;/b&gt;</textarea>" in text
    assert 'value="13900001111"' in text
    assert f'action="{path}"' in text


def test_forms_with_a_token_are_kept_as_well(desk: Desk, settings: Any) -> None:
    settings.LIANQIN_PUBLIC_LIMITS = ["signin.near=1/1/60"]
    browser, address = Client(enforce_csrf_checks=True), some_address()
    browser.get("/citizen/me/", REMOTE_ADDR=address)
    told = {"phone": "13900001111", "agree": "on", "csrfmiddlewaretoken": browser.cookies["lianqin_csrf"].value}
    pages = [browser.post("/citizen/me/", told, REMOTE_ADDR=address) for _ in range(2)]
    assert pages[1].status_code == 429
    text = pages[1].content.decode()
    assert 'value="13900001111"' in text
    assert '<input type="hidden" name="agree" value="on">' in text
    assert told["csrfmiddlewaretoken"] not in text


def test_bodies_beyond_reason_are_not_read_for_a_refusal(client: Client, desk: Desk, tight: None) -> None:
    address = some_address()
    for _ in range(3):
        send(client, address)
    page = client.generic(
        "POST", REPORT, b"words=%E8%B7%AF", "application/x-www-form-urlencoded", REMOTE_ADDR=address,
        CONTENT_LENGTH=str(50 * 1024 * 1024),
    )  # fmt: skip
    assert (page.status_code, "textarea" in page.content.decode()) == (429, False)
    broken = client.generic("POST", REPORT, b"--x\r\n", "multipart/form-data; boundary=", REMOTE_ADDR=address)
    assert broken.status_code == 429
