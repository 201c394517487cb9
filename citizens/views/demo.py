"""A telephone for who looks at a demonstration: the messages that its gateway took."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from citizens.views.base import PublicPage
from relay.services.sink import lately_taken
from workorders.rules.masking import mask_phone

CODE, OTHERS = re.compile(r"验证码 \d{6}"), 20


@method_decorator(never_cache, name="dispatch")
class MessagesView(PublicPage, TemplateView):
    template_name = "citizens/me/demo_messages.html"
    nav = "me"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.LIANQIN_DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        taken = [
            (mask_phone(each.to), each.text, dt.datetime.fromtimestamp(each.at, dt.UTC)) for each in lately_taken()
        ]
        # What staff is sent all the time would push the one code out of sight.
        codes = [each for each in taken if CODE.match(each[1])]
        others = [each for each in taken if each not in codes]
        return super().get_context_data(codes=codes, others=others[:OTHERS], **kwargs)
