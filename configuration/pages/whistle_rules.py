"""Which residents' reports summon the grid worker by themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.models import Category
from catalogue.permissions import Action, can
from configuration.pages.base import ConfigurationPage
from dispatch.models import WhistleRule
from dispatch.services.whistles import set_whistle_rules
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

USUAL = "60"


class WhistleRules(ConfigurationPage):
    """Every matter with a tick and its minutes; saved as a whole."""

    section = "whistle-rules"

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = dict(WhistleRule.objects.values_list("category__code", "minutes"))
        return self.page({code: str(each) for code, each in kept.items()}, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        given = {code: request.POST.get(f"minutes-{code}", "") for code in request.POST.getlist("code")}
        try:
            changed = set_whistle_rules(
                minutes={code: whole(text, 5) or 0 for code, text in given.items()}, by=self.actor
            )
        except Invalid as refusal:
            return self.page(given, refusal.fields, 400)
        self.tell(_("已保存，%d 个事项有变化") % changed if changed else _("没有变化"))
        return redirect("configuration:whistle-rules")

    def page(self, given: dict[str, str], faults: dict[str, Any], status: int = 200) -> HttpResponse:
        matters = (
            Category.objects.filter(level=2, active=True).select_related("parent").order_by("parent__code", "code")
        )
        rows = [(each, each.code in given, given.get(each.code, USUAL), faults.get(each.code, ())) for each in matters]
        context = {"rows": rows, "number": len(given), "may_edit": can(self.actor, Action.EDIT_CATEGORIES)}
        return self.show("whistle_rules.html", context, status)
