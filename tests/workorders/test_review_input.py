"""What no form would send: every fault is a 4xx that names its field, never one of ours."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.test import Client

from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk

HUGE = 10**400


@pytest.fixture
def door(desk: Desk) -> Door:
    made = Door(desk.cast)
    made.street_dispatcher.raise_request_exception = False
    return made


def refused(door: Door, address: str, body: Any) -> tuple[int, list[str]]:
    text = body if isinstance(body, str) else json.dumps(body)
    answer = door.street_dispatcher.post(address, text, content_type="application/json")
    return answer.status_code, sorted(answer.json().get("errors", {}))


@pytest.mark.parametrize("value", [HUGE, True, "\ud800", "1e999", "nan", [1], {"a": 1}])
def test_coordinates(door: Door, value: Any) -> None:
    status, fields = refused(door, ROOT, REPORT | {"lon": value})
    assert (status, fields) == (400, ["lon"])


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_json_has_no_numbers_for(door: Door, value: str) -> None:
    assert refused(door, ROOT, f'{{"title": "好", "source": "portal", "lon": {value}, "lat": 1}}') == (400, [])


@pytest.mark.parametrize("name", ["title", "description", "address", "external_ref", "category", "reporter_name"])
def test_half_a_character_in_a_report(door: Door, name: str) -> None:
    assert refused(door, ROOT, REPORT | {name: "好\ud800"}) == (400, [name])


def test_nul_in_a_code(door: Door) -> None:
    assert refused(door, ROOT, REPORT | {"category": "T\x0001"}) == (400, ["category"])


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("dispatch", {"lead": "a\x00b"}, "lead"),
        ("dispatch", {"lead": "\ud800"}, "lead"),
        ("dispatch", {"assists": ["\ud800"]}, "assists"),
        ("dispatch", {"assists": ["x"] * 31}, "assists"),
        ("merge", {"master": "\x00"}, "master"),
        ("merge", {"master": "\ud800"}, "master"),
        ("comment", {"comment": "\ud800"}, "comment"),
        ("extend", {"reason": "雨", "workdays": HUGE}, "workdays"),
        ("extend", {"reason": "雨", "workdays": True}, "workdays"),
        ("extend", {"reason": "雨", "hours": "nan"}, "hours"),
        ("shelve", {"reason": "雨", "review_on": True}, "review_on"),
        ("comment", {"comment": "好", "version": "1" * 30}, "version"),
        ("comment", {"comment": "好", "version": -1}, "version"),
        ("comment", {"comment": "好", "version": 1.0}, "version"),
    ],
)
def test_inputs_of_actions(door: Door, desk: Desk, action: str, body: dict[str, Any], field: str) -> None:
    status, fields = refused(door, url(desk.registered().number, action), body)
    assert (status, field in fields) == (400, True), fields


def test_answers_to_requests(door: Door, desk: Desk) -> None:
    order = desk.registered()
    desk.do(order, "extend", desk.cast.street_dispatcher2, reason="连日下雨", workdays=1)
    pk = order.requests.get().pk
    client = Door(desk.cast).commander
    for value in ("\ud800", 5, {"a": 1}, "长" * 1001):
        body = json.dumps({"answer": value})
        answer = client.post(url(order.number, "requests", pk, "refuse"), body, content_type="application/json")
        assert (answer.status_code, list(answer.json().get("errors", {}))) == (400, ["answer"]), value


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_deep_json(door: Door, desk: Desk, opening: str) -> None:
    for address in (ROOT, url(desk.report().number, "comment"), f"{ROOT}batch/verify/"):
        assert refused(door, address, opening * 100_000)[0] == 400
    for depth in (21, 900, 20_000):
        nested = opening * depth + "1" + ("]" if opening == "[" else "}") * depth
        assert refused(door, ROOT, '{"title": ' + nested + "}")[0] == 400


@pytest.mark.parametrize(
    "place", ["[1e999, null]", "[NaN, null]", "[" * 5000, "[1, 5]", '[1, "2026-01-01"]', "[true, null]", "{}", "7"]
)
def test_cursors(door: Door, desk: Desk, place: str) -> None:
    desk.report()
    cursor = base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")
    for sort in ("newest", "due"):
        answer = door.street_dispatcher.get(ROOT, {"cursor": cursor, "sort": sort})
        assert answer.status_code in (200, 400), answer.content
        assert answer.status_code == 200 or list(answer.json()["errors"]) == ["cursor"]


def test_a_cursor_without_a_zone_is_refused(door: Door) -> None:
    cursor = base64.urlsafe_b64encode(b'[1, "2026-01-01"]').decode().rstrip("=")
    answer = door.street_dispatcher.get(ROOT, {"cursor": cursor, "sort": "due"})
    assert answer.json()["errors"] == {"cursor": ["游标无效，请从第一页重新开始"]}


@pytest.mark.parametrize("limit", ["0", "101", "000001999999", "9" * 5000, "-1", "\uff11", "1.0"])
def test_limits(door: Door, limit: str) -> None:
    answer = door.street_dispatcher.get(ROOT, {"limit": limit})
    assert (answer.status_code, list(answer.json().get("errors", {}))) == (400, ["limit"])


@pytest.mark.parametrize(
    "query",
    ["page=" + "9" * 30, "page=" + "9" * 5000, "page=\uff10", "q=%00", "q=%FF", "category=%00", "street=%00",
     "sort=%00", "tab=%00", "source=%00", "community=%00", "q=%27%5C%26%7C%21", "page=-1"],
)  # fmt: skip
def test_the_address_of_the_queue(desk: Desk, query: str) -> None:
    desk.report()
    client = Client(raise_request_exception=False)
    client.force_login(desk.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/orders/?{query}").status_code in (200, 400)


def test_what_the_district_lists(door: Door) -> None:
    client = door.commander
    client.raise_request_exception = False
    for query in ("offset=" + "9" * 30, "offset=-1", "limit=0", "tier=9", "order=%00", "open=maybe"):
        answer = client.get(f"/api/v1/supervision-orders/?{query}")
        assert answer.status_code in (200, 400), query
    for query in ("before=" + "9" * 30, "limit=x", "kind=%00"):
        assert client.get(f"/api/v1/notices/?{query}").status_code in (200, 400), query
    assert client.post("/api/v1/notices/read/", {"until": 10**30}, format="json").status_code in (200, 400)
    assert client.post("/api/v1/supervision-orders/%00/acknowledge/").status_code in (400, 404)
    for query in ("lon=nan&lat=1", "lon=inf&lat=1", "lon=1e999&lat=1", "lon=%00&lat=1", "lon=1", "lon=1&lat=91"):
        answer = client.get(f"/api/v1/locate/?{query}")
        assert (answer.status_code, bool(answer.json().get("errors"))) == (400, True), query
    for address in ("divisions", "units", "categories"):
        for name in ("level", "parent", "street", "function", "kind", "boundary"):
            assert client.get(f"/api/v1/{address}/?{name}=%00").status_code in (200, 400), (address, name)
    assert client.get("/api/v1/divisions/%00/").status_code in (400, 404)


def test_signing_in(door: Door) -> None:
    client = door.citizen
    client.credentials()
    client.raise_request_exception = False
    bodies: list[Any] = [{"username": "\ud800", "password": "x"}, {"username": "a\x00", "password": "x"}, [], "x", None]
    for body in bodies:
        answer = client.post("/api/v1/auth/token/", json.dumps(body), content_type="application/json")
        assert answer.status_code in (400, 401), body


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"numbers": 5}, "numbers"),
        ({"numbers": []}, "numbers"),
        ({"numbers": ["x"] * 101}, "numbers"),
        ({"numbers": [5]}, "numbers"),
        ({"numbers": ["\ud800"]}, "numbers"),
        ({"numbers": ["a\x00"]}, "numbers"),
        ({"numbers": ["SY20260101-000001"], "comment": 5}, "comment"),
        ({"numbers": ["SY20260101-000001"], "comment": "长" * 1001}, "comment"),
    ],
)
def test_a_batch(door: Door, body: dict[str, Any], field: str) -> None:
    assert refused(door, f"{ROOT}batch/verify/", body) == (400, [field])


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("charset", ["punycode", "hex", "rot13", "undefined", "idna", "none-such", "utf-16"])
def test_charsets(door: Door, kind: str, charset: str) -> None:
    body = json.dumps(REPORT)
    answer = door.street_dispatcher.generic("POST", ROOT, body, content_type=f"{kind}; charset={charset}")
    assert answer.status_code in (201, 400)
