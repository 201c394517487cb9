"""Tips, for the few who may open them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citizens.models import Tip, TipReward
from citizens.permissions import may_read_tips
from citizens.services import tips
from citizens.views.desk import DeskPage
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE = 30


class TipsPage(DeskPage):
    def may(self, actor: Actor) -> bool:
        return may_read_tips(actor)


class TipsDeskView(TipsPage):
    """Which there are, without a word of them; and the counter where cash is paid."""

    def get(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        found = Tip.objects.select_related("rulebook", "reward", "order").order_by("-id")
        page = Paginator(found, PAGE).get_page(request.GET.get("page"))
        rows = [(tip, tips.kind_of(tip), getattr(tip, "reward", None)) for tip in page]
        return self.show("desk/tips", status, page=page, rows=rows, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.POST.get(name, "") for name in ("code", "cash_number")}
        try:
            paid = tips.pay_cash(by=self.actor, **typed)
        except DomainError as refusal:
            if isinstance(refusal, NotAllowed):
                raise
            return self.get(request, refusal.status, faults=refusal.texts, typed=typed)
        messages.success(request, _("已登记发放 %d 元") % paid.amount)
        return redirect("desk:tips-desk")


class TipDeskView(TipsPage):
    """One tip: its words only for a reason, and only on this answer."""

    def get(self, request: HttpRequest, pk: int, status: int = 200, **context: Any) -> HttpResponse:
        tip = Tip.objects.filter(pk=pk).select_related("rulebook", "order", "decided_by").first()
        if tip is None:
            raise NotVisible
        reward = TipReward.objects.filter(tip=tip).select_related("proposed_by", "approved_by").first()
        return self.show(
            "desk/tip", status, tip=tip, kind=tips.kind_of(tip), reward=reward, me=self.actor.user_id, **context
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor, did = self.actor, request.POST.get("do", "")
        try:
            if did == "read":
                opened = tips.read_tip(tip_id=pk, reason=request.POST.get("reason", ""), by=actor)
                return self.get(request, pk, opened=opened)
            self._do(did, pk, actor, request.POST.dict())
        except NotVisible:
            raise
        except DomainError as refusal:
            return self.get(request, pk, refusal.status, faults=refusal.texts, typed=request.POST.dict())
        return redirect("desk:tip-desk", pk=pk)

    def _do(self, did: str, pk: int, actor: Actor, told: dict[str, str]) -> None:
        if did in ("proven", "unproven"):
            tips.decide_tip(tip_id=pk, proven=did == "proven", answer=told.get("answer", ""), by=actor)
        elif did == "order":
            tips.order_from_tip(tip_id=pk, title=told.get("title", ""), address=told.get("address", ""), by=actor)
        elif did == "propose":
            amount = whole(told.get("amount"), 9) or 0
            tips.propose_reward(tip_id=pk, amount=amount, reason=told.get("reason", ""), by=actor)
        elif did in ("approve", "refuse"):
            tips.decide_reward(tip_id=pk, approve=did == "approve", by=actor, seen=_moment(told.get("seen", "")))


def _moment(typed: str) -> dt.datetime | None:
    """Raises Conflict for what is none."""
    try:
        return dt.datetime.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Conflict(_("请刷新页面后再试")) from error
