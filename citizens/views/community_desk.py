"""Pages of workstations about their citizens: who is what here, teams and their evenings."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from citizens.models import LIVE, Standing, StandingRole, StandingState
from citizens.selectors.community import communities_run_by, run_by, runs_communities, sent_key
from citizens.services.standing import decide_standing, end_standing
from citizens.views.desk import DeskPage
from grids.models import Community
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

PAGE = 50


class CommunityDesk(DeskPage):
    """For whoever works at a workstation, or at the centre above it. A page shows itself in ``context``."""

    template = ""

    def may(self, actor: Actor) -> bool:
        return runs_communities(actor)

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        raise NotImplementedError

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        """Do what was asked for and say what was done. Raises DomainError."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.page(200, **kwargs)

    def page(self, status: int, **kwargs: Any) -> HttpResponse:
        return self.show(f"desk/{self.template}", status, **{**self.context(self.actor, **kwargs), **self.extra})

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.extra: dict[str, Any] = {}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actor = self.actor
        try:
            said = self.do(request.POST.get("do", ""), actor, **kwargs)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            self.extra = {"faults": refusal.texts, "wrong": refusal.fields, "typed": request.POST}
            return self.page(refusal.status, **kwargs)
        messages.success(request, said)
        return redirect(request.get_full_path())


class StandingsView(CommunityDesk):
    """Who asked to be what, and who is."""

    template = "standings"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        role, chosen = self.request.GET.get("role", ""), self.request.GET.get("community", "")
        rows = Standing.objects.filter(community__in=Community.objects.filter(run_by(actor)), state__in=LIVE)
        if role in StandingRole.values:
            rows = rows.filter(role=role)
        if (community := whole(chosen)) is not None:
            rows = rows.filter(community=community)
        rows = rows.select_related("community", "user__contact")
        asked = list(rows.filter(state=StandingState.ASKED).order_by("pk")[: PAGE * 2])
        page = Paginator(rows.filter(state=StandingState.CONFIRMED).order_by("-pk"), PAGE).get_page(
            self.request.GET.get("page")
        )
        return {
            "asked": asked, "page": page, "roles": StandingRole.choices, "role": role, "chosen": chosen,
            "communities": communities_run_by(actor),
        }  # fmt: skip

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        form = self.request.POST
        key = sent_key(form.get("standing"))
        if deed == "end":
            end_standing(standing_id=key, by=actor, reason=form.get("reason", ""))
            return _("已结束")
        decide_standing(
            standing_id=key, confirm=deed == "confirm", by=actor, adult=form.get("adult") == "on",
            until=date_of(form.get("until", "")), reason=form.get("reason", ""),
        )  # fmt: skip
        return _("已确认") if deed == "confirm" else _("已答复申请人")


def date_of(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
