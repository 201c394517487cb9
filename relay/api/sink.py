"""A gateway of the demonstration: takes what the example channels send, says so, keeps short messages for minutes.

What arrived is what the log of messages shows; codes for citizens stand in no log, but on a page of the demonstration.
Outside of demonstrations there is neither.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from relay.models import ChannelKind
from relay.services.sink import keep_taken

SEEN_SECONDS = 24 * 3600
LARGEST = 16 * 1024


@method_decorator(csrf_exempt, name="dispatch")
class DemoGateway(View):
    """``/demo/gateway/<kind>/``: answers like the receiver of that kind; a key that came before is said to be known."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        if not settings.LIANQIN_DEMO:
            raise Http404
        key = request.headers.get("Idempotency-Key", "")[:120]
        try:
            body: Any = json.loads(request.body[:LARGEST])
        except ValueError:
            return JsonResponse({"errcode": 40008, "errmsg": "not json"})
        if not key or not isinstance(body, dict):
            return JsonResponse({"errcode": 40058, "errmsg": "nothing to send"})
        is_new = cache.add(f"demo-gateway:{key}", 1, SEEN_SECONDS)
        if is_new and kind == ChannelKind.SMS:
            keep_taken(to=str(body.get("phone", "")), text=str(body.get("content", "")))
        return JsonResponse(
            {"errcode": 0, "errmsg": "演示网关已收到" if is_new else "演示网关早已收到，未重复", "kind": kind}
        )
