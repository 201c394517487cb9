"""Tokens and sessions for a run, taken back when it is over."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from knox.models import AuthToken

from accounts.models import User

Headers = Mapping[str, str]


@contextlib.contextmanager
def tokens(users: Iterable[User]) -> Iterator[dict[int, Headers]]:
    """The header that signs each user in, by primary key."""
    made = {user.pk: AuthToken.objects.create(user=user) for user in users}
    try:
        yield {pk: {"Authorization": f"Token {token}"} for pk, (_, token) in made.items()}
    finally:
        AuthToken.objects.filter(digest__in=[record.digest for record, _ in made.values()]).delete()


@contextlib.contextmanager
def session(user: User) -> Iterator[Headers]:
    """The cookie of somebody who has signed in on the pages."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    try:
        yield {"Cookie": f"{settings.SESSION_COOKIE_NAME}={store.session_key}"}
    finally:
        store.delete()
