"""Who acts, for every request; refusals as answers; sessions that end after idle hours."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.api.problems import as_refusal
from accounts.selectors import bind_actor
from accounts.views import refuse
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
