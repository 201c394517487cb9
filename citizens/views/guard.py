"""The public door as pages have it: ``limited("report")`` over a view, and what who is refused sees."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from citizens.errors import Blocked
from citizens.services.admission import PARAMETER, admit
from citizens.services.limits import Limited
from citizens.services.sessions import citizen_on
from citizens.services.visitors import give_device
from citizens.views.base import LARGE_TYPE

MOST_READ, MOST_FIELDS, LONGEST_FIELD = 20 * 1024 * 1024, 30, 4000
# The field of the form beside which a script says it.
FIELDS = {"signin": "phone", "signin-code": "code"}
NOT_KEPT = ("csrfmiddlewaretoken", PARAMETER)
View = Callable[..., HttpResponseBase]


def limited(what: str, methods: tuple[str, ...] = ("POST",)) -> Callable[[View], View]:
    """Ask the public door before the view: ``@method_decorator(limited("report"), name="dispatch")``."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # HEAD finds out the same as GET.
            if ("GET" if request.method == "HEAD" else request.method) not in methods:
                return view(request, *args, **kwargs)
            try:
                admit(request, what)
            except (Limited, Blocked) as refusal:
                response: HttpResponseBase = refused(request, refusal, what)
            else:
                response = view(request, *args, **kwargs)
            if request.method == "POST":
                give_device(request, response)
            return response

        return guarded

    return decorate


def refused(request: HttpRequest, refusal: Limited | Blocked, what: str = "") -> HttpResponseBase:
    """When to come back, or why not; with what was typed, so that nothing has to be written twice."""
    if request.headers.get("Accept", "").startswith("application/json"):
        response: HttpResponseBase = JsonResponse(_told(refusal, what), status=refusal.status)
    elif isinstance(refusal, Blocked):
        response = _page(request, "blocked", refusal.status, **_blocked(refusal), kept=_typed(request))
    else:
        response = _page(request, "wait", refusal.status, **_waiting(request, refusal, what), kept=_typed(request))
    if isinstance(refusal, Limited):
        response["Retry-After"] = str(refusal.retry_after)
    response["Cache-Control"] = "no-store"
    # Django would log the address, and codes stand in some.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _told(refusal: Limited | Blocked, what: str = "") -> dict[str, Any]:
    field = FIELDS.get(what, "words")
    if isinstance(refusal, Blocked):
        return {"code": refusal.code, "errors": {field: [_why_blocked(refusal)]}, "blocked": _facts(refusal)}
    told: dict[str, Any] = {"code": refusal.code, "errors": {field: [str(refusal.message)]}}
    told["retry_after"] = refusal.retry_after
    if refusal.puzzle is not None:
        told["puzzle"] = {**refusal.puzzle, "worker": static("citizens/proof.js")}
    return told


def _waiting(request: HttpRequest, refusal: Limited, what: str) -> dict[str, Any]:
    return {
        "minutes": -(-refusal.retry_after // 60),
        "seconds": refusal.retry_after,
        "puzzle": json.dumps(_told(refusal)["puzzle"]) if refusal.puzzle else "",
        "multipart": (request.content_type or "").startswith("multipart/"),
        "may_sign_in": citizen_on(request) is None and what in ("report", "upload"),
    }


def _blocked(refusal: Blocked) -> dict[str, Any]:
    told, until = refusal.extra, parse_datetime(refusal.extra["until"])
    return {"until": until and timezone.localtime(until), "why": told["reason"], "token": told["block"]}


def _facts(refusal: Blocked) -> dict[str, str]:
    """For scripts: what the page of the refusal says, and where to appeal."""
    appeal = f"{reverse('citizens:appeal')}?{urlencode({'block': refusal.extra['block']})}"
    ends = _("到 %(until)s 自动恢复。期间仍可以查进度、看自己的信息。") % {"until": _ends(refusal)}
    return {"until": ends, "reason": refusal.extra["reason"], "appeal": appeal}


def _why_blocked(refusal: Blocked) -> str:
    """All of it in one sentence, where there is room for no more."""
    told = {"message": refusal.message, "until": _ends(refusal), "reason": refusal.extra["reason"]}
    return _("%(message)s，到 %(until)s 自动恢复。原因：%(reason)s") % told


def _ends(refusal: Blocked) -> str:
    return format_date(_blocked(refusal)["until"], "n 月 j 日 H:i")


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponseBase:
    large = request.COOKIES.get(LARGE_TYPE) == "large"
    return render(request, f"citizens/abuse/{name}.html", {"large_type": large, "nav": "", **context}, status=status)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, without files; nothing of what is too much to be read for that."""
    if request.method == "GET":
        fields = request.GET
    else:
        size = request.META.get("CONTENT_LENGTH") or ""
        if not size.isdecimal() or int(size) > MOST_READ:
            return []
        # Forms with a token against forgery were read when it was checked.
        with contextlib.suppress(AttributeError):
            request.upload_handlers = [_Dropping(request)]
        try:
            fields = request.POST
        except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent):
            return []
    pairs = [(name, value[:LONGEST_FIELD]) for name, values in fields.lists() for value in values]
    return [(name, value) for name, value in pairs if name not in NOT_KEPT][:MOST_FIELDS]


class _Dropping(FileUploadHandler):
    """Read files on and keep nothing of them."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
