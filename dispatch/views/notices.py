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
from dispatch.models import Gravity
from dispatch.rules.kinds import KINDS, label_of
from dispatch.rules.messages import grouped
from dispatch.selectors import notice_page
from lianqin.kernel.numbers import whole
from relay.permissions import reads_messages
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
        asked = {name: request.GET.get(name, "") for name in ("gravity", "kind", "unread")}
        page = notice_page(
            actor,
            before=whole(request.GET.get("before")),
            gravity=asked["gravity"] if asked["gravity"] in Gravity.values else "",
            kind=asked["kind"] if asked["kind"] in KINDS else "",
            only_unread=bool(asked["unread"]),
        )
        context = {
            "nav": "notices",
            "notices": page,
            "asked": asked,
            "narrowed": any(asked.values()),
            "tabs": [(value, label, page.unread.of.get(value, 0)) for value, label in reversed(Gravity.choices)],
            "groups": [(title, [(kind, label_of(kind)) for kind in kinds]) for title, kinds in grouped()],
            "sees_messages": reads_messages(actor),
            "stream_after": after,
            "unit_name": unit_name(actor),
        }
        return render(request, "dispatch/notices.html", context)
