"""Appealing against being kept out: for anybody, signed in or not, and the answer by a code."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from citizens.rules.codes import spelled
from citizens.selectors.abuse import appeal_by_code
from citizens.services.blocks import LONGEST_WORDS, appeal
from citizens.views.base import PublicPage
from citizens.views.guard import limited
from lianqin.kernel.errors import DomainError


@method_decorator((never_cache, limited("appeal")), name="dispatch")
class AppealView(PublicPage, TemplateView):
    """``block`` in the address is what the page of the refusal gave; without it one is told how to come by it."""

    template_name = "citizens/abuse/appeal.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("token", self.request.GET.get("block", "")[:200])
        kwargs.setdefault("key", uuid.uuid4())
        return super().get_context_data(longest=LONGEST_WORDS, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponseBase:
        token, words = request.POST.get("block", ""), request.POST.get("words", "")
        try:
            key = uuid.UUID(request.POST.get("key", ""))
        except ValueError:
            key = uuid.uuid4()
        try:
            code = appeal(token=token, key=key, words=words)
        except DomainError as refusal:
            over = refusal.status == 404
            wrong = [_("这项限制已经结束，可以照常提交了。")] if over else refusal.texts
            context = self.get_context_data(token=token, words=words, wrong=wrong, over=over, key=key)
            return self.render_to_response(context, status=refusal.status)
        return redirect("citizens:appeal-answer", spelled(code))


@method_decorator((never_cache, limited("track", ("GET",))), name="dispatch")
class AppealAnswerView(PublicPage, TemplateView):
    template_name = "citizens/abuse/answer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = appeal_by_code(kwargs["code"])
        if found is None:
            raise Http404
        return super().get_context_data(appeal=found, **kwargs)
