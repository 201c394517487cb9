"""Citizens have rooms of their own: no door of the staff opens to them, not even onto what they reported."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.cast import PASSWORD
from tests.workorders.conftest import Desk

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def citizen(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.cast.user("citizen"), backend=BACKEND)
    return client


def test_pages_of_staff_lead_home(citizen: Client, desk: Desk) -> None:
    own = desk.report(desk.cast.citizen)
    for address in ("/", "/orders/", f"/orders/{own.number}/", "/notices/", "/duty/", "/accounts/", "/citizen-desk/"):
        answer = citizen.get(address)
        assert (answer.status_code, answer.get("Location")) == (302, "/citizen/me/"), address
    assert citizen.post("/orders/filters/", {"name": "x"}).status_code == 403
    assert own.text.title in citizen.get("/citizen/me/").content.decode()


@pytest.mark.parametrize("by_token", [False, True])
def test_the_api_of_staff_is_shut(citizen: Client, desk: Desk, by_token: bool) -> None:
    own, client = desk.report(desk.cast.citizen), citizen
    if by_token:
        client = APIClient()
        user = desk.cast.user("citizen")
        user.set_password(PASSWORD)
        user.save()
        token = client.post("/api/v1/auth/token/", {"username": "citizen", "password": PASSWORD}).json()["token"]
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    for what in ("", "/", "/events/", "/actions/", "/attachments/"):
        answer = client.get(f"/api/v1/work-orders/{own.number if what else ''}{what}")
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied"), what
    assert client.post(f"/api/v1/work-orders/{own.number}/withdraw/", {"reason": "好了"}).status_code == 403
    assert client.post("/api/v1/work-orders/", {"title": "楼道堆物"}).status_code == 403
    assert client.get("/api/v1/citizen/ground/?level=street").status_code == 200


def test_signing_in_by_a_password_leads_home(desk: Desk, citizen: Client) -> None:
    assert citizen.get("/accounts/signin/")["Location"] == "/citizen/me/"


def test_a_citizen_reports_as_a_citizen_whatever_is_claimed(desk: Desk) -> None:
    order = desk.report(desk.cast.citizen, source="inspection")
    assert (order.source, order.reporter) == ("citizen", desk.cast.user("citizen"))
