"""The district's page. It reads only."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch.pages.board import board
from relay.selectors import last_sequence
from workorders.errors import NotAllowed


@method_decorator(never_cache, name="dispatch")
class DistrictView(LoginRequiredMixin, LaggingMixin, View):
    """What came up to the district and why. A street sees its own part, nobody else anything."""

    def get(self, request: HttpRequest) -> HttpResponse:
        after = last_sequence()
        actor = actor_of(request)
        if not any(post.unit_id for post in actor.posts):
            raise NotAllowed
        page = board(actor)
        context = {"nav": "district", "board": page, "stream_after": after, "unit_name": page.district}
        return render(request, "dispatch/district.html", context)
