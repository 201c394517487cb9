"""Duty: who is there now, swaps, and hand-overs. Every form here is also a call of the API."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts.models import User
from accounts.selectors import actor_of
from dispatch import services
from dispatch.errors import NotAllowed, NotVisible, PhonesEnough
from dispatch.pages.duty import duty_page
from dispatch.pages.handover import handover_page
from dispatch.pages.swapping import swap_page
from dispatch.rules.rosters import Span
from dispatch.selectors.duty import roster_units
from dispatch.selectors.handovers import handovers_of
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.pages.queue import unit_name

LINES = 30


@method_decorator(never_cache, name="dispatch")
class DutyPageView(LoginRequiredMixin, View):
    """What pages of duty share: only who has a post, and refusals said on the page."""

    request: HttpRequest

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not actor_of(request).posts:
            raise NotAllowed
        return super().dispatch(request, *args, **kwargs)

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        frame = {"nav": "duty", "unit_name": unit_name(self.actor)}
        return render(self.request, f"dispatch/{template}", {**frame, **context}, status=status)

    def refuse(self, refusal: DomainError) -> None:
        messages.error(self.request, "；".join(refusal.texts))

    def tell(self, text: str) -> None:
        messages.success(self.request, text)


class MovedDutyView(RedirectView):
    """Where the list of who is on duty stood before."""

    pattern_name = "dispatch:duty"
    permanent = False


class DutyView(DutyPageView):
    """Who is on duty now at both levels, and what waits for the one who looks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show("duty.html", {"page": duty_page(self.actor)})

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        if told.get("action") == "reveal":
            return self._reveal(told)
        act = ACTS.get(told.get("action", ""))
        if act is None:
            raise Invalid
        try:
            self.tell(act(told, self.actor))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            self.refuse(refusal)
        return redirect("dispatch:duty")

    def _reveal(self, told: QueryDict) -> HttpResponse:
        user_id = number(told, "user")
        try:
            phone = services.reveal_phone(user_id=user_id, reason=told.get("reason", ""), by=self.actor)
        except (Invalid, PhonesEnough) as refusal:
            self.refuse(refusal)
            return redirect("dispatch:duty")
        shown = {"page": duty_page(self.actor), "revealed": user_id, "phone": phone or _("未登记")}
        return self.show("duty.html", shown)


class SwapView(DutyPageView):
    """Ask somebody to take a shift of one's own."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show("swap.html", {"page": swap_page(self.actor, pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        person, _colon, other = request.POST.get("with", "").partition(":")
        partner, partner_watch = whole(person), whole(other)
        if partner is None or (other and partner_watch is None):
            messages.error(request, _("请选择与谁换班"))
            return self._again(pk)
        try:
            services.ask_swap(
                watch_id=pk, partner_id=partner, partner_watch_id=partner_watch,
                reason=request.POST.get("reason", ""), by=self.actor,
            )  # fmt: skip
        except NotVisible:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return self._again(pk)
        self.tell(_("已向对方发出换班申请"))
        return redirect("dispatch:duty")

    def _again(self, pk: int) -> HttpResponse:
        typed = {"reason": self.request.POST.get("reason", ""), "chosen": self.request.POST.get("with", "")}
        return self.show("swap.html", {"page": swap_page(self.actor, pk), **typed}, status=400)


class HandoversView(DutyPageView):
    """The log of hand-overs of the units one sees."""

    def get(self, request: HttpRequest) -> HttpResponse:
        units = [unit for unit in roster_units(self.actor) if unit.kind in ("command_center", "sub_center")]
        wanted = request.GET.get("unit", "")
        chosen = [unit for unit in units if unit.code == wanted] or units
        found = handovers_of([unit.pk for unit in chosen]).filter(due_at__lt=timezone.now() + dt.timedelta(hours=2))
        only = request.GET.get("only", "")
        if only == "open":
            found = found.filter(signed_at=None)
        lines = Paginator(found, LINES).get_page(request.GET.get("page"))
        return self.show("handovers.html", {"lines": lines, "units": units, "wanted": wanted, "only": only})


class HandoverView(DutyPageView):
    """One hand-over: written by who goes, signed by who comes, printed as it stands."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show("handover.html", {"page": handover_page(self.actor, pk)})

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        page, told = handover_page(self.actor, pk), request.POST
        try:
            if told.get("action") == "sign":
                services.sign_handover(handover_id=pk, remark=told.get("remark", ""), by=self.actor)
                self.tell(_("已签收，交接完成"))
            else:
                services.write_handover(
                    handover_id=pk, important=told.get("important", ""), pending=told.get("pending", ""), by=self.actor
                )
                self.tell(_("已交班，等待接班人签收"))
        except DomainError as refusal:
            self.refuse(refusal)
            return self.show("handover.html", {"page": page, "typed": told}, status=refusal.status)
        return redirect("dispatch:handover", pk)


def number(told: QueryDict, name: str) -> int:
    """The number in a field of a form. Raises Invalid."""
    found = whole(told.get(name))
    if found is None:
        raise Invalid(fields={name: [_("请选择")]})
    return found


def moment(told: QueryDict, name: str) -> dt.datetime:
    """A local day and time of a form (``2026-11-22T08:00``). Raises Invalid."""
    try:
        return timezone.make_aware(dt.datetime.fromisoformat(told.get(name, "")).replace(tzinfo=None))
    except ValueError:
        raise Invalid(fields={name: [_("请填写日期和时间")]}) from None


def _take_up(told: QueryDict, by: Actor) -> str:
    services.take_up(watch_id=number(told, "watch"), by=by)
    return _("已上岗")


def _leave_duty(told: QueryDict, by: Actor) -> str:
    services.leave_duty(watch_id=number(told, "watch"), by=by)
    return _("已离岗")


def _answer(told: QueryDict, by: Actor) -> str:
    consents = told.get("yes") == "1"
    services.answer_swap(swap_id=number(told, "swap"), consents=consents, by=by)
    return _("已同意换班") if consents else _("已回复不同意")


def _decide(told: QueryDict, by: Actor) -> str:
    approves = told.get("yes") == "1"
    services.decide_swap(swap_id=number(told, "swap"), approves=approves, by=by)
    return _("已批准换班") if approves else _("已回复不批准")


def _withdraw(told: QueryDict, by: Actor) -> str:
    services.withdraw_swap(swap_id=number(told, "swap"), by=by)
    return _("已撤回换班申请")


def _take_leave(told: QueryDict, by: Actor) -> str:
    user = User.objects.get(pk=by.user_id or 0)
    gone = services.take_leave(user=user, span=Span(moment(told, "starts_at"), moment(told, "ends_at")), by=by)
    return _("已登记请假，涉及 %(shifts)d 个班次，其中 %(stood)d 个由B角代班") % {
        "shifts": len(gone.freed),
        "stood": len(gone.stand_ins),
    }


def _end_leave(told: QueryDict, by: Actor) -> str:
    services.end_leave(leave_id=number(told, "leave"), by=by)
    return _("已撤销请假")


ACTS: Mapping[str, Callable[[QueryDict, Actor], str]] = {
    "take_up": _take_up,
    "leave_duty": _leave_duty,
    "answer": _answer,
    "decide": _decide,
    "withdraw": _withdraw,
    "take_leave": _take_leave,
    "end_leave": _end_leave,
}
