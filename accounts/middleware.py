"""Who acts, for every request; refusals as answers; sessions that end after idle hours."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.api.problems import as_refusal
from accounts.errors import OneTimePasswordExpired, PasswordChangeRequired
from accounts.models import User, UserKind
from accounts.selectors import bind_actor
from accounts.views import refuse
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, NotAllowed
from lianqin.kernel.replicas import note_write

Handler = Callable[[HttpRequest], HttpResponseBase]
TOUCH_EVERY_SECONDS = 300
SEEN = "seen_at"


class EncodingMiddleware:
    """Read every request as UTF-8, whatever charset it names: some of Python's codecs raise what nobody catches."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.encoding and request.encoding.lower() != "utf-8":
            request.encoding = "utf-8"
        return self.get_response(request)


class ActorMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        bind_actor(request, lambda: request.user)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Answer a refusal raised by a page with its own status, as the API would."""
        refusal = as_refusal(error)
        return None if refusal is None else refuse(request, refusal)


class OwnWritesMiddleware:
    """See one's own writes: after one, replicas do not answer this person for a while. In use where there are any."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # The API has set the user of a token by now.
        if request.method not in ("GET", "HEAD", "OPTIONS") and request.user.pk is not None:
            note_write(request.user.pk)
        return response


class IdleSessionMiddleware:
    """Postpone a session's end while it is used; ``SESSION_COOKIE_AGE`` after its last use it is over."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            seen = int(time.time())
            # Not at every request: a write each would cost more than minutes of precision are worth.
            if seen - request.session.get(SEEN, 0) >= TOUCH_EVERY_SECONDS:
                request.session[SEEN] = seen
        return self.get_response(request)


class CitizensMiddleware:
    """Keep citizens to the rooms made for them: what staff works with names staff, and quotes what they say."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(settings.LIANQIN_CITIZEN_ROOMS) or not self._is_citizen(request):
            return self.get_response(request)
        return redirect(settings.LIANQIN_CITIZEN_HOME) if request.method == "GET" else refuse(request, NotAllowed())

    def _is_citizen(self, request: HttpRequest) -> bool:
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        return isinstance(user, User) and user.kind == UserKind.CITIZEN


class OneTimePasswordMiddleware:
    """Whoever signed in with a one-time password sets one of their own before anything else."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if not isinstance(user, User) or user.one_time_until is None:
            return self.get_response(request)
        if user.one_time_until <= clock.now():
            logout(request)
            return self._hold(request, OneTimePasswordExpired(), reverse("accounts:signin"))
        page = reverse("accounts:password")
        if request.path in (page, reverse("accounts:signout")):
            return self.get_response(request)
        return self._hold(request, PasswordChangeRequired(), page)

    def _hold(self, request: HttpRequest, refusal: DomainError, page: str) -> HttpResponseBase:
        return refuse(request, refusal) if request.path.startswith("/api/") else redirect(page)
