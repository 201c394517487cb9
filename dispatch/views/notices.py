"""The list of notices. It reads only."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from accounts.views import LaggingMixin
from dispatch.errors import NotAllowed
from dispatch.selectors import notice_page
from relay.selectors import last_sequence
from workorders.pages.queue import unit_name


@method_decorator(never_cache, name="dispatch")
class NoticesView(LoginRequiredMixin, LaggingMixin, View):
    """What my units and I were told, newest first. Marking as read goes through the API."""

    def get(self, request: HttpRequest) -> HttpResponse:
        after = last_sequence()
        actor = actor_of(request)
        if actor.officer:
            raise NotAllowed
        before = request.GET.get("before", "")
        page = notice_page(actor, before=int(before) if before.isdecimal() and len(before) < 19 else None)
        context = {"nav": "notices", "notices": page, "stream_after": after, "unit_name": unit_name(actor)}
        return render(request, "dispatch/notices.html", context)
