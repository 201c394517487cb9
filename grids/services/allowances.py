"""Allowances of stewards: a budget, what is taken from it month by month, and lists that a second person approves."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, lock_draft, submit_draft, withdraw_draft
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed

from ..errors import OverBudget
from ..models import (
    AllowanceBudget,
    AllowanceCommitment,
    Community,
    Grade,
    PaymentLine,
    PaymentList,
    Steward,
    StewardAssessment,
)
from ..permissions import Action, can
from ..rules import add_months, months_of, quarter_of
from ..selectors.allowances import budget_of, spent
from ..selectors.approval import may_approve
from ..selectors.stewards import policy_of
from .posts import today

CENT = Decimal("0.01")


@transaction.atomic
def set_budget(*, by: Actor, community: Community, year: int, planned: Decimal) -> AllowanceBudget:
    """Plan a year's allowance of a community, never below what is used. Raise NotAllowed, Invalid, OverBudget."""
    _allow(by)
    if not 2000 <= year <= 2100 or not 0 <= planned < 10**8:
        raise Invalid(fields={"planned": [_("请填写年度与不小于零的金额")]})
    _lock(community)
    budget = AllowanceBudget.objects.filter(community=community, year=year).first()
    before = budget and f"{budget.planned:.2f}"
    used = spent(community.pk, year).used
    if planned < used:
        raise _over(planned=planned, used=used, wanted=Decimal(0))
    budget = budget or AllowanceBudget(community=community, year=year)
    budget.planned = planned
    budget.save()
    if before != f"{planned:.2f}":
        _note(by, "grids.allowance_budget_set", f"{community} {year}", before=before, after=f"{planned:.2f}")
    return budget


@transaction.atomic
def commit_month(*, by: Actor, community: Community, month: dt.date) -> int:
    """Take a month's allowance of everybody on duty in it from the budget; who is counted already is left out.

    Return how many were added. Raise NotAllowed, Invalid, OverBudget.
    """
    _allow(by)
    if month.day != 1 or month > today():
        raise Invalid(fields={"month": [_("只能列支已开始的月份")]})
    _lock(community)
    served = Steward.objects.filter(community=community, on_duty_since__lt=add_months(month, 1)).filter(
        Q(left_on=None) | Q(left_on__gte=month)
    )
    fresh = list(served.exclude(commitments__month=month).order_by("pk"))
    amount = policy_of(community).monthly_allowance
    figures = budget_of(community.pk, month.year)
    wanted = amount * len(fresh)
    if wanted > figures.available:
        raise _over(planned=figures.planned, used=figures.used, wanted=wanted)
    AllowanceCommitment.objects.bulk_create(
        AllowanceCommitment(steward=steward, community=community, month=month, amount=amount) for steward in fresh
    )
    if fresh:
        _note(
            by, "grids.allowance_committed", f"{community} {month:%Y-%m}", stewards=len(fresh), amount=f"{wanted:.2f}"
        )
    return len(fresh)


@transaction.atomic
def draft_payment(*, by: Actor, community: Community, quarter: dt.date) -> PaymentList:
    """List what is due for a quarter to everybody who was assessed. Raise NotAllowed, Invalid."""
    _allow(by)
    if quarter != quarter_of(quarter):
        raise Invalid(fields={"quarter": [_("请选择季度")]})
    _lock(community)
    taken: dict[int, list[AllowanceCommitment]] = defaultdict(list)
    due = AllowanceCommitment.objects.filter(community=community, month__in=months_of(quarter), line=None)
    for commitment in due.order_by("steward", "month"):
        taken[commitment.steward_id].append(commitment)
    marks = StewardAssessment.objects.filter(quarter=quarter, steward__in=taken)
    grades = dict(marks.values_list("steward", "grade"))
    if not grades:
        raise Invalid(fields={"quarter": [_("没有可发放的人员：先列支月份，再完成该季度考核")]})
    policy = policy_of(community)
    shares = {
        Grade.EXCELLENT: policy.excellent_share,
        Grade.QUALIFIED: policy.qualified_share,
        Grade.FAILED: policy.failed_share,
    }
    payment = PaymentList.objects.create(community=community, quarter=quarter, drafted_by_id=by.user_id)
    for steward_id, grade in sorted(grades.items()):
        _add_line(payment, steward_id, taken[steward_id], grade, shares[Grade(grade)])
    payment.total = sum((line.amount for line in payment.lines.all()), Decimal(0))
    payment.save(update_fields=["total"])
    left_out = len(taken) - len(grades)
    _note(by, "grids.payment_drafted", str(payment), lines=len(grades), total=f"{payment.total:.2f}", left_out=left_out)
    return payment


def submit_payment(*, by: Actor, payment_id: int) -> PaymentList:
    """Hand a list to the second person. Raise NotAllowed, NotVisible, DraftNotOpen."""
    _allow(by)
    return submit_draft(PaymentList, payment_id, by=by)


@transaction.atomic
def withdraw_payment(*, by: Actor, payment_id: int) -> PaymentList:
    """Give a list up; what it held may be listed again. Raise NotAllowed, NotVisible, DraftDecided."""
    _allow(by)
    payment = withdraw_draft(PaymentList, payment_id, by=by)
    AllowanceCommitment.objects.filter(line__payment=payment).update(line=None)
    return payment


@transaction.atomic
def decide_payment(
    *, by: Actor, payment_id: int, approve: bool, opinion: str = "", seen: dt.datetime | None = None
) -> PaymentList:
    """Approve a list, or send it back with an opinion. Raise NotAllowed, NotVisible, DraftDecided, OverBudget."""
    if not may_approve(by):
        raise NotAllowed
    if not approve and not opinion.strip():
        raise Invalid(fields={"opinion": [_("退回须写明意见")]})
    community_id = lock_draft(PaymentList, payment_id).community_id
    payment = decide_draft(PaymentList, payment_id, by=by, approve=approve, opinion=opinion.strip(), seen=seen)
    if payment.state == DraftState.APPROVED:
        figures = budget_of(community_id, payment.quarter.year)
        if figures.available < 0:
            raise _over(planned=figures.planned, used=figures.used, wanted=Decimal(0))
    return payment


def _add_line(payment: PaymentList, steward_id: int, taken: list[AllowanceCommitment], grade: str, share: int) -> None:
    committed = sum((each.amount for each in taken), Decimal(0))
    line = PaymentLine.objects.create(
        payment=payment,
        steward_id=steward_id,
        months=len(taken),
        committed=committed,
        grade=grade,
        share=share,
        amount=(committed * share / 100).quantize(CENT),
    )
    AllowanceCommitment.objects.filter(pk__in=[each.pk for each in taken]).update(line=line)


def _lock(community: Community) -> None:
    """Who reads the figures of a community to write by them waits here."""
    if not Community.objects.select_for_update(no_key=True).filter(pk=community.pk).exists():
        raise Conflict


def _over(*, planned: Decimal, used: Decimal, wanted: Decimal) -> OverBudget:
    told = _("预算 %(planned).2f 元，已用 %(used).2f 元，本次需 %(wanted).2f 元，超出 %(over).2f 元")
    figures = {"planned": planned, "used": used, "wanted": wanted, "over": used + wanted - planned}
    return OverBudget(
        fields={"planned": [told % figures]}, **{name: f"{figure:.2f}" for name, figure in figures.items()}
    )


def _allow(by: Actor) -> None:
    if not can(by, Action.RUN_STEWARDS):
        raise NotAllowed


def _note(by: Actor, action: str, label: str, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=label, detail=detail)
