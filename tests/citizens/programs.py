"""A program with a key in force, as it is given on the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Category
from catalogue.revisions import forget, touch
from citizens.models import ApiKey
from citizens.services import api_keys
from tests.workorders.conftest import HERE, Desk

ROOT = "/open311/v2"
OWNER = {"owner": "街巷观察站", "purpose": "居民拍照上报路灯和井盖", "contact": "025-55500001"}


def key_in_force(desk: Desk, **limits: int) -> tuple[ApiKey, str]:
    """Asked for, set up by the system administrator, approved by the commander, fetched by its owner."""
    key, code = api_keys.ask_for_key(**OWNER)
    told = {"per_minute": 100, "per_day": 1000, "days": 30, **limits}
    api_keys.set_up_key(key_id=key.pk, by=desk.cast.sysadmin, **told)
    api_keys.decide_key(key_id=key.pk, approve=True, by=desk.cast.commander)
    return api_keys.fetch_key(code=code)


def make_public(*codes: str) -> None:
    """As an administrator ticks it."""
    Category.objects.filter(code__in=codes).update(public=True)
    touch()
    forget()


def get(path: str, **asked: Any) -> Any:
    return Client().get(f"{ROOT}/{path}", asked)


def post(path: str, told: dict[str, Any], **headers: str) -> Any:
    return Client().post(f"{ROOT}/{path}", told, headers=headers)


@pytest.fixture
def program(desk: Desk) -> Callable[..., Any]:
    """``program(description=...)`` reports as a program does; a keyword more or less spoils it."""
    make_public("T01", "T02")
    _key, secret = key_in_force(desk)

    def report(form: str = "json", headers: dict[str, str] | None = None, **told: Any) -> Any:
        given = {
            "api_key": secret, "service_code": "T01", "lat": str(HERE[1]), "long": str(HERE[0]),
            "description": "路灯不亮。我是李某某，电话 13912345678", **told,
        }  # fmt: skip
        return post(f"requests.{form}", {name: text for name, text in given.items() if text}, **(headers or {}))

    return report
