"""``/intake/v1/<platform>/reports/``: where other systems bring their reports, signed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from accounts.api.problems import Refusal, as_refusal, internal, problem_response
from accounts.selectors import client_ip
from citizens.errors import TooLarge
from citizens.models import IntakeState
from citizens.services.door import MOST_BYTES, receive
from citizens.services.intake import Taken


@method_decorator(csrf_exempt, name="dispatch")
class IntakeView(View):
    """201 with the order's number; 200 for a repeat with the first one's; 202 while a person must look at it.

    Also 200 for what a person gave up: it is not looked at again.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if request.method != "POST":
                raise Refusal(405, "method_not_allowed", "此地址只接受 POST")
            return self.answer(request, kwargs["platform"])
        except Exception as error:  # noqa: BLE001 — every fault is answered as problem details
            refusal = as_refusal(error) or internal(request)
        return problem_response(refusal, path=request.path)

    def answer(self, request: HttpRequest, code: str) -> JsonResponse:
        taken = receive(
            code=code,
            method="POST",
            path=request.path,
            query=request.META.get("QUERY_STRING", ""),
            headers=request.headers,
            body=_body(request),
            address=client_ip(request) or "",
        )
        return JsonResponse(_told(taken), status=_status(taken), json_dumps_params={"ensure_ascii": False})


def _body(request: HttpRequest) -> bytes:
    """At most as much as may come, whatever the headers say."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise TooLarge
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge
    return body


def _status(taken: Taken) -> int:
    if taken.order is None:
        return 200 if _is_given_up(taken) else 202
    return 201 if taken.is_new else 200


def _is_given_up(taken: Taken) -> bool:
    return taken.message.state == IntakeState.DISCARDED


def _told(taken: Taken) -> dict[str, Any]:
    return {
        "external_ref": taken.message.external_ref,
        "number": taken.order.number if taken.order is not None else None,
        "state": "accepted" if taken.order is not None else "discarded" if _is_given_up(taken) else "waiting",
        "changed": taken.changed,
        "notes": taken.message.notes,
    }
