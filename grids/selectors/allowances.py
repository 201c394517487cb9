"""Figures of the allowances. Amounts in yuan."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet, Sum

from lianqin.kernel.drafts import DraftState

from ..ground import in_force
from ..models import (
    AllowanceBudget,
    AllowanceCommitment,
    Community,
    PaymentLine,
    PaymentList,
    Steward,
    StewardAssessment,
)
from ..rules import add_months
from ..states import StewardState

NOTHING = Decimal(0)
PAID = Q(line__payment__state=DraftState.APPROVED)


@dataclass(frozen=True, slots=True)
class Figures:
    """A community's year: ``committed`` waits for a list; ``paid`` was approved; a share not paid is free again."""

    planned: Decimal = NOTHING
    committed: Decimal = NOTHING
    paid: Decimal = NOTHING

    @property
    def used(self) -> Decimal:
        return self.committed + self.paid

    @property
    def available(self) -> Decimal:
        return self.planned - self.used

    @property
    def used_share(self) -> int:
        """Per cent of the plan, at most 100."""
        return min(100, round(100 * self.used / self.planned)) if self.planned else 0


def spent(community_id: int, year: int) -> Figures:
    """What is committed and paid; no plan. Two queries."""
    months = Q(month__gte=dt.date(year, 1, 1), month__lte=dt.date(year, 12, 1))
    open_ones = AllowanceCommitment.objects.filter(months, community=community_id).exclude(PAID)
    paid = PaymentLine.objects.filter(
        payment__community=community_id, payment__quarter__year=year, payment__state=DraftState.APPROVED
    )
    return Figures(
        committed=open_ones.aggregate(sum=Sum("amount"))["sum"] or NOTHING,
        paid=paid.aggregate(sum=Sum("amount"))["sum"] or NOTHING,
    )


def budget_of(community_id: int, year: int) -> Figures:
    """Plan, committed and paid. Three queries."""
    used = spent(community_id, year)
    planned = AllowanceBudget.objects.filter(community=community_id, year=year).values_list("planned", flat=True)
    return Figures(planned.first() or NOTHING, used.committed, used.paid)


def budgets(year: int, *, street: str = "", text: str = "") -> list[tuple[Community, Figures]]:
    """Every community in force in code order with its figures of the year. Four queries."""
    found = Community.objects.filter(in_force()).select_related("street").defer("boundary", "street__boundary")
    if street:
        found = found.filter(street__code=street)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(pinyin__icontains=text))
    planned = dict(AllowanceBudget.objects.filter(year=year).values_list("community", "planned"))
    months = AllowanceCommitment.objects.filter(month__gte=dt.date(year, 1, 1), month__lte=dt.date(year, 12, 1))
    open_ones = months.exclude(PAID).order_by().values_list("community").annotate(sum=Sum("amount"))
    approved = PaymentLine.objects.filter(payment__quarter__year=year, payment__state=DraftState.APPROVED)
    paid = approved.order_by().values_list("payment__community").annotate(sum=Sum("amount"))
    committed_by, paid_by = dict(open_ones), dict(paid)
    return [
        (
            each,
            Figures(planned.get(each.pk, NOTHING), committed_by.get(each.pk, NOTHING), paid_by.get(each.pk, NOTHING)),
        )
        for each in found.order_by("code")
    ]


def payments(*, community: str = "", state: str = "") -> QuerySet[PaymentList]:
    """Payment lists, the latest quarter first."""
    found = PaymentList.objects.select_related("community", "drafted_by", "decided_by").defer("community__boundary")
    if community:
        found = found.filter(community__code__startswith=community)
    return found.filter(state=state) if state else found


def payment(pk: int) -> PaymentList | None:
    """One list with its lines. Two queries."""
    lines = PaymentLine.objects.select_related("steward").order_by("steward__number")
    return payments().prefetch_related(Prefetch("lines", lines)).filter(pk=pk).first()


def to_assess(community_id: int, quarter: dt.date) -> list[tuple[Steward, StewardAssessment | None]]:
    """Everybody who served in a quarter, by number, with the mark that stands. Two queries."""
    served = Steward.objects.filter(
        Q(left_on=None) | Q(left_on__gte=quarter),
        community=community_id,
        state__in=(StewardState.ON_DUTY, StewardState.LEFT),
        on_duty_since__lt=add_months(quarter, 3),
    ).select_related("building")
    marks = {mark.steward_id: mark for mark in StewardAssessment.objects.filter(steward__in=served, quarter=quarter)}
    return [(steward, marks.get(steward.pk)) for steward in served.order_by("number")]
