"""How one wishes to be told; for the units of the actor that have robots, how these are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages as told
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_time
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.selectors import actor_of
from dispatch.errors import NotAllowed, NotVisible
from dispatch.rules.messages import defaults_for
from dispatch.selectors.preferences import Sheet, sheet_of, units_to_set
from dispatch.services import set_preferences
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.pages.queue import unit_name

WINDOWS = (0, 2, 5, 10, 15, 30, 60)


@method_decorator(never_cache, name="dispatch")
class NoticeSettings(LoginRequiredMixin, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, request.GET.get("unit", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, code = actor_of(request), request.POST.get("unit", "")
        sheet = self._sheet(actor, code)
        try:
            set_preferences(by=actor, choices=_chosen(request, sheet), unit_code=code, **_times(request))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self._page(request, code, refusal)
        told.success(request, _("已保存"))
        return redirect(reverse("dispatch:notice-settings") + (f"?unit={code}" if code else ""))

    def _sheet(self, actor: Actor, code: str) -> Sheet:
        if actor.officer:
            raise NotAllowed
        if not code:
            return sheet_of(actor)
        unit = next((each for each in units_to_set(actor) if each.code == code), None)
        if unit is None:
            raise NotVisible
        return sheet_of(actor, unit)

    def _page(self, request: HttpRequest, code: str, refusal: DomainError | None = None) -> HttpResponse:
        actor = actor_of(request)
        sheet = self._sheet(actor, code)
        typed: dict[str, Any] = {
            "quiet_from": f"{sheet.wishes.quiet_from:%H:%M}" if sheet.wishes.quiet_from else "",
            "quiet_until": f"{sheet.wishes.quiet_until:%H:%M}" if sheet.wishes.quiet_until else "",
            "bundle_minutes": str(sheet.wishes.bundle_minutes),
        }
        on = {f"{box.way}:{box.kind}" for _t, rows in sheet.groups for row in rows for box in row.choices if box.on}
        if refusal:
            typed = {name: request.POST.get(name, "") for name in typed}
            on = set(request.POST.getlist("on"))
        context = {
            "nav": "notices",
            "unit_name": unit_name(actor),
            "sheet": sheet,
            "on": on,
            "typed": typed,
            "windows": WINDOWS,
            "units": units_to_set(actor),
            "refusal": refusal,
            "faults": [str(text) for texts in (refusal.fields.values() if refusal else ()) for text in texts],
        }
        return render(request, "dispatch/notice_settings.html", context, status=refusal.status if refusal else 200)


def _chosen(request: HttpRequest, sheet: Sheet) -> dict[str, dict[str, bool]]:
    """What differs from the standard, so that a later standard reaches those who never said otherwise."""
    on = set(request.POST.getlist("on"))
    found: dict[str, dict[str, bool]] = {}
    for way, _label in sheet.ways:
        standard = defaults_for(sheet.wishes.roles, way)
        kinds = {row.kind: f"{way}:{row.kind}" in on for _title, rows in sheet.groups for row in rows}
        found[way] = {kind: chosen for kind, chosen in kinds.items() if chosen != (kind in standard)}
    return found


def _times(request: HttpRequest) -> dict[str, Any]:
    times: dict[str, dt.time | None] = {}
    for name in ("quiet_from", "quiet_until"):
        text = request.POST.get(name, "").strip()
        try:
            times[name] = parse_time(text) if text else None
        except ValueError:
            times[name] = None
        if text and times[name] is None:
            raise Invalid(fields={name: [_("请填写时间，例如 22:00")]})
    minutes = whole(request.POST.get("bundle_minutes"), 4)
    if minutes is None:
        raise Invalid(fields={"bundle_minutes": [_("请选择合并时间")]})
    return {**times, "bundle_minutes": minutes}
