"""The responsibility lists, the units and what arbitrations taught, as this process remembers them.

Follows the stamps of the catalogue and of the ground; the latter carries the day of the database, so that a version
comes into force at midnight without anybody telling.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from catalogue.models import (
    Category,
    ProposalState,
    Responsibility,
    ResponsibilityProposal,
    ResponsibilityVersion,
)
from catalogue.revisions import Remembered
from catalogue.rules import Area
from grids.ground import Version, ground
from grids.models import Grid, Unit, UnitKind
from lianqin.kernel.drafts import DraftState

# The narrower area decides first.
AREA_RANK: Mapping[str, int] = {Area.GRID_KIND: 3, Area.COMMUNITY: 2, Area.STREET: 1, Area.DISTRICT: 0}


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as far as it matters for who is responsible."""

    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    level: str
    function: str
    district_id: int
    street_id: int | None
    vertical: bool
    phone: str
    active: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A responsibility away from the ORM."""

    pk: int
    code: str
    name: str
    category_id: int
    level: str
    area: str
    street_id: int | None
    community_id: int | None
    grid_kind: str
    lead_unit_id: int | None
    lead_function: str
    assisting: tuple[str, ...]
    legal_basis: str
    amount: int | None
    amount_unit: str
    # Area before the whole district, a unit before a function, a matter before its class.
    weight: tuple[int, bool, bool]


Lines = Mapping[tuple[int, str], tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class Listed:
    """A published version: the day from which it is in force."""

    pk: int
    number: int
    name: str
    effective_from: dt.date


@dataclass(frozen=True, slots=True)
class Learnt:
    """An accepted outcome of an arbitration; without a street it holds everywhere."""

    street_id: int | None
    unit_id: int
    order_number: str


@dataclass(slots=True)
class Book:
    """Everything that decides who is responsible."""

    ground: Version
    units: Mapping[int, UnitFacts]
    unit_codes: Mapping[str, UnitFacts]
    departments: Mapping[tuple[str, int, int | None, str], UnitFacts]
    learnt: Mapping[int, tuple[Learnt, ...]]
    categories: Mapping[int, Category]
    grid_kinds: Mapping[int, str]
    versions: tuple[Listed, ...]
    lines: dict[int, Lines] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        return self.ground[1] or dt.date.min

    def version_on(self, day: dt.date) -> Listed | None:
        """The version in force on that day: of several with the same day the last approved."""
        return next((each for each in self.versions if each.effective_from <= day), None)

    def lines_of(self, version: Listed | None) -> Lines:
        """No query for the version in force; one, once, for any other."""
        if version is None:
            return {}
        if version.pk not in self.lines:
            self.lines[version.pk] = read_lines(version.pk)
        return self.lines[version.pk]


def book() -> Book:
    """Return what is remembered; no query when warm."""
    kept = _remembered.get()
    if kept.ground != ground().version:
        _remembered.forget()
        kept = _remembered.get()
    return kept


def read_lines(version_id: int) -> Lines:
    """The lines of any version, draft or not, by matter and level, the deciding one first. One query."""
    rows = Responsibility.objects.filter(version_id=version_id).select_related("category").order_by("pk")
    found: dict[tuple[int, str], list[Line]] = {}
    for row in sorted(rows, key=lambda row: number_key(row.code)):
        found.setdefault((row.category_id, row.level), []).append(line_of(row))
    return {key: tuple(sorted(lines, key=_weight, reverse=True)) for key, lines in found.items()}


def number_key(code: str) -> tuple[tuple[int, str], ...]:
    """Sorts 3.2.1 before 3.10.1."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in code.split("."))


def _weight(line: Line) -> tuple[int, bool, bool]:
    return line.weight


def line_of(row: Responsibility) -> Line:
    """Needs ``category`` loaded."""
    values: dict[str, Any] = {
        name: getattr(row, name) for name in Line.__slots__ if name not in ("assisting", "weight")
    }
    weight = (AREA_RANK[row.area], row.lead_unit_id is not None, row.category.level != 1)
    return Line(**values, assisting=tuple(row.assisting), weight=weight)


def _load() -> Book:
    # What this process goes by, not what the row says by now: ``book`` compares with it.
    version = ground().version
    columns = [name for name in UnitFacts.__slots__ if name != "pk"]
    units = {row[0]: UnitFacts(*row) for row in Unit.objects.order_by("code").values_list("pk", *columns)}
    departments: dict[tuple[str, int, int | None, str], UnitFacts] = {}
    for unit in units.values():
        if unit.active and unit.kind == UnitKind.DUTY_DEPARTMENT:
            departments.setdefault((unit.level, unit.district_id, unit.street_id, unit.function), unit)
    listed = ResponsibilityVersion.objects.filter(state=DraftState.APPROVED).order_by("-effective_from", "-number")
    rows = listed.values_list("pk", "number", "name", "effective_from")
    versions = [Listed(pk, number or 0, name, day or dt.date.max) for pk, number, name, day in rows]
    made = Book(
        ground=version,
        units=units,
        unit_codes={unit.code: unit for unit in units.values()},
        departments=departments,
        learnt=_learnt(),
        categories={row.pk: row for row in Category.objects.all()},
        grid_kinds=dict(Grid.objects.values_list("pk", "kind")),
        versions=tuple(versions),
    )
    made.lines_of(made.version_on(made.today))
    return made


def _learnt() -> dict[int, tuple[Learnt, ...]]:
    rows = ResponsibilityProposal.objects.filter(state=ProposalState.ACCEPTED).order_by("street_id", "-id")
    found: dict[int, tuple[Learnt, ...]] = {}
    # PostgreSQL sorts the rule for every street (NULL) last.
    for category_id, street_id, unit_id, number in rows.values_list(
        "category_id", "street_id", "unit_id", "order_number"
    ):
        found[category_id] = (*found.get(category_id, ()), Learnt(street_id, unit_id, number))
    return found


_remembered = Remembered(_load)
