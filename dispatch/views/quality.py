"""How good suggestions are, for street and district. It reads only."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch.pages.quality import quality_page
from workorders.pages.queue import unit_name


@method_decorator(never_cache, name="dispatch")
class SuggestionsView(LoginRequiredMixin, LaggingMixin, View):
    """For who sees all orders of a street or of the district."""

    def get(self, request: HttpRequest) -> HttpResponse:
        actor = actor_of(request)
        shown = quality_page(actor, request.GET.dict())
        context = {"nav": "suggestions", "quality": shown, "page": shown.page, "unit_name": unit_name(actor)}
        return render(request, "dispatch/suggestions.html", context)
