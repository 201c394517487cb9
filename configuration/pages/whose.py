"""Whose place a point was on a day: before a re-division and after it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from configuration.pages.base import ConfigurationPage
from grids.selectors import whose_place
from grids.services import today
from lianqin.kernel.errors import NotVisible

RANGES = {"lon": 180.0, "lat": 90.0}


class Whose(ConfigurationPage):
    """A point by click or coordinates, a day, and the grid that held it."""

    section = "grids"

    def get(self, request: HttpRequest) -> HttpResponse:
        typed = {name: request.GET.get(name, "").strip()[:20] for name in ("lon", "lat", "on")}
        day = today()
        context: dict[str, Any] = {"typed": {**typed, "on": typed["on"] or day.isoformat()}, "today": day, "faults": {}}
        if not (typed["lon"] or typed["lat"]):
            return self.show("whose.html", context)
        read, faults = self._read(context["typed"])
        if faults:
            return self.show("whose.html", {**context, "faults": faults}, 400)
        try:
            return self.show("whose.html", {**context, "found": whose_place(**read)})
        except NotVisible:
            return self.show("whose.html", {**context, "nowhere": True})

    def _read(self, typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        read: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for name, limit in RANGES.items():
            try:
                read[name] = float(typed[name])
            except ValueError:
                faults[name] = _("请填写小数，如 118.612345")
                continue
            if not -limit <= read[name] <= limit:
                faults[name] = _("应在 -%(limit)d 与 %(limit)d 之间；经纬度是否填反？") % {"limit": limit}
        try:
            read["on"] = dt.date.fromisoformat(typed["on"])
        except ValueError:
            faults["on"] = _("请填写日期，如 2027-01-01")
        return read, faults
