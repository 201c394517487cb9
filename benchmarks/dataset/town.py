"""Who and what a district has, as numbers; and which of them a name in a life course means at a place."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

import shapely

from accounts.models import User
from benchmarks.dataset import writing
from catalogue.models import Category
from grids.models import Grid, Membership, Post, Role, Unit, UnitKind
from grids.seeding.units import SQUADS

HELPERS = ("urban_management", "public_security", "housing", "emergency", "market")
FALLBACK = "urban_management"
POINTS = 40
JITTER = 0.00001  # Degrees, about a metre.


@dataclass(frozen=True, slots=True)
class Spot:
    """A grid with what lies around it, and points (lon, lat) that lie well inside."""

    district: int
    street: int
    community: int
    grid: int
    code: str
    points: tuple[tuple[float, float], ...]
    words: writing.Around


@dataclass(frozen=True, slots=True)
class Matter:
    """A category; ``sign`` is what its clocks and its course depend on."""

    id: int
    name: str
    top: str
    street_function: str
    district_function: str
    urgency: str
    vertical: bool
    evidence: bool
    conditions: tuple[str, ...]
    closings: tuple[str, ...]
    sign: tuple[Any, ...]

    @property
    def has_squad(self) -> bool:
        return self.street_function in SQUADS


@dataclass(slots=True)
class Town:
    centre: int = 0
    hotline: int = 0
    citizens: range = range(0)
    spots: list[Spot] = field(default_factory=list)
    cumulated: list[float] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    sub_centres: dict[int, int] = field(default_factory=dict)
    stations: dict[int, int] = field(default_factory=dict)
    # (street or 0 for the district, function) -> unit
    departments: dict[tuple[int, str], int] = field(default_factory=dict)
    people: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    workers: dict[tuple[int, str], int] = field(default_factory=dict)

    def spot(self, dice: random.Random) -> Spot:
        return dice.choices(self.spots, cum_weights=self.cumulated)[0]

    def elsewhere(self, spot: Spot, dice: random.Random) -> Spot:
        """A spot in another street."""
        while (found := self.spot(dice)).street == spot.street:
            pass
        return found


def read_town(district_code: str, citizens: range, seed: int) -> Town:
    """Read the district. Some ten queries; the points of the grids take a second or two."""
    dice = random.Random(f"town {seed}")
    town = Town(citizens=citizens)
    _read_units(town, district_code)
    _read_people(town, district_code)
    town.matters = [_matter(row) for row in Category.objects.filter(level=2).select_related("parent").order_by("code")]
    grids = Grid.objects.filter(community__street__district__code=district_code).select_related("community__street")
    weights = []
    known: dict[int, writing.Around] = {}
    for grid in grids.order_by("code"):
        community = grid.community
        words = known.setdefault(community.pk, writing.around(community.short_name, dice))
        points = _points(grid.boundary or {}, dice)
        town.spots.append(
            Spot(community.street.district_id, community.street_id, community.pk, grid.pk, grid.code, points, words)
        )
        # Where many people live much is told, and some places are simply worse than others.
        weights.append(max(grid.population, 100) * dice.lognormvariate(0, 0.5))
    town.cumulated = list(accumulate(weights))
    return town


def _read_units(town: Town, district_code: str) -> None:
    units = Unit.objects.filter(district__code=district_code, active=True)
    for pk, kind, street, community, function in units.values_list(
        "pk", "kind", "street_id", "community_id", "function"
    ):
        if kind == UnitKind.COMMAND_CENTER:
            town.centre = pk
        elif kind == UnitKind.SUB_CENTER:
            town.sub_centres[street] = pk
        elif kind == UnitKind.WORKSTATION:
            town.stations[community] = pk
        elif kind == UnitKind.DUTY_DEPARTMENT:
            town.departments[street or 0, function] = pk


def _read_people(town: Town, district_code: str) -> None:
    posts = Membership.objects.filter(ends_on=None).order_by("pk")
    for unit, role, user in posts.filter(unit__district__code=district_code).values_list("unit_id", "role", "user_id"):
        town.people[unit or 0, role].append(user)
    on_grids = posts.filter(grid__community__street__district__code=district_code)
    for grid, post, user in on_grids.values_list("grid_id", "post", "user_id"):
        if post in (Post.FULL_TIME_WORKER, Post.GRID_LEADER):
            town.workers[grid or 0, post] = user
    town.hotline = User.objects.filter(kind="source").order_by("pk").values_list("pk", flat=True)[0]


def _matter(row: Category) -> Matter:
    squad = row.street_function in SQUADS
    return Matter(
        id=row.pk,
        name=row.name,
        top=row.code[:2],
        street_function=row.street_function,
        district_function=row.district_function,
        urgency=row.urgency,
        vertical=row.vertical,
        evidence=row.evidence_required,
        conditions=tuple(row.registration_conditions),
        closings=tuple(row.closing_conditions),
        sign=(row.urgency, row.deadline_class, row.vertical, row.evidence_required, squad),
    )


def _points(boundary: Mapping[str, Any], dice: random.Random) -> tuple[tuple[float, float], ...]:
    """Points of six decimals that stay inside when they are moved by a metre."""
    shape = shapely.from_geojson(json.dumps(boundary))
    inner = shapely.buffer(shape, -4 * JITTER)
    shapely.prepare(inner)
    west, south, east, north = inner.bounds
    found: list[tuple[float, float]] = []
    while len(found) < POINTS:
        xs = [dice.uniform(west, east) for _ in range(4 * POINTS)]
        ys = [dice.uniform(south, north) for _ in range(4 * POINTS)]
        inside = shapely.contains_xy(inner, xs, ys)
        found += [(round(x, 6), round(y, 6)) for x, y, ok in zip(xs, ys, inside, strict=True) if ok]
    return tuple(found[:POINTS])


class Casting:
    """What the names of a life course mean for one order: ``casting["by:lead"]`` is a handler of its lead.

    ``NAME@2`` is the same at the second place. Different names of one course mean different people and units.
    """

    def __init__(self, town: Town, dice: random.Random, spots: Sequence[Spot], matters: Sequence[Matter]) -> None:
        self.town, self.dice, self.spots, self.matters = town, dice, spots, matters
        self.known: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        found = self.known.get(name)
        if found is None:
            base, _, place = name.partition("@")
            found = self.known[name] = self._find(base, "@2" if place else "", self.spots[1 if place else 0])
        return found

    def _find(self, name: str, at: str, spot: Spot) -> int:
        if name in PLACES:
            return int(getattr(spot, name))
        if name == "matter":
            return self.matters[1 if at else 0].id
        if name.startswith("by:"):
            return self._one_of(self[name[3:] + at], Role.DEPARTMENT_HANDLER)
        if name in PEOPLE:
            unit, role = PEOPLE[name]
            return self._one_of(self[unit + at], role, unlike=name.rstrip("2") + at)
        found: int = UNITS_AND_OTHERS[name](self, spot)
        return found

    def _one_of(self, unit: int, role: str, unlike: str = "") -> int:
        people = self.town.people[unit, role]
        taken = self.known.get(unlike)
        found = self.dice.choice(people)
        while found == taken and len(people) > 1:
            found = self.dice.choice(people)
        return found

    def department(self, spot: Spot, function: str) -> int:
        units = self.town.departments
        return units.get((spot.street, function)) or units[spot.street, "mobile_squad"]

    def bureau(self) -> int:
        bureaus = self.town.departments
        return bureaus.get((0, self.matters[0].district_function)) or bureaus[0, FALLBACK]

    def other(self, street: int, *taken: str) -> int:
        """A department that helps, none of those that already have a part."""
        used = {self[name] for name in taken}
        fit = [self.town.departments[street, each] for each in HELPERS]
        return self.dice.choice([unit for unit in fit if unit not in used])


PLACES = frozenset({"district", "street", "community", "grid"})
PEOPLE: Mapping[str, tuple[str, str]] = {
    "dispatcher": ("sub", Role.STREET_DISPATCHER),
    "dispatcher2": ("sub", Role.STREET_DISPATCHER),
    "officer": ("station", Role.COMMUNITY_OFFICER),
    "duty": ("centre", Role.DISTRICT_DISPATCHER),
    "duty2": ("centre", Role.DISTRICT_DISPATCHER),
    "commander": ("centre", Role.DISTRICT_COMMANDER),
    "supervisor": ("centre", Role.SUPERVISOR),
}
UNITS_AND_OTHERS: Mapping[str, Any] = {
    "centre": lambda casting, spot: casting.town.centre,
    "sub": lambda casting, spot: casting.town.sub_centres[spot.street],
    "station": lambda casting, spot: casting.town.stations[spot.community],
    "squad": lambda casting, spot: casting.town.departments[spot.street, "mobile_squad"],
    "lead": lambda casting, spot: casting.department(spot, casting.matters[0].street_function),
    "help": lambda casting, spot: casting.other(spot.street, "lead"),
    "help2": lambda casting, spot: casting.other(spot.street, "lead", "help"),
    "bureau": lambda casting, spot: casting.bureau(),
    "bureau2": lambda casting, spot: casting.other(0, "bureau"),
    "worker": lambda casting, spot: casting.town.workers[spot.grid, Post.FULL_TIME_WORKER],
    "leader": lambda casting, spot: casting.town.workers[spot.grid, Post.GRID_LEADER],
    "hotline": lambda casting, spot: casting.town.hotline,
    "citizen": lambda casting, spot: casting.dice.choice(casting.town.citizens),
    "citizen2": lambda casting, spot: casting.dice.choice(casting.town.citizens),
}
