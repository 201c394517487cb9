"""Rules of thanks and the state of the books, for who sets them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from citizens.models import Subject
from citizens.pages.points_desk import awards_of, books_now, kind_rows, point_rows, rules_told
from citizens.permissions import may_set_rewards
from citizens.rules.points import DEEDS, FIGURES
from citizens.services.points import take_back
from citizens.services.points_keeping import prove_ledger
from citizens.services.rulebooks import decide_rules, draft_rules
from citizens.views.desk import DeskPage
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

TOTALS = ("day", "month", "kept_months")
LINES = 12


class PointsDesk(DeskPage):
    """For who sets rules; the second person sees them too."""

    def may(self, actor: Actor) -> bool:
        return may_set_rewards(actor) or may_approve(actor)


class PointsRulesView(PointsDesk):
    def get(self, request: HttpRequest, status: int = 200, **typed: Any) -> HttpResponse:
        actor = self.actor
        points, tips = rules_told(Subject.POINTS), rules_told(Subject.TIPS)
        contents = typed.get("points_typed") or points.latest
        context: dict[str, Any] = {
            "me": actor.user_id, "may_set": may_set_rewards(actor), "may_approve": may_approve(actor),
            "points": points, "tips": tips, "books": books_now(), "rows": point_rows(contents), "totals": contents,
            "kinds": kind_rows(typed.get("tips_typed") or tips.latest, typed.get("wrong", {})), **typed,
        }  # fmt: skip
        return self.show("desk/points_rules", status, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        actor, did = self.actor, request.POST.get("do", "")
        if did == "prove":
            check = prove_ledger()
            if check.faults:
                messages.error(request, _("账目有 %d 处不符，请立即联系运维人员") % len(check.faults))
            else:
                messages.success(request, _("账目已核对，%d 笔全部相符") % check.transactions)
            return redirect("desk:points-rules")
        if did in ("approve", "refuse"):
            return self._decide(request, actor, did == "approve")
        subject = Subject.TIPS if did == "draft_tips" else Subject.POINTS
        contents = tips_typed(request.POST) if subject == Subject.TIPS else points_typed(request.POST)
        try:
            draft_rules(subject=subject, contents=contents, by=actor)
        except DomainError as refusal:
            if not refusal.fields:
                raise
            return self.get(
                request, refusal.status, wrong=refusal.fields, faults=list(dict.fromkeys(refusal.texts)),
                **{f"{subject}_typed": contents},
            )  # fmt: skip
        messages.success(request, _("已提交，另一人批准后生效"))
        return redirect("desk:points-rules")

    def _decide(self, request: HttpRequest, actor: Actor, approve: bool) -> HttpResponse:
        pk, seen = request.POST.get("id", ""), request.POST.get("seen", "")
        try:
            decide_rules(
                rulebook_id=whole(pk) or 0, approve=approve, by=actor,
                opinion=request.POST.get("opinion", ""), seen=dt.datetime.fromisoformat(seen) if seen else None,
            )  # fmt: skip
        except ValueError:
            messages.error(request, _("请刷新页面后再试"))
        except DomainError as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("已批准，从现在起生效") if approve else _("已退回"))
        return redirect("desk:points-rules")


class OrderPointsView(PointsDesk):
    """What an order has earned, and to take back what was given by mistake."""

    def get(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        actor, number = self.actor, (request.GET.get("number") or request.POST.get("number", "")).strip()[:24]
        return self.show(
            "desk/points_order", status, number=number, awards=awards_of(number) if number else (),
            may_set=may_set_rewards(actor), **context,
        )  # fmt: skip

    def post(self, request: HttpRequest) -> HttpResponse:
        pk = request.POST.get("award", "")
        try:
            take_back(award_id=whole(pk) or 0, reason=request.POST.get("reason", ""), by=self.actor)
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            return self.get(request, refusal.status, faults=refusal.texts)
        messages.success(request, _("已收回"))
        number = quote(request.POST.get("number", "")[:24])
        return redirect(f"{reverse('desk:points-order')}?number={number}")


def points_typed(told: Mapping[str, str]) -> dict[str, Any]:
    """A deed whose points are empty earns nothing."""
    rules = {
        rule: {name: _figure(told.get(f"{rule}_{name}", "")) for name in FIGURES}
        for rule in DEEDS
        if told.get(f"{rule}_points", "").strip()
    }
    return {"rules": rules, **{name: _figure(told.get(name, "")) for name in TOTALS}}


def tips_typed(told: Mapping[str, str]) -> dict[str, Any]:
    """Lines without a name are left out."""
    lines = [
        {
            "slug": told.get(f"slug_{at}", "").strip() or f"kind{at + 1}",
            "name": told.get(f"name_{at}", "").strip(),
            "pays": told.get(f"pays_{at}", ""),
            "least": _figure(told.get(f"least_{at}", "")),
            "most": _figure(told.get(f"most_{at}", "")),
        }
        for at in range(LINES)
    ]
    return {"kinds": [line for line in lines if line["name"]]}


def _figure(typed: str) -> int | str:
    """The number, or the letters as they were typed, which the rules then refuse."""
    typed = typed.strip()
    figure = whole(typed, 9)
    return typed if figure is None else figure
