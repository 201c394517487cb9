"""The shop: anybody may look, who signed in may change points for things."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from citizens.models import Reward
from citizens.pages.points import earnings
from citizens.selectors.shop import balance_of, offered, taken_by
from citizens.services.redemptions import redeem
from citizens.services.sessions import citizen_on
from citizens.views.base import PublicPage
from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole

AN_HOUR = 3600


@method_decorator(never_cache, name="dispatch")
class ShopView(PublicPage, TemplateView):
    template_name = "citizens/points/shop.html"
    nav = "me"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = citizen_on(self.request)
        return super().get_context_data(
            me=user, balance=balance_of(user.pk) if user else 0, rewards=list(offered(clock.now())),
            earnings=earnings(), **kwargs,
        )  # fmt: skip


@method_decorator(never_cache, name="dispatch")
class RewardView(PublicPage, TemplateView):
    """One thing, and the button that changes points for it."""

    template_name = "citizens/points/reward.html"
    nav = "me"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, now = citizen_on(self.request), clock.now()
        reward = Reward.objects.filter(key=kwargs["key"], is_offered=True).select_related("pickup").first()
        if reward is None:
            raise Http404
        told: dict[str, Any] = {"reward": reward, "me": user, "client_key": uuid.uuid4()}
        if user is not None:
            balance, taken = balance_of(user.pk), taken_by(user.pk, reward)
            told |= {"balance": balance, "left": balance - reward.price, "missing": max(0, reward.price - balance)}
            told["is_limit_reached"] = taken >= reward.per_person
        told["is_early"] = now < reward.from_at
        told["is_over"] = reward.until_at is not None and now >= reward.until_at
        return super().get_context_data(**told, **kwargs)

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
        user = citizen_on(request)
        if user is None:
            return redirect("citizens:me")
        reward = Reward.objects.filter(key=key).first()
        if reward is None:
            raise Http404
        try:
            voucher = redeem(
                reward_id=reward.pk, user_id=user.pk, client_key=_key_of(request),
                seen_price=whole(request.POST.get("price"), 9),
            )  # fmt: skip
        except DomainError as refusal:
            context = self.get_context_data(key=key, wrong=refusal.message)
            return self.render_to_response(context, status=refusal.status)
        return redirect("citizens:voucher", key=voucher.key)


class RewardPictureView(View):
    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
        reward = Reward.objects.filter(key=key, is_offered=True).exclude(picture="").first()
        if reward is None:
            raise Http404
        try:
            # A small one, made anew when it came in.
            with default_storage.open(reward.picture) as file:
                response = HttpResponse(file.read(), content_type="image/jpeg")
        except FileNotFoundError as error:
            raise Http404 from error
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = f"public, max-age={AN_HOUR}"
        return response


def _key_of(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_key", ""))
    except ValueError as error:
        raise Invalid(_("请刷新页面后再试")) from error
