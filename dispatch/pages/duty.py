"""Who is on duty where, and what their centres have in hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from grids.models import Membership, Role, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from workorders.models import WorkOrder
from workorders.states import OPEN


@dataclass(frozen=True, slots=True)
class DutyUnit:
    name: str
    level: str
    phone: str
    people: str
    open: int
    overdue: int


def duty() -> tuple[DutyUnit, ...]:
    """Centres that answer day and night. Three queries."""
    now = clock.now()
    units = Unit.objects.filter(kind__in=(UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER), active=True).order_by(
        "kind", "code"
    )
    people: dict[int | None, list[str]] = {}
    dispatchers: QuerySet[Membership] = memberships_in_force().filter(
        role__in=(Role.DISTRICT_DISPATCHER, Role.STREET_DISPATCHER)
    )
    for post in dispatchers.select_related("user"):
        people.setdefault(post.unit_id, []).append(post.user.full_name)
    counted = {
        row["holder_id"]: row
        for row in WorkOrder.objects.filter(status__in=OPEN)
        .order_by()
        .values("holder_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    }
    nothing = {"open": 0, "late": 0}
    return tuple(
        DutyUnit(
            name=unit.name,
            level=unit.get_level_display(),
            phone=unit.phone,
            people="、".join(people.get(unit.pk, [])[:4]),
            open=counted.get(unit.pk, nothing)["open"],
            overdue=counted.get(unit.pk, nothing)["late"],
        )
        for unit in units
    )
