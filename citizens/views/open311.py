"""Pages for who writes programs, and the desk that gives them keys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as said
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.selectors import actor_of
from citizens.api.open311 import base_of
from citizens.pages.open311 import keys_board, reads_keys, spoken, standing_of
from citizens.rules.codes import read, spelled
from citizens.selectors.open311 import public_picture
from citizens.services import api_keys
from citizens.views.base import PublicPage
from citizens.views.following import picture
from citizens.views.guard import limited
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed
from lianqin.kernel.numbers import whole


@method_decorator(limited("api-key"), name="dispatch")
class DevelopersView(PublicPage, TemplateView):
    """How programs speak to us, and the request for a key."""

    template_name = "citizens/open311/developers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{**spoken(base_of(self.request)), "typed": {}, **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("owner", "purpose", "contact")}
        try:
            _key, code = api_keys.ask_for_key(**typed)
        except Invalid as error:
            return self.render_to_response(self.get_context_data(typed=typed, wrong=error.fields), status=error.status)
        # A fragment of its own: a browser would carry that of the form along, into what its owner bookmarks.
        return redirect(reverse("citizens:developer-key", args=[code]) + "#page")


@method_decorator((never_cache, limited("track", ("GET", "POST"))), name="dispatch")
class DeveloperKeyView(PublicPage, TemplateView):
    """Where a request stands; the key itself is shown once, to who brings the code."""

    template_name = "citizens/open311/key.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = api_keys.key_of_code(kwargs["code"])
        told = {"key": key, "standing": standing_of(key), "spelled": spelled(read(kwargs["code"]))}
        return super().get_context_data(**{**told, **kwargs})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            if request.POST.get("do") == "give_up":
                api_keys.give_up_key(code=code)
                return redirect("citizens:developer-key", code=code)
            _key, secret = api_keys.fetch_key(code=code)
        except DomainError as error:
            if error.status == 404:
                raise
            context = self.get_context_data(code=code, refusal=error.message)
            return self.render_to_response(context, status=error.status)
        return self.render_to_response(self.get_context_data(code=code, secret=secret))


@method_decorator(limited("open311-read", ("GET",)), name="dispatch")
class PublicPictureView(View):
    """A blurred copy that everybody may see, at the address that Open311 tells."""

    def get(self, request: HttpRequest, key: UUID) -> HttpResponseBase:
        found = public_picture(key)
        if found is None:
            raise Http404
        response = picture(found.path, "image/jpeg")
        # Not for long: it can be taken back.
        response["Cache-Control"] = "public, max-age=300"
        return response


@method_decorator(never_cache, name="dispatch")
class ApiKeysView(LoginRequiredMixin, TemplateView):
    """One person sets a key up, another lets it into force; either ends it."""

    template_name = "citizens/open311/desk.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = actor_of(self.request)
        if not reads_keys(actor):
            raise NotAllowed
        return super().get_context_data(nav="desk", **{**keys_board(actor), **kwargs})

    def post(self, request: HttpRequest) -> HttpResponse:
        number = whole(request.POST.get("id"), 8) or 0
        try:
            told = self._do(request.POST.get("do", ""), number)
        except Invalid as error:
            said.error(request, "；".join(error.texts))
            context = self.get_context_data(typed=request.POST, typed_id=number)
            return self.render_to_response(context, status=400)
        except DomainError as error:
            if error.status in (403, 404):
                raise
            said.error(request, str(error.message))
            return redirect("desk:api-keys")
        said.success(request, told)
        return redirect("desk:api-keys")

    def _do(self, verb: str, number: int) -> str:
        given, by = self.request.POST, actor_of(self.request)
        if verb == "set_up":
            numbers = {name: whole(given.get(name), 8) or 0 for name in ("per_minute", "per_day", "days")}
            api_keys.set_up_key(key_id=number, by=by, **numbers)
            return _("已提交，等待另一人批准。")
        if verb == "turn_down":
            api_keys.turn_down_key(key_id=number, opinion=given.get("opinion", ""), by=by)
            return _("已回绝，申请人凭查询码能看到原因。")
        if verb in ("approve", "refuse"):
            opinion = given.get("opinion", "")
            api_keys.decide_key(key_id=number, approve=verb == "approve", by=by, opinion=opinion)
            return _("已批准，申请人可以领取密钥了。") if verb == "approve" else _("已退回，请重新设置。")
        if verb == "end":
            api_keys.end_key(key_id=number, by=by)
            return _("已停用，立即生效。")
        raise Invalid
