"""Unsafe settings do not reach production."""

from __future__ import annotations

import pytest
from django.test import override_settings

from lianqin.checks import production_is_safe, time_scale_is_for_demos

SAFE = {
    "SECRET_KEY_GIVEN": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQ",
    "DEBUG": False,
    "ALLOWED_HOSTS": ["lianqin.example"],
    "DATABASE_URL": "postgres://a:b@c/d",
    "REDIS_URL_GIVEN": "redis://c/0",
    "LIANQIN_DEMO": False,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_HSTS_SECONDS": 31536000,
    "SECURE_SSL_REDIRECT": True,
    "STATIC_MANIFEST": True,
    "LIANQIN_TIME_SCALE": 0,
}


def found(**changed: object) -> list[str]:
    with override_settings(**{**SAFE, **changed}):
        messages = [*production_is_safe(None), *time_scale_is_for_demos(None)]
    assert all(message.hint for message in messages)
    return [str(message.id) for message in messages]


def test_safe_settings_pass() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"SECRET_KEY_GIVEN": ""}, "lianqin.E001"),
        ({"SECRET_KEY_GIVEN": "short"}, "lianqin.E002"),
        ({"SECRET_KEY_GIVEN": "a" * 60}, "lianqin.E002"),
        ({"DEBUG": True}, "lianqin.E003"),
        ({"ALLOWED_HOSTS": []}, "lianqin.E004"),
        ({"ALLOWED_HOSTS": ["*"]}, "lianqin.E004"),
        ({"DATABASE_URL": ""}, "lianqin.E005"),
        ({"REDIS_URL_GIVEN": ""}, "lianqin.E006"),
        ({"LIANQIN_TIME_SCALE": 60}, "lianqin.E007"),
        ({"LIANQIN_DEMO": True}, "lianqin.E008"),
        ({"SESSION_COOKIE_SECURE": False}, "lianqin.E009"),
        ({"SECURE_HSTS_SECONDS": 0}, "lianqin.E010"),
        ({"STATIC_MANIFEST": False}, "lianqin.E011"),
    ],
)
def test_an_unsafe_setting_is_refused(changed: dict[str, object], refusal: str) -> None:
    assert found(**changed) == [refusal]
