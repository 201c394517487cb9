"""How a request of the API says who sends it: a token, or the session of the pages."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.errors import CsrfFailed, OneTimePasswordExpired, PasswordChangeRequired, TokenInvalid
from accounts.models import User
from accounts.selectors import token_of
from lianqin.kernel import clock


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token …``; one query by the token's hash."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[Any, AuthToken] | None:
        words = request.headers.get("Authorization", "").split()
        if not words or words[0].lower() != self.keyword.lower():
            return None
        if len(words) != 2:
            raise TokenInvalid
        record = self._record(words[1])
        if record is None or not record.user.is_active or (record.expiry and record.expiry <= timezone.now()):
            raise TokenInvalid
        require_own_password(record.user)
        return record.user, record

    def _record(self, token: str) -> AuthToken | None:
        try:
            digest = hash_token(token)
        except ValueError:  # Not hexadecimal.
            return None
        return token_of(digest)

    def authenticate_header(self, request: Request) -> str:
        return self.keyword


def require_own_password(user: User) -> None:
    """Raise PasswordChangeRequired or OneTimePasswordExpired while somebody else has seen the password."""
    if user.one_time_until is None:
        return
    raise OneTimePasswordExpired if user.one_time_until <= clock.now() else PasswordChangeRequired


class PageSessionAuthentication(SessionAuthentication):
    """The session of the pages, with the CSRF check."""

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise CsrfFailed from error
