"""Pages of whistles: the list, one of them with what may be done, a new one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.errors import NotAllowed, NotVisible
from dispatch.pages import whistles as pages
from dispatch.selectors import whistles as selectors
from dispatch.services import whistles as services
from grids.rules import Role
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.models import WorkOrder
from workorders.pages.queue import unit_name
from workorders.selectors import visible_order

PAGE = 30
FILTERS = ("state", "kind", "q")
WHISTLERS = (Role.COMMUNITY_OFFICER, Role.STREET_DISPATCHER, Role.DISTRICT_DISPATCHER, Role.DISTRICT_COMMANDER)


@method_decorator(never_cache, name="dispatch")
class WhistlePage(LoginRequiredMixin, View):
    def actor(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if not actor.posts:
            raise NotAllowed
        return actor

    def show(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        actor = actor_of(request)
        context |= {"nav": "whistles", "unit_name": unit_name(actor), "now": clock.now(), "whistles": _may(actor)}
        return render(request, f"dispatch/whistles/{template}.html", context, status=status)


def _may(actor: Actor) -> bool:
    return any(post.role in WHISTLERS for post in actor.posts)


class WhistlesView(WhistlePage):
    def get(self, request: HttpRequest) -> HttpResponse:
        """What waits for the one who looks stands first."""
        actor, now = self.actor(request), clock.now()
        asked = {name: request.GET.get(name, "") for name in FILTERS}
        page = Paginator(selectors.narrowed(actor, asked), PAGE).get_page(request.GET.get("page"))
        lines = sorted((pages.line_of(each, actor, now) for each in page), key=lambda line: not line.mine)
        return self.show(
            request, "list", asked=asked, page=page, lines=lines, counts=selectors.counts(actor),
            arrivals=selectors.arrivals(actor, now) if _may(actor) else (),
        )  # fmt: skip


class WhistleView(WhistlePage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.one(request, self.actor(request), pk)

    def one(self, request: HttpRequest, actor: Actor, pk: int, status: int = 200, **context: Any) -> HttpResponse:
        whistle = selectors.whistle_for(actor, pk)
        one = pages.one_of(whistle, actor, clock.now())
        return self.show(request, "one", status, one=one, row=whistle, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What works without script, too; a refusal shows the page again with what was typed."""
        actor = self.actor(request)
        try:
            above = _do(pk, actor, request)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            texts = [str(refusal.message), *(str(text) for each in refusal.fields.values() for text in each)]
            told = {"faults": list(dict.fromkeys(texts)), "typed": request.POST}
            return self.one(request, actor, pk, refusal.status, **told)
        return redirect("dispatch:whistle", above or pk)


def _do(pk: int, by: Actor, request: HttpRequest) -> int | None:
    """Do what the form asks; the key of the whistle that came of it, if there is one."""
    given = request.POST
    text = given.get("text", "")
    match given.get("do", ""):
        case "settle" | "unsolved" as did:
            services.settle_whistle(whistle_id=pk, solved=did == "settle", outcome=text, by=by)
        case "cancel":
            services.cancel_whistle(whistle_id=pk, reason=text, by=by)
        case "raise_up":
            return services.raise_up(whistle_id=pk, reason=text, by=by).pk
        case "leader":
            due_at = pages.moment_of(given.get("due_at", ""))
            services.send_leader(whistle_id=pk, user_id=_key(given.get("leader", "")), due_at=due_at, by=by)
        case "acknowledge":
            minutes = _key(given.get("minutes", ""))
            services.acknowledge_summons(summons_id=_key(given.get("summons", "")), minutes=minutes, by=by)
        case "arrive":
            lon, lat, accuracy_m = (_degrees(given.get(name, "")) for name in ("lon", "lat", "accuracy_m"))
            services.arrive(summons_id=_key(given.get("summons", "")), lon=lon, lat=lat, accuracy_m=accuracy_m, by=by)
        case "confirm":
            services.confirm_arrival(summons_id=_key(given.get("summons", "")), note=text, by=by)
        case "excuse":
            services.excuse_no_show(summons_id=_key(given.get("summons", "")), excuse=text, by=by)
        case "accept":
            services.accept_excuse(summons_id=_key(given.get("summons", "")), by=by)
        case "leave":
            services.leave_place(summons_id=_key(given.get("summons", "")), by=by)
        case _:
            raise Invalid
    return None


def _key(text: str) -> int:
    return whole(text) or 0


def _degrees(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


class WhistleNewView(WhistlePage):
    def get(self, request: HttpRequest) -> HttpResponse:
        actor = self._whistler(request)
        given = pages.of_post(request.GET, clock.now())
        order = self._order(given, actor)
        return self.show(request, "new", form=pages.form_of(actor, given, order, faults={}))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor = self._whistler(request)
        given = pages.of_post(request.POST, clock.now())
        order = self._order(given, actor)
        try:
            whistle = services.raise_whistle(by=actor, **pages.asked_of(given))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            form = pages.form_of(actor, given, order, faults=refusal.fields, message=refusal.message)
            return self.show(request, "new", refusal.status, form=form)
        return redirect("dispatch:whistle", whistle.pk)

    def _whistler(self, request: HttpRequest) -> Actor:
        actor = self.actor(request)
        if not _may(actor):
            raise NotAllowed
        return actor

    def _order(self, given: dict[str, Any], actor: Actor) -> WorkOrder | None:
        return visible_order(actor, given["order"]) if given["order"] else None
