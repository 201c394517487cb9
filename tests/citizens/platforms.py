"""A platform with a key in force, and requests that it signs."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from citizens.models import IntakePlatform
from citizens.rules.signing import headers
from citizens.services import platforms
from tests.workorders.conftest import Desk

CODES = ("police_110", "online_inquiry", "portal", "governance_platform", "hotline_12345")


@dataclass(slots=True)
class Sender:
    """Sends as a platform does; what it signs can be spoilt by the test."""

    platform: IntakePlatform
    key_id: str
    secret: str
    algorithm: str

    @property
    def path(self) -> str:
        return f"/intake/v1/{self.platform.code}/reports/"

    def signed(self, body: bytes, *, late: int = 0, nonce: str = "", query: str = "") -> dict[str, str]:
        return headers(
            key_id=self.key_id, secret=self.secret, algorithm=self.algorithm, method="POST", path=self.path,
            query=query, seconds=int(time.time()) - late, nonce=nonce or secrets.token_hex(8), body=body,
        )  # fmt: skip

    def send(self, told: Any, *, headers: dict[str, str] | None = None, at: str = "127.0.0.1", **more: Any) -> Any:
        body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
        given = self.signed(body, **more) if headers is None else headers
        return Client().post(self.path, body, content_type="application/json", headers=given, REMOTE_ADDR=at)


def opened(desk: Desk, code: str, algorithm: str = "HMAC-SHA256", **settings: Any) -> Sender:
    """As on the desk: entered by the system administrator, let into force by the commander."""
    admin, second = desk.cast.sysadmin, desk.cast.commander
    platform = platforms.open_platform(code=code, by=admin)
    setup = platforms.draft_setup(platform_id=platform.pk, contents={"active": True, **settings}, by=admin)
    platforms.decide_setup(setup_id=setup.pk, approve=True, by=second)
    key, secret = platforms.make_key(platform_id=platform.pk, algorithm=algorithm, by=admin)
    platforms.decide_key(key_id=key.pk, approve=True, by=second)
    platform.refresh_from_db()
    return Sender(platform, key.key_id, secret, algorithm)


Opened = Callable[..., Sender]


def call(number: str = "GD-1", **body: Any) -> dict[str, Any]:
    """A call as the hotline tells it."""
    told = {"topic": "路灯不亮", "content": "晚上一片漆黑", "caller": {"name": "王某某", "tel": "025-55500001"}}
    return {"head": {"code": number, "sentAt": "2026-11-22 08:00:00"}, "body": {**told, **body}}
