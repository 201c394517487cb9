"""The one port: health for monitors, pages by Django, and a policy that allows nothing inline."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from http import HTTPStatus

import pytest
from django.test import Client

from tests.live import Platform


def test_livez_answers_without_a_database(client: Client) -> None:
    assert client.get("/livez").content == b"ok\n"


@pytest.mark.django_db
def test_readyz_names_what_it_asked(client: Client) -> None:
    assert client.get("/readyz").json() == {"database": True, "broker": True}


@pytest.mark.django_db
def test_readyz_is_503_without_a_broker(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "broker": False})


def test_nothing_inline_is_allowed(client: Client) -> None:
    policy = client.get("/livez")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.service
def test_one_port_answers_pages_and_events(platform: Platform, live_address: str) -> None:
    with urllib.request.urlopen(f"{live_address}/readyz", timeout=5) as answer:
        assert json.load(answer) == {"database": True, "broker": True}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{live_address}/events", timeout=5)
    assert refused.value.code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.BAD_REQUEST}
