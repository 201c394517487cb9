"""Re-divisions: the plans, a new one, and the map on which it is drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from grids.ground import in_force
from grids.models import Community, GridKind, GroundPlan, PlanState, Unit
from grids.permissions import Action, can
from grids.selectors import grid_rows, ground_tree
from grids.services import draft_plan, today
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible

PAGE_SIZE = 50
NAMED = 3  # Communities of a plan that the list names.


class Boundaries(ConfigurationPage):
    """Every plan, the newest first, narrowed by state and title."""

    section = "boundaries"

    def get(self, request: HttpRequest) -> HttpResponse:
        text, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
        plans = GroundPlan.objects.select_related("drafted_by", "decided_by").annotate(
            wide=Count("communities", distinct=True), planned=Count("grids", distinct=True)
        )
        if text:
            plans = plans.filter(title__icontains=text)
        if state in PlanState.values:
            plans = plans.filter(state=state)
        page = Paginator(plans.order_by("-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
        rows = grid_rows()
        context = {
            "page": page,
            "lines": [(plan, self._places(names, plan.pk)) for names in [_names(page)] for plan in page],
            "q": text,
            "state": state,
            "states": PlanState.choices,
            "drawn": sum(row.drawn for row in rows),
            "grids": len(rows),
            "may_draft": can(self.actor, Action.DRAFT_BOUNDARIES),
        }
        return self.show("boundaries.html", context)

    def _places(self, names: Mapping[int, list[str]], pk: int) -> str:
        told = names.get(pk, [])
        return "、".join(told[:NAMED]) + (_(" 等 %d 个社区") % len(told) if len(told) > NAMED else "")


def _names(page: Any) -> dict[int, list[str]]:
    """The communities of each plan of a page, in code order. One query."""
    names: dict[int, list[str]] = {}
    found = GroundPlan.objects.filter(pk__in=[plan.pk for plan in page]).order_by("communities__community__code")
    for pk, name in found.values_list("pk", "communities__community__short_name"):
        names.setdefault(pk, []).append(name or "")
    return names


class NewPlan(ConfigurationPage):
    """Choose what is divided anew and the day from which it holds."""

    section = "boundaries"

    def get(self, request: HttpRequest) -> HttpResponse:
        within = request.GET.get("within", "")
        return self._form({"communities": [within] if within else [], "title": "", "effective_on": ""}, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed: dict[str, Any] = {
            "title": request.POST.get("title", ""),
            "effective_on": request.POST.get("effective_on", "").strip(),
            "communities": request.POST.getlist("communities"),
        }
        try:
            day = dt.date.fromisoformat(typed["effective_on"]) if typed["effective_on"] else None
        except ValueError:
            return self._form(typed, {"effective_on": [_("请填写日期，如 2027-01-01")]}, 400)
        streets = [code for code in typed["communities"] if len(code) == len("320111001")]
        communities = [code for code in typed["communities"] if code not in streets]
        try:
            plan = draft_plan(
                title=typed["title"], effective_on=day, communities=communities, streets=streets, by=self.actor
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._form(typed, refusal.fields or {"title": [refusal.message]}, refusal.status)
        return redirect("configuration:boundary", pk=plan.pk)

    def _form(self, typed: dict[str, Any], faults: Mapping[str, Any], status: int = 200) -> HttpResponse:
        if not can(self.actor, Action.DRAFT_BOUNDARIES):
            raise NotAllowed
        tomorrow = today() + dt.timedelta(days=1)
        context = {"tree": ground_tree(grid_rows()), "typed": typed, "faults": faults, "tomorrow": tomorrow}
        return self.show("boundary_new.html", context, status)


class Boundary(ConfigurationPage):
    """The map of one plan; what is done on it goes through the API."""

    section = "boundaries"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        plan = GroundPlan.objects.filter(pk=pk).first()
        if plan is None:
            raise NotVisible
        communities = Community.objects.filter(in_force(), code__in=plan.communities.values("community__code"))
        streets = sorted(set(communities.values_list("street__code", flat=True)))
        units = Unit.objects.filter(active=True).order_by("code")
        context = {
            "plan": plan,
            "streets": ",".join(streets),
            "kinds": GridKind.choices,
            "units": units if can(self.actor, Action.DRAFT_BOUNDARIES) else (),
        }
        return self.show("boundary.html", context)
