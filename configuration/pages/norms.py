"""How large a grid should be, and what that leaves outside."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configuration.pages.base import ConfigurationPage
from grids.models import GridKind, Setting
from grids.permissions import Action, can
from grids.rules import Norm
from grids.selectors import grid_rows, norms
from grids.services import set_norms
from lianqin.kernel.errors import DomainError, NotAllowed
from lianqin.kernel.numbers import whole

LABELS = {
    "households_min": gettext_lazy("户数下限"),
    "households_max": gettext_lazy("户数上限"),
    "people_min": gettext_lazy("人口下限"),
    "people_max": gettext_lazy("人口上限"),
}


class Norms(ConfigurationPage):
    """The norm of each setting, with what it would leave outside."""

    section = "grids"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page({name: norm._asdict() for name, norm in norms().items()}, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = {s: {field: request.POST.get(f"{s}-{field}", "") for field in Norm._fields} for s in Setting.values}
        faults = {
            f"{s}-{field}": [_("请填写正整数")]
            for s, fields in typed.items()
            for field, text in fields.items()
            if whole(text.strip(), 7) is None
        }
        if faults:
            return self._page(typed, faults, status=400)
        try:
            set_norms(
                norms={s: Norm(**{f: int(t) for f, t in fields.items()}) for s, fields in typed.items()}, by=self.actor
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            return self._page(typed, refusal.fields, status=refusal.status)
        self.tell(_("网格标准已保存"))
        return redirect("configuration:grids")

    def _page(self, typed: dict[str, Any], faults: dict[str, Any], status: int = 200) -> HttpResponse:
        rows = grid_rows()
        lines = [
            {
                "setting": setting,
                "name": Setting(setting).label,
                "grids": sum(r.setting == setting and r.kind == GridKind.COMPREHENSIVE for r in rows),
                "outside": sum(r.setting == setting and r.outside for r in rows),
                "fields": [
                    {
                        "name": f"{setting}-{field}",
                        "label": LABELS[field],
                        "value": typed[setting][field],
                        "faults": faults.get(f"{setting}-{field}", ()),
                    }
                    for field in Norm._fields
                ],
            }
            for setting in Setting.values
        ]
        return self.show("norms.html", {"lines": lines, "may_edit": can(self.actor, Action.EDIT_GROUND)}, status)
