"""The district's page, and handing an order down from it."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch.errors import NotVisible
from dispatch.pages.accounts import NAMES
from dispatch.pages.board import board
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError
from relay.selectors import last_sequence
from workorders import services
from workorders.errors import NotAllowed
from workorders.models import WorkOrder


@method_decorator(never_cache, name="dispatch")
class DistrictView(LoginRequiredMixin, LaggingMixin, View):
    """What waits for a decision, what came up and why, who took how long. A street sees its own part."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return shown(request, _commander(request))


@method_decorator(never_cache, name="dispatch")
class HandDownView(LoginRequiredMixin, View):
    """Hand an order down to its street, from the dialog of the district's page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("dispatch:district")

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = _commander(request)
        order = WorkOrder.objects.filter(number=request.POST.get("number", "")[:24]).only("pk").first()
        if order is None:
            raise NotVisible
        data = {"reason": request.POST.get("reason", "")}
        try:
            services.advance(order_id=order.pk, action="hand_down", by=actor, data=data)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return shown(request, actor, refusal)
        return redirect("dispatch:district")


def _commander(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not any(post.unit_id for post in actor.posts):
        raise NotAllowed
    return actor


def shown(request: HttpRequest, actor: Actor, refusal: DomainError | None = None) -> HttpResponse:
    """The page; after a refusal it says why, and keeps what was typed."""
    after = last_sequence()
    page = board(actor)
    context = {
        "nav": "district",
        "board": page,
        "phases": [(phase.value, label) for phase, label in NAMES.items()],
        "stream_after": after,
        "unit_name": page.district,
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "dispatch/district.html", context, status=refusal.status if refusal else 200)
