"""What the responsibility list says of an order, where it lies and at its level."""

from __future__ import annotations

from catalogue.selectors import Answer, Spot, responsible
from catalogue.selectors.lists import book
from workorders.models import WorkOrder


def spot_of_order(order: WorkOrder) -> Spot:
    """Where an order lies, as far as it is known. No query when warm."""
    kind = book().grid_kinds.get(order.grid_id, "") if order.grid_id is not None else ""
    return Spot(order.district_id, order.street_id, order.community_id, order.grid_id, kind)


def listed(order: WorkOrder) -> Answer | None:
    """Who leads in the order by the list in force; None while it has no matter. No query when warm."""
    category = book().categories.get(order.category_id) if order.category_id is not None else None
    if category is None:
        return None
    return responsible(category=category, spot=spot_of_order(order), level=order.level)
