"""Reads of supervision."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dispatch.models import SupervisionOrder
from dispatch.permissions import is_of_the_district
from grids.models import Unit
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.selectors import visible_to
from workorders.states import LIVE_ASSIGNMENT

TIERS: Mapping[int, str | Promise] = {
    1: gettext_lazy("一级督办"),
    2: gettext_lazy("二级督办"),
    3: gettext_lazy("三级督办"),
}


def supervision_orders_for(actor: Actor) -> QuerySet[SupervisionOrder]:
    """Documents on orders that the actor sees, newest first: the whole district's, or those of the actor's units."""
    found = SupervisionOrder.objects.filter(order_id__in=visible_to(actor).values("pk"))
    if not is_of_the_district(actor):
        found = found.filter(unit_id__in=actor.unit_ids)
    return (
        found.select_related("order__text", "order__street", "order__holder", "unit", "acknowledged_by")
        .defer("order__street__boundary")
        .order_by("-raised_at", "-pk")
    )


def addressees(order: WorkOrder) -> list[Unit]:
    """Who may be called to account for an order: its holder first, those at work on it, and its centres. One query."""
    at_work = order.assignments.filter(status__in=LIVE_ASSIGNMENT).values("unit_id")
    centres = Q(kind="command_center", district=order.district_id)
    if order.street_id is not None:
        centres |= Q(kind="sub_center", street=order.street_id)
    found = Unit.objects.filter(Q(pk=order.holder_id) | Q(pk__in=at_work) | centres & Q(active=True))
    return sorted(found.order_by("code"), key=lambda unit: unit.pk != order.holder_id)
