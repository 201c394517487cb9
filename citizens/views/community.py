"""What one is to a community: to ask for, to see, to end; and the way to evenings, remarks and matters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from accounts.models import User
from accounts.selectors import actor_of
from citizens.models import LIVE, StandingRole
from citizens.selectors.community import all_communities, person, sent_key, standings_of
from citizens.services.sessions import citizen_on
from citizens.services.standing import ask_for_standing, end_standing
from citizens.views.base import PublicPage
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotSignedIn
from lianqin.kernel.numbers import whole


@method_decorator(never_cache, name="dispatch")
class CommunityPage(PublicPage, TemplateView):
    """Anybody may look; who does something is signed in as a citizen. ``done`` says where a deed leads."""

    nav = "home"
    done = "citizens:community"

    def citizen(self) -> User | None:
        return citizen_on(self.request)

    def actor(self) -> Actor:
        """Raises NotSignedIn."""
        if self.citizen() is None:
            raise NotSignedIn
        return actor_of(self.request)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.citizen() is None:
            return HttpResponseRedirect(reverse("citizens:me"))
        try:
            said = self.do(request.POST.get("do", ""), **kwargs)
        except DomainError as refusal:
            return self.refused(refusal, **kwargs)
        if said:
            messages.success(request, said)
        return self.after(**kwargs)

    def do(self, deed: str, **kwargs: Any) -> str:
        """Do what was asked for and say what was done. Raises DomainError."""
        raise NotImplementedError

    def after(self, **kwargs: Any) -> HttpResponseBase:
        return HttpResponseRedirect(reverse(self.done, kwargs=kwargs))

    def refused(self, refusal: DomainError, **kwargs: Any) -> HttpResponse:
        context = self.get_context_data(wrong=refusal.fields, faults=refusal.texts, typed=self.request.POST, **kwargs)
        return self.render_to_response(context, status=refusal.status)


class NeighbourhoodView(CommunityPage):
    template_name = "citizens/community/start.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.citizen()
        told: dict[str, Any] = {"me": me, "roles": StandingRole.choices}
        if me is not None:
            own = list(standings_of(me.pk)[:20])
            told["live"] = [each for each in own if each.state in LIVE]
            told["over"] = [each for each in own if each.state not in LIVE]
            told["communities"] = all_communities()
        return super().get_context_data(**told, **kwargs)

    def do(self, deed: str, **kwargs: Any) -> str:
        by, form = self.actor(), self.request.POST
        if deed == "end":
            end_standing(standing_id=sent_key(form.get("standing")), by=by)
            return _("已结束")
        ask_for_standing(
            user_id=person(by), community_id=whole(form.get("community")) or 0, role=form.get("role", ""),
            note=form.get("note", ""),
        )  # fmt: skip
        return _("已经交给社区核实，结果会短信告诉您")
