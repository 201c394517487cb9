"""The units of a district in their tree, one of them, and who serves where."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from configuration.pages.people import choices
from grids.models import Membership, Unit, UnitKind
from grids.permissions import Action, can
from grids.rules import FUNCTIONS
from grids.selectors import entrusted, presence_counts, secondments, unit_tree, with_places
from grids.services import close_unit, reopen_unit, today
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.selectors import open_in_units

CENTRES = (UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER)
ENTRUSTED = (UnitKind.SOCIAL_GROUP, UnitKind.CONTRACTOR)


class UnitsPage(ConfigurationPage):
    section = "units"

    def tabs(self) -> dict[str, Any]:
        return {"may_edit": can(self.actor, Action.EDIT_UNITS)}


class Units(UnitsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "street", "kind", "state")}
        tree = unit_tree(text=asked["q"], street=asked["street"], kind=asked["kind"], state=asked["state"])
        filters = (
            ("street", _("全区"), [("district", _("区级")), *choices.streets()]),
            ("kind", _("全部类别"), UnitKind.choices),
            ("state", _("启用中"), [("empty", _("无在任人员")), ("inactive", _("已停用"))]),
        )
        open_orders = open_in_units([unit.pk for _depth, unit in tree])
        shown = {
            "rows": [
                (
                    depth,
                    unit,
                    FUNCTIONS[unit.function].name if unit.function in FUNCTIONS else "",
                    open_orders.get(unit.pk, 0),
                )
                for depth, unit in tree
            ],
            "asked": asked,
            "narrowed": any(asked.values()),
            "choices": [{"name": n, "label": label, "options": o, "chosen": asked[n]} for n, label, o in filters],
            "tab": "units",
            **self.tabs(),
        }
        return self.show("units/list.html", shown)


class OneUnit(UnitsPage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        unit = unit_of(code)
        held = Membership.objects.filter(unit=unit).exclude(ends_on__lte=today())
        shown = {
            "unit": unit,
            "function": FUNCTIONS[unit.function].name if unit.function in FUNCTIONS else "",
            "posts": with_places(held),
            "here": secondments(centre=unit) if unit.kind in CENTRES else (),
            "counts": presence_counts(unit) if unit.kind in CENTRES else {},
            "away": secondments(unit=unit) if unit.kind == UnitKind.DUTY_DEPARTMENT else (),
            "entrusted": entrusted(unit=unit),
            "below": Unit.objects.filter(parent=unit).order_by("pinyin"),
            "orders": open_in_units([unit.pk]).get(unit.pk, 0),
            "is_centre": unit.kind in CENTRES,
            "takes_on": unit.kind in ENTRUSTED,
            "may_appoint": can(self.actor, Action.APPOINT) or can(self.actor, Action.MANAGE_ACCOUNTS),
            "today": today(),
            **self.tabs(),
        }
        return self.show("units/unit.html", shown)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        unit = unit_of(code)
        verbs = {"close": (close_unit, _("已停用 %s")), "reopen": (reopen_unit, _("已启用 %s"))}
        verb, told = verbs.get(request.POST.get("do", ""), (None, ""))
        try:
            if verb is None:
                raise Invalid
            verb(unit=unit, by=self.actor)
        except DomainError as refusal:
            self.refuse(refusal)
        else:
            self.tell(told % unit)
        return redirect("configuration:unit", code=code)


class Secondments(UnitsPage):
    """Who serves which centre: resident, on call, liaison."""

    def get(self, request: HttpRequest) -> HttpResponse:
        past = request.GET.get("past") == "1"
        rows = list(secondments(past=past))
        shown = {"rows": rows, "past": past, "today": today(), "tab": "secondments", **self.tabs()}
        return self.show("units/secondments.html", shown)


class Entrusted(UnitsPage):
    """What goes with what is entrusted: budget, paid, balance."""

    def get(self, request: HttpRequest) -> HttpResponse:
        year = whole(request.GET.get("year"), 4) or today().year
        rows = entrusted(year=year)
        sums = rows.aggregate(amount=Sum("amount"), paid=Sum("paid"))
        amount, paid = sums["amount"] or 0, sums["paid"] or 0
        shown = {
            "rows": rows,
            "year": year,
            "years": range(today().year + 1, today().year - 4, -1),
            "amount": amount,
            "paid": paid,
            "balance": amount - paid,
            "tab": "entrusted",
            **self.tabs(),
        }
        return self.show("units/entrusted.html", shown)


def unit_of(code: str) -> Unit:
    units = Unit.objects.select_related("street", "community", "parent", "district")
    return get_object_or_404(units.defer("street__boundary", "community__boundary", "district__boundary"), code=code)
