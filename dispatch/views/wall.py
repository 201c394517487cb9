"""The wall of a command centre. It reads only."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.selectors.wall import wall_place, walls_of
from dispatch.selectors.wall_snapshot import wall_snapshot


@method_decorator(never_cache, name="dispatch")
class WallView(LoginRequiredMixin, View):
    """Rendered with its figures; what happens afterwards it asks for itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        place = wall_place(actor, request.GET.get("street", "")[:12])
        shown = wall_snapshot(place)
        context = {
            "nav": "wall",
            "wall": shown.body,
            "walls": walls_of(actor),
            "chosen": "" if place.is_district else place.code,
            "etag": shown.etag,
            "stream_after": shown.body["sequence"],
        }
        return render(request, "dispatch/wall.html", context)
