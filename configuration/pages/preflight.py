"""The proof of the configuration: holes by cause, each with a link to mend it; runs before, and what is new."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.models import PreflightRun
from configuration.pages.base import ConfigurationPage
from configuration.selectors.preflight import last_runs, new_since
from configuration.services.preflight import run_preflight
from lianqin.kernel.errors import NotVisible

GROUPS = {
    "nobody": gettext_lazy("没有牵头单位"),
    "unresolved": gettext_lazy("权责条目落空"),
    "empty": gettext_lazy("单位没有能登录的处置人员"),
    "centre_hours": gettext_lazy("指挥中心无人值班的时段"),
    "department_hours": gettext_lazy("参勤单位联系不上的时段"),
}


class Preflight(ConfigurationPage):
    section = "preflight"

    def get(self, request: HttpRequest) -> HttpResponse:
        runs = last_runs()
        wanted = request.GET.get("run", "")
        place = next((index for index, run in enumerate(runs) if str(run.pk) == wanted), None if wanted else 0)
        if place is None:
            raise NotVisible
        run = runs[place] if runs else None
        context: dict[str, Any] = {"run": run, "runs": runs}
        if run is not None:
            fresh, closed = new_since(run, runs[place + 1] if place + 1 < len(runs) else None)
            context |= {"causes": _groups(run, fresh), "fresh": fresh, "closed": closed}
        return self.show("preflight.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        run = run_preflight(by=self.actor)
        self.tell(_("体检完成：%(pairs)d 个组合，%(holes)d 个问题") % {"pairs": run.pairs, "holes": len(run.holes)})
        return redirect("configuration:preflight")


def _groups(run: PreflightRun, fresh: set[str]) -> list[dict[str, Any]]:
    """Holes of one kind together, the gravest kind first."""

    def kind(hole: dict[str, Any]) -> str:
        return str(hole["key"]).split(":")[0]

    order: dict[str, int] = {}
    for hole in run.holes:
        order.setdefault(kind(hole), len(order))
    found = []
    for name, group in groupby(sorted(run.holes, key=lambda hole: order[kind(hole)]), key=kind):
        holes = [hole | {"fresh": hole["key"] in fresh} for hole in group]
        found.append(
            {
                "title": GROUPS.get(name, holes[0]["title"]), "severity": holes[0]["severity"], "holes": holes,
                "count": sum(hole["count"] for hole in holes), "unit": holes[0]["unit"],
                "fresh": sum(hole["fresh"] for hole in holes),
            }
        )  # fmt: skip
    return found
