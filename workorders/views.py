"""Pages of orders. They read; every change goes through the API."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from lianqin.kernel import clock
from relay.selectors import last_sequence
from workorders.api.wholes import whole_order
from workorders.errors import NotAllowed
from workorders.pages.order import page_of, timeline
from workorders.pages.queue import Wish, queue, unit_name
from workorders.pages.report import report_page
from workorders.registry import strips


@method_decorator(never_cache, name="dispatch")
class QueueView(LoginRequiredMixin, LaggingMixin, View):
    """The workbench, with an order open when the address names one.

    ``X-Fragment`` asks for its parts alone (``1``), or for those of the order (``order``), which are there sooner.
    """

    def get(self, request: HttpRequest, number: str = "") -> HttpResponse:
        after = last_sequence()
        actor = actor_of(request)
        if actor.officer:
            return redirect(settings.LIANQIN_OFFICER_HOMES.get(actor.officer, "admin:index"))
        now = clock.now()
        context: dict[str, Any] = {"nav": "queue", "stream_after": after, "now": now}
        if number:
            context["page"] = page_of(whole_order(actor, number), actor, now)
        wanted = request.headers.get("X-Fragment")
        if number and wanted == "order":
            return render(request, "workorders/order_parts.html", context)
        context["queue"] = queue(actor, Wish.of(request.GET), number, now)
        context["unit_name"] = context["queue"].unit
        context["strips"] = strips(actor, request.GET.urlencode())
        return render(request, "workorders/bench_parts.html" if wanted == "1" else "workorders/bench.html", context)

    def may_lag(self, **kwargs: Any) -> bool:
        """An order that one is about to act on is shown as it is."""
        return "number" not in kwargs


class NewReportView(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        if not actor.tokens("report_orders"):
            raise NotAllowed
        context = {"nav": "new", "report": report_page(actor), "unit_name": unit_name(actor)}
        return render(request, "workorders/new.html", context)


class PrintView(LoginRequiredMixin, View):
    """An order on paper, history from the beginning."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        actor = actor_of(request)
        order = whole_order(actor, number)
        context = {"page": page_of(order, actor), "history": timeline(order, [], actor, oldest_first=True)}
        return render(request, "workorders/print.html", context)
