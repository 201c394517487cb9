"""Divisions and grids: the tree, the list beside the map, and one grid."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.base import ConfigurationPage
from grids.models import Grid, GridKind, GridVersion, Setting, Zone
from grids.permissions import Action, can
from grids.rules import NormState
from grids.selectors import GridFilter, GridRow, grid_rows, ground_tree, members_of, norms
from grids.services import today
from lianqin.kernel.errors import NotVisible

PAGE_SIZE = 50
NORM_NAMES = {
    NormState.WITHIN: gettext_lazy("符合标准"),
    NormState.OVER: gettext_lazy("高于标准"),
    NormState.UNDER: gettext_lazy("低于标准"),
    NormState.UNKNOWN: gettext_lazy("户数人口未填"),
    NormState.EXEMPT: gettext_lazy("不适用"),
}
FIELDS = ("q", "within", "kind", "zone", "setting", "norm", "lacks")


def filter_of(query: QueryDict) -> GridFilter:
    """Read what a list is narrowed to; what it does not know narrows nothing."""
    asked = {name: query.get(name, "").strip()[:60] for name in FIELDS}
    return GridFilter(text=asked.pop("q"), **asked)


def _choices(asked: GridFilter) -> list[dict[str, Any]]:
    """The drop-downs above the list: name, what it narrows, its options, and what is chosen."""
    outside = [("outside", _("标准之外")), *((s.value, NORM_NAMES[s]) for s in NormState)]
    return [
        {"name": "kind", "label": _("全部类型"), "options": GridKind.choices, "chosen": asked.kind},
        {"name": "zone", "label": _("全部分区"), "options": Zone.choices, "chosen": asked.zone},
        {"name": "setting", "label": _("城乡"), "options": Setting.choices, "chosen": asked.setting},
        {"name": "norm", "label": _("户数标准"), "options": outside, "chosen": asked.norm},
        {
            "name": "lacks",
            "label": _("缺项"),
            "options": [("boundary", _("没有边界")), ("worker", _("缺专职网格员"))],
            "chosen": asked.lacks,
        },
    ]


def _counts(rows: list[GridRow]) -> dict[str, int]:
    return {
        "grids": len(rows),
        "dedicated": sum(row.kind == GridKind.DEDICATED for row in rows),
        "outside": sum(row.outside for row in rows),
        "undrawn": sum(not row.drawn for row in rows),
        "unmanned": sum(row.lacks_worker for row in rows),
    }


class Grids(ConfigurationPage):
    """The tree of divisions, the grids that a filter leaves, and the map of them."""

    section = "grids"

    def get(self, request: HttpRequest) -> HttpResponse:
        rows, asked = grid_rows(), filter_of(request.GET)
        left = [row for row in rows if asked.holds(row)]
        context = {
            "tree": ground_tree(rows),
            "counts": _counts(rows),
            "found": len(left),
            "asked": asked,
            "narrowed": asked != GridFilter(),
            "choices": _choices(asked),
            "norm_names": {state.value: name for state, name in NORM_NAMES.items()},
            "may_edit": can(self.actor, Action.EDIT_GROUND),
            "page": Paginator(left, PAGE_SIZE).get_page(request.GET.get("page")),
        }
        if "print" in request.GET:
            return render(request, "configuration/grids_print.html", {**context, "rows": left, "today": today()})
        selected = request.GET.get("grid", "")
        return self.show("grids.html", {**context, **(grid_context(selected, self, rows) if selected else {})})


def grid_context(code: str, page: ConfigurationPage, rows: list[GridRow]) -> dict[str, Any]:
    """What the panel of one grid shows. Raise NotVisible."""
    grid = (
        Grid.objects.filter(code=code)
        .select_related("community__street", "occupier")
        .defer("community__boundary", "community__street__boundary")
        .first()
    )
    if grid is None:
        raise NotVisible
    row = next((row for row in rows if row.code == code), None)
    versions = GridVersion.objects.filter(grid=grid).select_related("plan", "community").order_by("-valid_from")
    return {
        "grid": grid,
        "row": row,
        "norm": norms()[grid.community.setting],
        "norm_name": NORM_NAMES[row.measured.state] if row else "",
        "members": members_of(grid),
        "versions": versions.defer("boundary", "community__boundary"),
        "may_edit": can(page.actor, Action.EDIT_GROUND),
    }


class OneGrid(ConfigurationPage):
    """One grid: a panel beside the map, or a page of its own."""

    section = "grids"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        context = grid_context(code, self, grid_rows())
        if request.headers.get("X-Fragment"):
            return render(request, "configuration/parts/grid.html", context)
        return self.show("grid.html", context)
