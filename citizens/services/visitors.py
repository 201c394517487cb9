"""Who asks, as far as limits need it: marks that are somebody else's tomorrow and tell nobody who it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from accounts.selectors import client_ip
from citizens.rules.limits import DEVICE, NEAR, NUMBER, WIDE, networks_of
from citizens.services.sessions import citizen_on

COOKIE = "lianqin_day"


@dataclass(frozen=True, slots=True)
class Visitor:
    """``marks``: keyed hashes of the day by measure. ``networks``: as they are written, for blocks; kept nowhere."""

    marks: dict[str, str]
    networks: tuple[str, ...] = ()
    user_id: int | None = None


def visitor_of(request: HttpRequest) -> Visitor:
    """Whoever proved a number is judged by it alone: their network is not theirs to answer for."""
    user = citizen_on(request)
    if user is not None:
        return Visitor({NUMBER: mark(NUMBER, str(user.pk))}, user_id=user.pk)
    networks = networks_of(client_ip(request))
    marks = {name: mark(name, network) for name, network in networks.items()}
    device = device_of(request)
    if device:
        marks[DEVICE] = mark(DEVICE, device)
    return Visitor(marks, tuple(networks.values()))


def network_mark(request: HttpRequest) -> str:
    """The mark of the widest network that somebody asks from; empty where it is not known."""
    networks = networks_of(client_ip(request))
    widest = WIDE if WIDE in networks else NEAR
    return mark(widest, networks[widest]) if networks else ""


def mark(measure: str, value: str) -> str:
    """A keyed hash with the day in it."""
    key = f"{settings.SECRET_KEY}|visitors|{timezone.localdate():%Y-%m-%d}".encode()
    return hmac.new(key, f"{measure}:{value}".encode(), hashlib.sha256).hexdigest()[:32]


def device_of(request: HttpRequest) -> str:
    """What the cookie of today says; empty without one, or with one of another day."""
    try:
        return _signer().unsign(request.COOKIES.get(COOKIE, ""))
    except BadSignature:
        return ""


def give_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """Tell this browser from others until midnight; only after it has sent something, never while it reads."""
    if device_of(request) or citizen_on(request) is not None:
        return
    response.set_cookie(
        COOKIE, _signer().sign(secrets.token_urlsafe(12)), max_age=until_midnight(), samesite="Lax", httponly=True,
        secure=request.is_secure(),
    )  # fmt: skip


def until_midnight() -> int:
    """Seconds until the marks of today are worth nothing."""
    now = timezone.localtime()
    return max(1, int((midnight_after(now) - now).total_seconds()))


def midnight_after(now: dt.datetime) -> dt.datetime:
    return (timezone.localtime(now) + dt.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _signer() -> Signer:
    return Signer(salt=f"citizens.device.{timezone.localdate():%Y-%m-%d}")
