"""Reads: who acts in a request, and whence."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string
from knox.models import AuthToken

from accounts.models import User
from lianqin.kernel import rows
from lianqin.kernel.actors import Actor, ActorKind
from lianqin.kernel.statements import prepared

NOBODY = Actor(kind=ActorKind.PERSON, name="")


@cache
def _imported(path: str) -> Callable[[Any], Any]:
    loaded: Callable[[Any], Any] = import_string(path)
    return loaded


def actor_for(user: Any) -> Actor:
    """Load the actor of ``user``; nobody if not signed in. The loader lives in an app above, named by the settings."""
    if not user.is_authenticated:
        return NOBODY
    actor: Actor = _imported(settings.LIANQIN_ACTOR_LOADER)(user)
    return actor


def bind_actor(request: HttpRequest, user_of: Callable[[], Any]) -> None:
    """Give ``request`` an ``actor`` that is loaded at its first use and once."""
    request.actor = SimpleLazyObject(lambda: actor_for(user_of()))  # type: ignore[attr-defined]


def actor_of(request: Any) -> Actor:
    """The actor of a page's or an API's request; the typed form of ``request.actor``."""
    actor: Actor = request.actor
    return actor


def token_of(digest: str) -> AuthToken | None:
    """The token of that hash with its user, if there is one; whether both still hold is for the caller. One query."""
    token, user = rows.columns(AuthToken, "t"), rows.columns(User, "u")
    with prepared() as cursor:
        cursor.execute(
            f"SELECT {token}, {user} FROM knox_authtoken t JOIN accounts_user u ON u.id = t.user_id WHERE digest = %s",
            [digest],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    record: AuthToken = rows.from_row(AuthToken, row[: rows.width(AuthToken)])
    rows.link(record, "user", rows.from_row(User, row[rows.width(AuthToken) :]))
    return record


def posts_of(user: Any) -> Sequence[tuple[str, str]]:
    """(post, place) pairs in words for the account page, from the labeller that the settings name."""
    path = getattr(settings, "LIANQIN_POST_LABELLER", "")
    return list(_imported(path)(user)) if path else []


def client_ip(request: HttpRequest | None) -> str | None:
    """The peer's address. Proxies are unwrapped by the server in front of us, never by trusting headers here."""
    if request is None:
        return None
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None
