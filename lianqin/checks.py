"""Settings that must not reach production, each refused with its remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

MINIMUM_SECRET_KEY = 50


def _error(number: int, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"lianqin.E{number:03}")


@register(Tags.security, deploy=True)
def production_is_safe(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to open for business with a setting that a demo may have and production may not."""
    found: list[CheckMessage] = []
    if not settings.SECRET_KEY_GIVEN:
        found.append(_error(1, "SECRET_KEY is not set.", "Set SECRET_KEY to 50 or more random characters."))
    elif len(settings.SECRET_KEY_GIVEN) < MINIMUM_SECRET_KEY or len(set(settings.SECRET_KEY_GIVEN)) < 10:
        found.append(_error(2, "SECRET_KEY is too weak.", "Set SECRET_KEY to 50 or more random characters."))
    if settings.DEBUG:
        found.append(_error(3, "DEBUG is on: errors would show settings and data.", "Unset DEBUG."))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        hint = "Set ALLOWED_HOSTS to the names people type, separated by commas."
        found.append(_error(4, "ALLOWED_HOSTS is empty or allows every host.", hint))
    if not settings.DATABASE_URL:
        hint = "Set DATABASE_URL to postgres://user:password@host:5432/name."
        found.append(_error(5, "DATABASE_URL is not set.", hint))
    if not settings.REDIS_URL_GIVEN:
        found.append(_error(6, "REDIS_URL is not set.", "Set REDIS_URL to redis://:password@host:6379/0."))
    if settings.LIANQIN_DEMO:
        found.append(_error(8, "LIANQIN_DEMO is on.", "Unset LIANQIN_DEMO; a demo has known accounts."))
    if not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        hint = "Unset LIANQIN_HTTPS or set it to 1, and serve over HTTPS."
        found.append(_error(9, "Cookies would travel over plain HTTP.", hint))
    if settings.SECURE_HSTS_SECONDS <= 0 or not settings.SECURE_SSL_REDIRECT:
        hint = "Unset LIANQIN_HTTPS or set it to 1, and serve over HTTPS."
        found.append(_error(10, "Plain HTTP is neither redirected nor ruled out (HSTS).", hint))
    if not settings.STATIC_MANIFEST:
        hint = "Unset LIANQIN_STATIC_MANIFEST and run manage.py collectstatic."
        found.append(_error(11, "Static files are served without hashed names.", hint))
    return found


@register(Tags.security)
def time_scale_is_for_demos(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse, always, a clock that runs faster than the real one outside demos and tests."""
    if not settings.LIANQIN_TIME_SCALE or settings.LIANQIN_DEMO or settings.DEBUG:
        return []
    hint = "Unset LIANQIN_TIME_SCALE; only bin/demo sets it."
    return [_error(7, "LIANQIN_TIME_SCALE would shorten every deadline.", hint)]
