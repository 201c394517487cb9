"""The map and the table of elements, and one of them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from grids.api.elements import asked
from grids.models import Element, ElementLayer, ElementType, Street
from grids.models.element_fields import Field, FieldKind, shown
from grids.permissions import Action, can
from grids.selectors.attention import may_see_attention
from grids.selectors.cameras import may_see_cameras
from grids.selectors.elements import ElementFilter, element, element_counts, element_types, elements, may_see_elements
from grids.services import today
from grids.services.elements import restore_element, retire_element
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.paging import MOST_COUNTED, BoundedPaginator

PAGE_SIZE = 50
MOST_PRINTED = 500
OTHERS = frozenset({FieldKind.TEXT, FieldKind.NUMBER, FieldKind.DATE})


class ElementPage(ConfigurationPage):
    section = "elements"

    def allow(self) -> None:
        if not may_see_elements(self.actor):
            raise NotAllowed

    @property
    def may_edit(self) -> bool:
        return can(self.actor, Action.EDIT_ELEMENTS)


class Board(ElementPage):
    """Layers with their counts, the map, and the table behind it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow()
        wanted = asked(request.GET)
        types = list(element_types())
        one = next((each for each in types if (each.code,) == wanted.types), None)
        context: dict[str, Any] = {
            "layers": layers(types, wanted),
            "total": sum(number for number, _key in element_counts().values()),
            "asked": wanted,
            "narrowed": wanted != ElementFilter(),
            "type": one,
            "filters": field_filters(one, wanted) if one else (),
            "streets": Street.objects.order_by("code").values_list("code", "short_name"),
            "may_edit": self.may_edit,
            "may_see_attention": may_see_attention(self.actor),
            "may_see_cameras": may_see_cameras(self.actor),
            "table": request.GET.get("view") == "table",
        }
        if "print" in request.GET:
            rows = elements(wanted)[:MOST_PRINTED]
            told = {**context, "rows": rows, "today": today(), "most": MOST_PRINTED}
            return render(request, "configuration/elements/print.html", told)
        if context["table"]:
            context["page"] = BoundedPaginator(elements(wanted), PAGE_SIZE).get_page(request.GET.get("page"))
            context["most"] = MOST_COUNTED
        return self.show("elements/board.html", context)


def layers(types: list[ElementType], wanted: ElementFilter) -> list[dict[str, Any]]:
    """The tree of layers: each with its types, how many there are, and whether it is shown."""
    counts = element_counts()
    rows: list[dict[str, Any]] = []
    ordered = sorted(types, key=lambda each: (ElementLayer.values.index(each.layer), each.order, each.code))
    for layer, members in groupby(ordered, key=lambda each: each.layer):
        lines: list[dict[str, Any]] = [
            {
                "type": each,
                "number": counts.get(each.pk, (0, 0))[0],
                "key": counts.get(each.pk, (0, 0))[1],
                "on": not wanted.types or each.code in wanted.types,
            }
            for each in members
        ]
        name = ElementLayer(layer).label
        rows.append({"layer": layer, "name": name, "lines": lines, "number": sum(line["number"] for line in lines)})
    return rows


def field_filters(of: ElementType, wanted: ElementFilter) -> list[dict[str, Any]]:
    """What a table of one type can be narrowed to: its choices and its yes and no; other fields by an exact value."""
    return [
        {
            "name": f"field.{each.name}",
            "label": each.label,
            "options": _options(each),
            "value": _typed(wanted.fields.get(each.name, "")),
            "free": each.kind in OTHERS,
        }
        for each in of.definitions
        if not each.retired
    ]


def _options(each: Field) -> list[tuple[str, str]]:
    if each.kind == FieldKind.BOOLEAN:
        return [("true", _("是")), ("false", _("否"))]
    return [(choice, choice) for choice in each.choices]


def _typed(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def told(found: Element) -> dict[str, Any]:
    return {"element": found, "values": list(shown(found.type.definitions, found.fields))}


class OneElement(ElementPage):
    """One element: a panel beside the map, or a page of its own."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        self.allow()
        context = {**told(element(code)), "may_edit": self.may_edit}
        if request.headers.get("X-Fragment"):
            return render(request, "configuration/elements/panel.html", context)
        return self.show("elements/one.html", context)


class SwitchElement(ElementPage):
    """Take an element off the map, or put it back."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if request.POST.get("active"):
            restore_element(code=code, by=self.actor)
            self.tell(_("已恢复"))
        else:
            retire_element(code=code, by=self.actor)
            self.tell(_("已停用，不再显示在地图上"))
        return redirect(reverse("configuration:element", args=[code]))
