"""The page of saved filters. It reads only."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.errors import NotAllowed
from dispatch.pages.filters import views_of
from workorders.pages.queue import unit_name


@method_decorator(never_cache, name="dispatch")
class FiltersView(LoginRequiredMixin, View):
    """One's own in their sequence, and what colleagues share."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        if not actor.posts:
            raise NotAllowed
        context = {"nav": "queue", "views": views_of(actor), "unit_name": unit_name(actor)}
        return render(request, "dispatch/filters.html", context)
