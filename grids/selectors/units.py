"""Units, and which of them may be dispatched to."""

from __future__ import annotations

from django.db.models import QuerySet

from lianqin.kernel.rows import columns, from_row
from lianqin.kernel.statements import prepared

from ..models import (
    Unit,
    UnitKind,
    UnitLevel,
)


def units_for_dispatch(*, level: str, street_id: int | None, district_id: int) -> QuerySet[Unit]:
    """Departments that a centre may send an order to: a street its own squads, the district every department.

    Sorted by pinyin; ``street`` is loaded.
    """
    units = Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, active=True, district_id=district_id)
    if level == UnitLevel.STREET:
        units = units.filter(level=UnitLevel.STREET, street_id__in=[street_id] if street_id else [])
    return units.select_related("street").defer("street__boundary").order_by("level", "pinyin")


def active_unit(code: str) -> Unit | None:
    """The active unit of that code. One statement."""
    with prepared() as cursor:
        cursor.execute(f"SELECT {columns(Unit, 'u')} FROM grids_unit u WHERE code = %s AND active", [code])
        row = cursor.fetchone()
    return None if row is None else from_row(Unit, row)


def may_be_dispatched_to(unit: Unit, *, level: str, street_id: int | None, district_id: int) -> bool:
    """The rule of ``units_for_dispatch`` for a unit at hand."""
    within = unit.level == UnitLevel.STREET and unit.street_id == street_id and bool(street_id)
    stands = unit.active and unit.kind == UnitKind.DUTY_DEPARTMENT and unit.district_id == district_id
    return stands and (within or level != UnitLevel.STREET)


def units(*, level: str = "", street: str = "", function: str = "", kind: str = "") -> QuerySet[Unit]:
    """Active units in pinyin order, with street, community and parent loaded."""
    found = Unit.objects.filter(active=True)
    wanted = {"level": level, "street__code": street, "function": function, "kind": kind}
    return (
        found.filter(**{name: value for name, value in wanted.items() if value})
        .select_related("street", "community", "parent")
        .defer("street__boundary", "community__boundary")
        .order_by("level", "pinyin", "code")
    )
