"""Reads of hand-overs: the log of a unit, what is due, and what the system fills in."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet

from catalogue.rules import Urgency
from dispatch.models import Handover, Shift
from grids.models import Unit, UnitKind, UnitLevel
from workorders.models import WorkOrder
from workorders.states import OPEN, Status

# In the order they are read out.
FACTS = ("open", "overdue", "urgent", "to_dispatch", "supervised")


def handovers_of(unit_ids: list[int]) -> QuerySet[Handover]:
    """The log, newest first, with everything a line shows."""
    found = Handover.objects.filter(unit_id__in=unit_ids)
    return found.select_related("unit", "shift", "taken_by_shift", "written_by", "signed_by").order_by("-due_at", "-pk")


def facts_now(unit: Unit, now: dt.datetime) -> dict[str, int]:
    """What the unit has in hand: counted, never asked for. One query."""
    orders = WorkOrder.objects.filter(status__in=OPEN)
    if unit.kind == UnitKind.COMMAND_CENTER:
        orders = orders.filter(district_id=unit.district_id, level=UnitLevel.DISTRICT)
    elif unit.kind == UnitKind.SUB_CENTER:
        orders = orders.filter(street__units=unit, level=UnitLevel.STREET)
    else:
        orders = orders.filter(holder=unit)
    return orders.order_by().aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        urgent=Count("pk", filter=~Q(urgency=Urgency.NORMAL)),
        to_dispatch=Count("pk", filter=Q(status__in=(Status.REPORTED, Status.REGISTERED))),
        supervised=Count("pk", filter=Q(supervision_tier__gt=0)),
    )


def following(handover: Handover) -> Shift | None:
    """The published shift of the same unit that runs as this one ends. One query."""
    found = Shift.objects.filter(
        unit_id=handover.unit_id,
        published_at__isnull=False,
        starts_at__lte=handover.due_at,
        ends_at__gt=handover.due_at,
    )
    return found.exclude(pk=handover.shift_id).order_by("-starts_at").first()
