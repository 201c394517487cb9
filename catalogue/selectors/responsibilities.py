"""Who is responsible by default."""

from __future__ import annotations

from django.db.models import Q

from catalogue.models import Category, ProposalState, ResponsibilityProposal
from catalogue.rules import Level
from grids.models import Unit, UnitKind


def default_unit_id(*, category: Category, level: str, street_id: int | None, district_id: int) -> int | None:
    """Return who handles this matter here: what an arbitration settled, else by function. Two queries at most."""
    here = Q(active=True, kind=UnitKind.DUTY_DEPARTMENT, level=level, district_id=district_id)
    if level == Level.STREET:
        here &= Q(street_id=street_id)
    settled = (
        ResponsibilityProposal.objects.filter(
            Q(street_id=street_id) | Q(street_id=None), category=category, state=ProposalState.ACCEPTED
        )
        .filter(unit__in=Unit.objects.filter(here))
        .order_by("street_id", "-id")  # PostgreSQL sorts the rule for every street (NULL) last
        .values_list("unit_id", flat=True)
        .first()
    )
    function = category.street_function if level == Level.STREET else category.district_function
    if settled is not None or not function:
        return settled
    return Unit.objects.filter(here, function=function).order_by("code").values_list("pk", flat=True).first()


def open_proposals() -> list[ResponsibilityProposal]:
    """Return the responsibility rules that arbitrations offered and nobody decided yet."""
    waiting = ResponsibilityProposal.objects.filter(state=ProposalState.PROPOSED)
    return list(waiting.select_related("category", "street", "unit"))
