"""The map of the district, and the card of one division on it."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch.pages.map import map_page
from dispatch.selectors.map_card import card, require_staff
from relay.selectors import last_sequence
from workorders.pages.queue import unit_name


@method_decorator(never_cache, name="dispatch")
class MapView(LoginRequiredMixin, LaggingMixin, View):
    """The map with its layers. What it shows is asked for by the script."""

    def get(self, request: HttpRequest) -> HttpResponse:
        after = last_sequence()
        actor = actor_of(request)
        require_staff(actor)
        context = {"nav": "map", "map": map_page(actor), "stream_after": after, "unit_name": unit_name(actor)}
        return render(request, "dispatch/map.html", context)


@method_decorator(never_cache, name="dispatch")
class MapCardView(LoginRequiredMixin, View):
    """One division as a part of the page of the map; without the script, as a page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        told = card(actor_of(request), code)
        name = "dispatch/parts/map_card.html" if request.headers.get("X-Fragment") else "dispatch/map_card.html"
        return render(request, name, {"nav": "map", "card": told})
