"""The list in force, or any version of it; who is responsible here; what arbitrations taught."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.models import ResponsibilityVersion
from catalogue.permissions import Action, can
from catalogue.rules import Level
from catalogue.selectors import category_tree, open_proposals, responsible, spot_of_place, spot_of_point
from catalogue.selectors.list_checks import items_of
from catalogue.selectors.lists import book
from catalogue.services import accept_responsibility, refuse_responsibility
from configuration.pages.base import ConfigurationPage
from configuration.pages.responsibilities.words import filtered, options, paged, read_day_or_none
from grids.ground import ground, in_force
from grids.models import Grid
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotVisible
from lianqin.kernel.numbers import whole

ASKED = ("domain", "level", "street", "lead", "q", "on")


class Responsibilities(ConfigurationPage):
    section = "responsibilities"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").strip()[:60] for name in ASKED}
        known = book()
        try:
            day = read_day_or_none(asked["on"]) or known.today
        except Invalid:
            day, asked["on"] = known.today, ""
        listed = known.version_on(day)
        version = (
            ResponsibilityVersion.objects.select_related("decided_by").filter(pk=listed.pk).first() if listed else None
        )
        items = items_of(version) if version else []
        found = filtered(items, asked)
        context = {
            "tab": "list",
            "version": version,
            "day": day,
            "asked": asked,
            "filtered": any(asked.values()),
            "all": len(items),
            "count": len(found),
            "page": paged(found, request.GET.get("page", "1")),
            "may_draft": can(self.actor, Action.DRAFT_RESPONSIBILITIES),
            **options(),
        }
        return self.show("responsibilities/list.html", context)


class WhoIsResponsible(ConfigurationPage):
    """A point or a grid, a matter: both levels, with the rule that decided and why the others did not."""

    section = "responsibilities"

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.GET.get(name, "").strip()[:24] for name in ("lon", "lat", "grid", "category", "on")}
        context: dict[str, Any] = {"tab": "who", "typed": typed, "tree": category_tree()}
        if not typed["category"]:
            return self.show("responsibilities/who.html", context)
        try:
            return self.show("responsibilities/who.html", context | self._answers(typed))
        except DomainError as refusal:
            return self.show("responsibilities/who.html", context | {"refusal": refusal}, 400)

    def _answers(self, typed: dict[str, str]) -> dict[str, Any]:
        category = next((each for each in book().categories.values() if each.code == typed["category"]), None)
        if category is None:
            raise NotVisible(_("没有这个事项"))
        if typed["grid"]:
            pk = _grid_named(typed["grid"])
            place = ground().place_of_grid(pk) if pk else None
            if place is None:
                raise NotVisible(_("没有名称、拼音或代码为 %s 的网格，或它没有边界") % typed["grid"])
            spot = spot_of_place(place)
        else:
            spot = spot_of_point(_degrees(typed["lon"], 180), _degrees(typed["lat"], 90))
        day = read_day_or_none(typed["on"])
        answers = [
            responsible(category=category, spot=spot, level=level, on=day, explain=True) for level in Level.values
        ]
        grid = (
            Grid.objects.select_related("community__street")
            .defer("boundary", "community__boundary", "community__street__boundary")
            .get(pk=spot.grid_id or 0)
        )
        labelled = [(Level(answer.level).label, answer) for answer in answers]
        return {"answers": labelled, "matter": category, "grid": grid}


def _grid_named(words: str) -> int | None:
    """The grid of that code, or the only one of that name or pinyin. Raise Invalid where several fit."""
    named = Q(code=words) | Q(name__icontains=words) | Q(short_name__icontains=words) | Q(pinyin__icontains=words)
    found = list(Grid.objects.filter(in_force(), named).order_by("code").values_list("pk", "code", "name")[:13])
    exact = [row for row in found if words in row[1:]]
    if len(exact or found) > 1:
        shown = "；".join(f"{name} {code}" for _pk, code, name in (exact or found)[:12])
        raise Invalid(_("有多个网格符合，请填写其中一个的代码：%s") % shown)
    return (exact or found)[0][0] if found else None


def _degrees(text: str, most: float) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise Invalid(_("请在地图上点一下，或填写网格代码")) from error
    if not -most <= number <= most:
        raise Invalid(_("经纬度超出范围，是否填反？"))
    return number


class Proposals(ConfigurationPage):
    """What arbitrations offer as a rule; the commander accepts or refuses."""

    section = "responsibilities"

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "tab": "proposals", "proposals": open_proposals(),
            "may_decide": can(self.actor, Action.DECIDE_RESPONSIBILITY),
        }  # fmt: skip
        return self.show("responsibilities/proposals.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        told = whole(request.POST.get("proposal"))
        verb = {"accept": accept_responsibility, "refuse": refuse_responsibility}.get(request.POST.get("do", ""))
        if verb is None or told is None:
            raise Invalid
        try:
            decided = verb(proposal_id=told, by=self.actor)
        except DomainError as refusal:
            if refusal.status in (403, 404):
                raise
            self.refuse(refusal)
        else:
            self.tell(_("已采纳，此后照此派单") if decided.state == "accepted" else _("未采纳，只对原工单有效"))
        return redirect("configuration:responsibility-proposals")


class Versions(ConfigurationPage):
    """Every list there was, and drafts; a new draft."""

    section = "responsibilities"

    def get(self, request: HttpRequest) -> HttpResponse:
        versions = ResponsibilityVersion.objects.exclude(state=DraftState.WITHDRAWN).select_related(
            "drafted_by", "decided_by"
        )
        known = book()
        current = known.version_on(known.today)
        context = {
            "tab": "versions", "versions": versions, "current": current.pk if current else None, "today": known.today,
            "may_draft": can(self.actor, Action.DRAFT_RESPONSIBILITIES),
        }  # fmt: skip
        return self.show("responsibilities/versions.html", context)
