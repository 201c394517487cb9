"""Who is responsible by default, and what arbitrations offered."""

from __future__ import annotations

from catalogue.models import Category, ProposalState, ResponsibilityProposal
from catalogue.selectors.lists import book
from catalogue.selectors.responsible import Spot, responsible


def default_unit_id(
    *,
    category: Category,
    level: str,
    street_id: int | None,
    district_id: int,
    community_id: int | None = None,
    grid_id: int | None = None,
) -> int | None:
    """Return who handles this matter here, by :func:`responsible`. No query when warm."""
    kind = book().grid_kinds.get(grid_id, "") if grid_id is not None else ""
    spot = Spot(district_id, street_id, community_id, grid_id, kind)
    lead = responsible(category=category, spot=spot, level=level).lead
    return lead.pk if lead is not None else None


def open_proposals() -> list[ResponsibilityProposal]:
    """Return the responsibility rules that arbitrations offered and nobody decided yet."""
    waiting = ResponsibilityProposal.objects.filter(state=ProposalState.PROPOSED)
    return list(waiting.select_related("category", "street", "unit"))
