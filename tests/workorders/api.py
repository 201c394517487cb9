"""The HTTP door as the cast uses it: a token each, JSON in and out."""

from __future__ import annotations

from typing import Any

from knox.models import AuthToken
from rest_framework.test import APIClient

from accounts.models import User
from tests.workorders.conftest import HERE

ROOT = "/api/v1/work-orders/"
REPORT = {"title": "店外经营占道", "source": "hotline_12345", "lon": HERE[0], "lat": HERE[1], "category": "T01"}


def as_user(user: User) -> APIClient:
    """A client that signs its requests with a fresh token of ``user``."""
    _record, token = AuthToken.objects.create(user=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


class Door:
    """``door.street_dispatcher.get(...)``: the API as somebody of the cast."""

    def __init__(self, cast: Any) -> None:
        self._cast, self._clients = cast, {}  # type: ignore[var-annotated]

    def __getattr__(self, name: str) -> APIClient:
        if name not in self._clients:
            self._clients[name] = as_user(self._cast.user(name))
        client: APIClient = self._clients[name]
        return client


def url(number: str, *tail: str | int) -> str:
    return f"{ROOT}{number}/" + "".join(f"{part}/" for part in tail)
