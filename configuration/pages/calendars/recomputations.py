"""Whether the open orders follow a new calendar: offered with a count, decided by a second person, watched."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.models import CalendarRecomputation, RecomputationState
from catalogue.permissions import Action, can
from catalogue.selectors.calendars import recomputations, work_calendars
from catalogue.services import approve_recomputation, propose_recomputation, refuse_recomputation
from catalogue.services.deadlines import today
from configuration.pages.base import ConfigurationPage
from grids.selectors import may_approve
from lianqin.kernel.errors import DomainError, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole
from workorders.services.recompute import affected_orders, count_moved

PAGE = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer: how many open orders it would move, or how far it has come."""

    row: CalendarRecomputation
    moved: int | None
    done: int | None
    total: int | None

    @property
    def share(self) -> int:
        return round(100 * (self.done or 0) / self.total) if self.total else 100


class Recomputations(ConfigurationPage):
    section = "calendars"

    def get(self, request: HttpRequest) -> HttpResponse:
        page: Page[CalendarRecomputation] = Paginator(recomputations(), PAGE).get_page(request.GET.get("page"))
        return self.show(
            "recomputations.html",
            {
                "tab": "recomputations",
                "page": page,
                "offers": [offer_of(row) for row in page],
                "may_approve": may_approve(self.actor),
                "may_propose": can(self.actor, Action.PROPOSE_RECOMPUTATION),
                "calendars": work_calendars()[:10],
                "me": self.actor.user_id,
                "under_way": any(row.state == RecomputationState.APPROVED for row in page),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        verb, offer = request.POST.get("do", ""), whole(request.POST.get("offer"))
        if offer is None:
            raise NotVisible
        try:
            self._do(verb, offer, request.POST.get("reason", "").strip())
        except NotAllowed as refusal:
            if refusal.code != "second_person_needed":
                raise
            self.refuse(refusal)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            self.refuse(refusal)
        return redirect("configuration:recomputations")

    def _do(self, verb: str, number: int, reason: str) -> None:
        if verb == "approve":
            approve_recomputation(recomputation_id=number, by=self.actor)
            self.tell(_("已批准，未结工单正在逐件重算，每件都写入流水"))
        elif verb == "refuse":
            refuse_recomputation(recomputation_id=number, by=self.actor)
            self.tell(_("不重算：正在运行的时限留在原日历上"))
        elif verb == "propose":
            propose_recomputation(version=number, reason=reason, by=self.actor)
            self.tell(_("已提出重算，等待另一人批准"))
        else:
            raise NotVisible


def offer_of(row: CalendarRecomputation) -> Offer:
    """Return an offer with its figures; one query for one that waits or is under way, none for others."""
    if row.state == RecomputationState.PROPOSED:
        return Offer(row, count_moved(row.previous.version, max(row.changed_from, today())), None, None)
    if row.state == RecomputationState.APPROVED:
        left = len(affected_orders(row.previous.version))
        total = row.order_total if row.order_total is not None else left
        return Offer(row, None, max(0, total - left), total)
    return Offer(row, None, row.order_count, row.order_count)
