"""The grids of a district as a list: what each is, how it stands to its norm, and who is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from ..ground import in_force
from ..models import Community, District, Grid, GridKind, Membership, Post, Street
from ..rules import Measured, Norm, NormState, against_norm
from .norms import norms
from .people import memberships_in_force

OUTSIDE = frozenset({NormState.OVER, NormState.UNDER})


@dataclass(frozen=True, slots=True)
class GridRow:
    """One grid in force. ``full_time`` and ``members`` count those who hold their post today."""

    code: str
    name: str
    pinyin: str
    kind: str
    zone: str
    setting: str
    households: int
    population: int
    area_km2: float
    party_branch: str
    occupier: str
    community: str
    community_code: str
    street: str
    street_code: str
    drawn: bool
    full_time: int
    members: int
    measured: Measured
    synthetic: bool

    @property
    def kind_name(self) -> str:
        return str(GridKind(self.kind).label)

    @property
    def outside(self) -> bool:
        return self.measured.state in OUTSIDE

    @property
    def lacks_worker(self) -> bool:
        """A comprehensive grid without its one full-time worker."""
        return self.kind == GridKind.COMPREHENSIVE and not self.full_time


@dataclass(frozen=True, slots=True)
class GridFilter:
    """What a list is narrowed to; empty means all. ``within`` is the code of a street or community."""

    text: str = ""
    within: str = ""
    kind: str = ""
    zone: str = ""
    setting: str = ""
    norm: str = ""
    lacks: str = ""  # "boundary" or "worker".

    def holds(self, row: GridRow) -> bool:
        wanted = ((self.kind, row.kind), (self.zone, row.zone), (self.setting, row.setting))
        return (
            all(not value or value == has for value, has in wanted)
            and (not self.within or row.code.startswith(self.within) or row.street_code == self.within)
            and self._fits_norm(row)
            and self._lacks(row)
            and self._found(row)
        )

    def _fits_norm(self, row: GridRow) -> bool:
        return not self.norm or (row.outside if self.norm == "outside" else row.measured.state == self.norm)

    def _lacks(self, row: GridRow) -> bool:
        return {"boundary": not row.drawn, "worker": row.lacks_worker}.get(self.lacks, True)

    def _found(self, row: GridRow) -> bool:
        text = self.text.strip().lower()
        if not text:
            return True
        places = (row.code, row.name, row.pinyin, row.party_branch, row.occupier, row.community)
        return any(text in place.lower() for place in places)


def _posts(**of: Any) -> Coalesce:
    held = memberships_in_force().filter(grid=OuterRef("pk"), **of).order_by()
    return Coalesce(Subquery(held.values("grid").annotate(number=Count("user", distinct=True)).values("number")), 0)


def _grids() -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = (
        Grid.objects.filter(in_force())
        .order_by("code")
        .annotate(
            drawn=ExpressionWrapper(Q(boundary__isnull=False), BooleanField()),
            full_time=_posts(post=Post.FULL_TIME_WORKER),
            members=_posts(),
        )
        .values(
            *("code", "name", "pinyin", "kind", "households", "population", "area_km2", "party_branch", "synthetic"),
            *("occupier__short_name", "occupier_name", "full_time", "members", "drawn"),
            *("community__short_name", "community__code", "community__zone", "community__setting"),
            *("community__street__short_name", "community__street__code"),
        )
    )
    return found


def grid_rows() -> list[GridRow]:
    """Every grid in force in the order of codes. Two queries, no boundaries."""
    held = norms()
    return [_row(values, held) for values in _grids()]


def _row(values: dict[str, Any], held: dict[str, Norm]) -> GridRow:
    setting = values["community__setting"]
    own = {name: values[name] for name in ("code", "name", "pinyin", "kind", "households", "population", "area_km2")}
    return GridRow(
        **own,
        party_branch=values["party_branch"],
        synthetic=values["synthetic"],
        full_time=values["full_time"],
        members=values["members"],
        zone=values["community__zone"],
        setting=setting,
        occupier=values["occupier__short_name"] or values["occupier_name"],
        community=values["community__short_name"],
        community_code=values["community__code"],
        street=values["community__street__short_name"],
        street_code=values["community__street__code"],
        drawn=values["drawn"],
        measured=against_norm(
            kind=values["kind"],
            households=values["households"],
            people=values["population"],
            norm=held[setting],
        ),
    )


@dataclass(slots=True)
class Branch:
    """A district, street or community with what lies in it."""

    level: str
    code: str
    name: str
    grids: int
    below: list[Branch]
    outside: int = 0


def ground_tree(rows: Iterable[GridRow]) -> list[Branch]:
    """District → street → community, with the number of grids in each. Three queries; the grids are told."""
    grids: dict[str, int] = {}
    outside: dict[str, int] = {}
    for row in rows:
        for code in (row.community_code, row.street_code):
            grids[code] = grids.get(code, 0) + 1
            outside[code] = outside.get(code, 0) + row.outside
    leaves: dict[str, list[Branch]] = {}
    communities = Community.objects.filter(in_force()).order_by("code")
    for code, name, street in communities.values_list("code", "short_name", "street__code"):
        leaves.setdefault(street, []).append(
            Branch("community", code, name, grids.get(code, 0), [], outside.get(code, 0))
        )
    streets: dict[str, list[Branch]] = {}
    for code, name, district in (
        Street.objects.filter(in_force()).order_by("code").values_list("code", "short_name", "district__code")
    ):
        streets.setdefault(district, []).append(
            Branch("street", code, name, grids.get(code, 0), leaves.get(code, []), outside.get(code, 0))
        )
    found = []
    for code, name in District.objects.filter(in_force()).order_by("code").values_list("code", "short_name"):
        below = streets.get(code, [])
        found.append(Branch("district", code, name, sum(b.grids for b in below), below, sum(b.outside for b in below)))
    return found


def members_of(grid: Grid) -> list[Membership]:
    """Who holds a post on the grid today, the leader first, with the person loaded."""
    order = {Post.GRID_LEADER: 0, Post.FULL_TIME_WORKER: 1}
    held = memberships_in_force().filter(grid=grid).select_related("user")
    return sorted(held, key=lambda m: (order.get(Post(m.post), 2), m.pk))
