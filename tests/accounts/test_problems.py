"""Every refusal has its status, its stable code, and no leak."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.accounts.conftest import make, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.accounts.urls")]

ANSWERS = [
    ("stale", 409, "stale_version"),
    ("state", 409, "transition_not_allowed"),
    ("hidden", 404, "not_found"),
    ("http404", 404, "not_found"),
    ("denied", 403, "permission_denied"),
    ("suspicious", 400, "malformed"),
    ("throttled", 429, "throttled"),
    ("deadlock", 503, "try_again"),
    ("data", 400, "invalid"),
    ("bug", 500, "internal"),
]


@pytest.mark.parametrize("debug", [False, True])
@pytest.mark.parametrize(("name", "status", "code"), ANSWERS)
def test_the_api_answers_with_problem_details(
    settings: pytest.FixtureRequest, debug: bool, name: str, status: int, code: str
) -> None:
    settings.DEBUG = debug  # type: ignore[attr-defined]
    response = Client(raise_request_exception=False).get(f"/api/v1/fail/{name}/")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "code", "instance"} <= set(body)
    assert (body["status"], body["code"], body["instance"]) == (status, code, f"/api/v1/fail/{name}/")
    assert body["type"] == f"urn:lianqin:problem:{code}"
    assert "secret" not in response.content.decode()


@pytest.mark.parametrize(("name", "status", "code"), ANSWERS)
def test_a_page_answers_the_same_refusal_with_the_same_status(name: str, status: int, code: str) -> None:
    response = Client(raise_request_exception=False).get(f"/page/{name}/")
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")
    assert "secret" not in response.content.decode()


def test_what_happened_since_stands_beside_the_members() -> None:
    body = Client().get("/api/v1/fail/stale/").json()
    assert body["current"] == "handling"
    assert body["since"] == ["dispatch"]


def test_hiccups_and_throttles_say_when_to_come_back() -> None:
    assert Client().get("/api/v1/fail/deadlock/")["Retry-After"] == "1"
    assert Client().get("/page/deadlock/")["Retry-After"] == "1"
    assert Client().get("/api/v1/fail/throttled/")["Retry-After"] == "8"


def test_a_fault_of_ours_is_logged_under_the_id_that_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    body = Client(raise_request_exception=False).get("/api/v1/fail/bug/").json()
    record = next(record for record in caplog.records if record.name == "lianqin.problems")
    assert body["reference"] in record.getMessage()
    assert record.exc_info is not None
    assert "42" in str(record.exc_info[1])


def test_field_errors_are_named_one_by_one(dispatcher: User) -> None:
    data = {"text": "x" * 11, "place": {}, "parts": [{"lon": 1}, {"lon": "east"}]}
    response = signed_in(dispatcher).post("/api/v1/fields/", data, content_type="application/json")
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == "invalid"
    assert set(body["errors"]) == {"text", "place.lon", "parts[1].lon"}
    assert all(isinstance(text, str) for texts in body["errors"].values() for text in texts)


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        ("{", "application/json", 400, "malformed"),
        ("<x/>", "application/xml", 415, "unsupported_media_type"),
        ("[1]", "application/json", 400, "invalid"),
    ],
)
def test_bodies_that_cannot_be_read(dispatcher: User, content: str, kind: str, status: int, code: str) -> None:
    response = signed_in(dispatcher).post("/api/v1/fields/", content, content_type=kind)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_http_refusals(dispatcher: User) -> None:
    client = signed_in(dispatcher)
    wrong_method = client.put("/api/v1/fields/", {}, content_type="application/json")
    assert (wrong_method.status_code, wrong_method.json()["code"]) == (405, "method_not_allowed")
    assert "POST" in wrong_method["Allow"]
    wrong_kind = client.get("/api/v1/dispatching/", headers={"Accept": "text/csv"})
    assert (wrong_kind.status_code, wrong_kind.json()["code"]) == (406, "not_acceptable")
    nowhere = client.get("/api/v1/no/such/thing/")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_found")
    assert nowhere["Content-Type"] == "application/problem+json"


def test_not_signed_in_is_401_and_says_how() -> None:
    response = Client().get("/api/v1/dispatching/")
    assert (response.status_code, response.json()["code"]) == (401, "not_signed_in")
    assert response["WWW-Authenticate"] == "Token"


def test_a_session_without_the_csrf_token_may_not_write(dispatcher: User) -> None:
    client = signed_in(dispatcher, enforce_csrf_checks=True)
    response = client.post("/api/v1/fields/", {}, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (403, "csrf_failed")
    page = client.post("/accounts/signout/")
    assert page.status_code == 403
    assert "页面已过期" in page.content.decode()


def test_an_unknown_page_is_a_chinese_404() -> None:
    response = Client().get("/no-such-page/")
    assert response.status_code == 404
    assert "没有找到" in response.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/api/v1/cut/", "/cut/"])
def test_a_connection_cut_under_work_is_503_and_the_next_request_works(path: str) -> None:
    client = Client(raise_request_exception=False)
    response = client.post(path)
    assert response.status_code == 503
    assert response["Retry-After"] == "1"
    # Between two requests of the real server a lost connection is put away; the test client leaves that to us.
    connection.close_if_unusable_or_obsolete()
    assert client.get("/api/v1/fail/state/").status_code == 409
    assert make("survivor").pk
