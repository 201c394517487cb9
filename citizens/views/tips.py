"""Tips: sent by anybody, followed by code. The code never stands in an address: no log and no history keeps it."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.selectors import client_ip
from citizens.models import Pays
from citizens.rules.codes import read, spelled
from citizens.selectors.rulebooks import kinds_in_force
from citizens.services import tips
from citizens.services.limits import within
from citizens.services.sessions import citizen_on
from citizens.views.base import PublicPage
from lianqin.kernel.errors import DomainError, Invalid

SENT, LOOKUPS, IN_SECONDS = 10, 60, 3600
TYPED = ("client_key", "kind", "words", "place")


@method_decorator(never_cache, name="dispatch")
class TipsView(PublicPage, TemplateView):
    template_name = "citizens/tips/send.html"
    nav = "report"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("typed", {"client_key": str(uuid.uuid4())})
        return super().get_context_data(
            kinds=kinds_in_force(), longest=tips.LONGEST, signed_in=citizen_on(self.request) is not None, **kwargs
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """The answer is the page with the code itself: sent again, the same form gives the same code."""
        typed = {name: request.POST.get(name, "") for name in TYPED}
        try:
            if not within("tips", client_ip(request) or "", most=SENT, seconds=IN_SECONDS):
                return self._again(
                    typed, {"words": [_("这个网络今天提交得太多了，请一小时后再试；您写的还在这里")]}, 429
                )
            tip, code = tips.send_tip(
                client_key=_key_of(typed["client_key"]), kind=typed["kind"], words=typed["words"], place=typed["place"]
            )
        except DomainError as refusal:
            return self._again(typed, refusal.fields or {"words": [refusal.message]}, refusal.status)
        context = self.get_context_data(spelled=spelled(code), kind=tips.kind_of(tip))
        return _quiet(self.response_class(request, ["citizens/tips/sent.html"], context))

    def _again(self, typed: dict[str, str], wrong: dict[str, Any], status: int) -> HttpResponse:
        if not typed["client_key"]:
            typed["client_key"] = str(uuid.uuid4())
        return _quiet(self.render_to_response(self.get_context_data(typed=typed, wrong=wrong), status=status))


@method_decorator(never_cache, name="dispatch")
class TipView(PublicPage, TemplateView):
    """What became of a tip, for who types its code; points are taken here, cash at the desk."""

    template_name = "citizens/tips/ask.html"
    nav = "track"

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST.get("code", "")[:40]
        if not within("tip-code", client_ip(request) or "", most=LOOKUPS, seconds=IN_SECONDS):
            wrong = _("查得太频繁了，请一小时后再试。")
            return _quiet(self.render_to_response(self.get_context_data(typed=typed, wrong=wrong), status=429))
        told: dict[str, Any] = {}
        status = 200
        try:
            if request.POST.get("do") == "take":
                told["taken"] = self._take(request, typed)
            tip = tips.tip_by_code(typed)
        except DomainError as refusal:
            status, told["wrong"] = refusal.status, refusal.message
            try:
                tip = tips.tip_by_code(typed)
            except DomainError:
                context = self.get_context_data(typed=typed, **told)
                return _quiet(self.render_to_response(context, status=status))
        reward = getattr(tip, "reward", None)
        due = reward is not None and reward.approved_at is not None and reward.paid_at is None
        context = self.get_context_data(
            tip=tip, kind=tips.kind_of(tip), reward=reward if reward and reward.approved_at else None, due=due,
            code=spelled(read(typed)), by_points=reward is not None and reward.pays == Pays.POINTS,
            me=citizen_on(request), **told,
        )  # fmt: skip
        return _quiet(self.response_class(request, ["citizens/tips/one.html"], context, status=status))

    def _take(self, request: HttpRequest, code: str) -> int:
        user = citizen_on(request)
        if user is None:
            raise Invalid(_("请先用手机号登录，再回到这里输入线索码领取积分"))
        return tips.take_points(code=code, user_id=user.pk)


def _key_of(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError as error:
        raise Invalid(fields={"words": [_("请刷新页面后再提交")]}) from error


def _quiet(response: HttpResponse) -> HttpResponse:
    """Django logs refusals; of tips nothing is logged at all."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
