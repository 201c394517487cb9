"""The shop from behind: what is offered, what lies on the shelf, and who comes with a voucher."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Redemption, RedemptionState, Reward
from citizens.permissions import hands_out, may_hand_out, may_set_rewards
from citizens.rules.codes import read, spelled
from citizens.selectors.shop import all_rewards
from citizens.services.limits import within
from citizens.services.redemptions import cancel_for, hand_out, voucher_by_code
from citizens.services.shop import count_stock, receive_stock, save_reward
from citizens.views.desk import DeskPage
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE, MOVES = 30, 40
TRIES, IN_SECONDS = 300, 3600
FIGURES = ("price", "per_person", "kept_days")


class ShopPage(DeskPage):
    """For who runs the shop."""

    def may(self, actor: Actor) -> bool:
        return may_set_rewards(actor)


class ShopDeskView(ShopPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(all_rewards(), PAGE).get_page(request.GET.get("page"))
        return self.show("desk/shop", page=page)


class RewardDeskView(ShopPage):
    """Enter a reward, change it, receive and count."""

    def get(self, request: HttpRequest, pk: int | None = None, status: int = 200, **context: Any) -> HttpResponse:
        reward = _reward(pk)
        moves = reward.moves.select_related("by").order_by("-id")[:MOVES] if reward else []
        stations = Unit.objects.filter(kind="workstation", active=True).order_by("code")
        typed = context.pop("typed", None) or _typed_of(reward)
        return self.show("desk/reward", status, reward=reward, moves=moves, stations=stations, typed=typed, **context)

    def post(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        actor, did = self.actor, request.POST.get("do", "save")
        try:
            if did == "save" or pk is None:
                told, picture = _told(request), request.FILES.get("picture")
                pk = save_reward(reward_id=pk, told=told, by=actor, picture=picture).pk
                messages.success(request, _("已保存"))
            elif did == "receive":
                receive_stock(
                    reward_id=pk, number=_number(request, "number"), note=request.POST.get("note", ""), by=actor
                )
                messages.success(request, _("已入库"))
            else:
                move = count_stock(
                    reward_id=pk, found=_number(request, "found"), note=request.POST.get("note", ""), by=actor
                )
                messages.success(request, _("盘点已记录，差额 %+d") % move.delta)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            typed = request.POST.dict() if did == "save" else None
            return self.get(request, pk, refusal.status, typed=typed, wrong=refusal.fields)
        return redirect("desk:shop-reward", pk=pk)


class VouchersView(DeskPage):
    """Who hands out: a code is typed or scanned, the thing goes over the counter, once."""

    def may(self, actor: Actor) -> bool:
        return hands_out(actor)

    def get(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        actor, code = self.actor, request.GET.get("code", "") or request.POST.get("code", "")
        voucher = None
        if code:
            try:
                voucher = self._voucher(actor, code)
            except DomainError as refusal:
                status = max(status, refusal.status)
                context.setdefault("faults", [refusal.message])
        waiting = Redemption.objects.filter(state=RedemptionState.ISSUED).select_related("reward__pickup")
        if not may_set_rewards(actor):
            waiting = waiting.filter(reward__pickup__in=actor.unit_ids)
        page = Paginator(waiting.order_by("expires_at"), PAGE).get_page(request.GET.get("page"))
        return self.show(
            "desk/vouchers", status, voucher=voucher, typed=code[:40], code=spelled(read(code)) if voucher else "",
            page=page, now=clock.now(), **context,
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, did = self.actor, request.POST.get("do", "")
        code = request.POST.get("code", "")
        try:
            if did == "cancel":
                done = cancel_for(code=code, reason=request.POST.get("reason", ""), by=actor)
                messages.success(request, _("已取消，%d 分退回原主") % done.price)
            elif did == "hand":
                done = hand_out(code=code, by=actor)
                messages.success(request, _("“%s”已发放") % done.reward.name)
            else:
                return redirect(f"{reverse('desk:vouchers')}?code={spelled(read(code)) or code[:40]}")
        except DomainError as refusal:
            return self.get(request, refusal.status, faults=refusal.texts)
        return redirect("desk:vouchers")

    def _voucher(self, actor: Actor, code: str) -> Redemption:
        """Raises NotVisible for what is not handed out here, too: a code tells nothing elsewhere."""
        if not within("voucher", str(actor.user_id), most=TRIES, seconds=IN_SECONDS):
            raise NotAllowed(_("查得太频繁了，请过一会儿再试"))
        voucher = voucher_by_code(code)
        if not may_hand_out(actor, voucher.reward.pickup_id):
            raise NotAllowed(_("这份物品在“%s”领取") % voucher.reward.pickup.name)
        return voucher


def _reward(pk: int | None) -> Reward | None:
    if pk is None:
        return None
    found = Reward.objects.filter(pk=pk).select_related("pickup").first()
    if found is None:
        raise NotVisible
    return found


def _typed_of(reward: Reward | None) -> dict[str, Any]:
    if reward is None:
        return {"per_person": 1, "kept_days": 15, "from_at": _local(clock.now())}
    return {
        "name": reward.name, "about": reward.about, "price": reward.price, "per_person": reward.per_person,
        "kept_days": reward.kept_days, "pickup": reward.pickup.code, "from_at": _local(reward.from_at),
        "until_at": _local(reward.until_at), "is_offered": reward.is_offered,
    }  # fmt: skip


def _told(request: HttpRequest) -> dict[str, Any]:
    told: dict[str, Any] = {name: request.POST.get(name, "") for name in ("name", "about", "pickup")}
    told |= {name: _number(request, name) for name in FIGURES}
    told |= {name: _moment(request.POST.get(name, "")) for name in ("from_at", "until_at")}
    return {**told, "is_offered": request.POST.get("is_offered") == "on"}


def _number(request: HttpRequest, name: str) -> int:
    """What was typed, or what no rule allows."""
    figure = whole(request.POST.get(name, "").strip(), 9)
    return -1 if figure is None else figure


def _moment(typed: str) -> dt.datetime | None:
    try:
        return timezone.make_aware(dt.datetime.fromisoformat(typed))
    except ValueError:
        return None


def _local(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""
