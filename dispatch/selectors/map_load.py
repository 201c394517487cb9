"""Divisions by load: open orders over what the people of the grids there usually bear. See rules.load."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from dispatch.rules.load import capacity, percent
from grids.ground import Version, ground, in_force
from grids.models import Grid
from grids.selectors.people import memberships_in_force
from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, STREET, Actor, ActorKind
from lianqin.kernel.clock import Now
from workorders.models import WorkOrder
from workorders.permissions import VIEW
from workorders.selectors import by_letter
from workorders.states import OPEN

LEVELS = ("street", "community", "grid")
# Posts change by the day: what people can bear is counted once a minute.
KEPT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Bearing:
    """A grid, where it lies, and how many open orders it bears."""

    grid_id: int
    codes: Mapping[str, str]
    names: Mapping[str, str]
    keys: Mapping[str, int]
    capacity: int


class _Kept:
    """What the grids bear, in this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Version | None = None
        self.counted_at = 0.0
        self.bearings: dict[int, Bearing] = {}

    def get(self) -> dict[int, Bearing]:
        version = ground().version
        with self.lock:
            if self.version != version or time.monotonic() - self.counted_at > KEPT_SECONDS:
                self.bearings, self.version, self.counted_at = _bearings(), version, time.monotonic()
            return self.bearings


_kept = _Kept()


def forget_bearings() -> None:
    """Count again at the next question: for who has just changed a post."""
    _kept.version = None


def _bearings() -> dict[int, Bearing]:
    """Two queries."""
    people: dict[int, dict[str, int]] = defaultdict(dict)
    held = memberships_in_force().filter(grid__isnull=False, user__is_active=True)
    for grid_id, post, number in held.order_by().values_list("grid_id", "post").annotate(Count("pk")):
        people[grid_id][post] = number
    rows = (
        Grid.objects.filter(in_force())
        .order_by("code")
        .values_list(
            "pk", "code", "name", "community_id", "community__code", "community__name", "community__street_id",
            "community__street__code", "community__street__name", "community__street__district_id",
        )
    )  # fmt: skip
    return {
        pk: Bearing(
            pk,
            {"grid": code, "community": c_code, "street": s_code},
            {"grid": name, "community": c_name, "street": s_name},
            {GRID: pk, COMMUNITY: c_pk, STREET: s_pk, DISTRICT: d_pk},
            capacity(people[pk]),
        )
        for pk, code, name, c_pk, c_code, c_name, s_pk, s_code, s_name, d_pk in rows
    }  # fmt: skip


def places_seen(actor: Actor) -> dict[str, frozenset[int]]:
    """Divisions all of whose orders the actor sees, by letter."""
    held = by_letter(actor.tokens(VIEW))
    return {letter: frozenset(held.get(letter, ())) for letter in (DISTRICT, STREET, COMMUNITY, GRID)}


def seen_bearings(actor: Actor) -> list[Bearing]:
    """The grids that lie in a place of the actor's."""
    found = _kept.get().values()
    if actor.kind == ActorKind.SYSTEM:
        return list(found)
    places = places_seen(actor)
    return [each for each in found if any(each.keys[letter] in pks for letter, pks in places.items())]


def map_load(actor: Actor, level: str) -> dict[str, Any]:
    """Each division of ``level`` of which the actor sees all orders. One statement, two more once a minute."""
    bearings = seen_bearings(actor)
    counted = _counted(actor) if bearings else {}
    summed: dict[str, list[Any]] = {}
    for each in bearings:
        number, late = counted.get(each.grid_id, (0, 0))
        row = summed.setdefault(each.codes[level], [each.names[level], 0, 0, 0])
        row[1] += number
        row[2] += late
        row[3] += each.capacity
    results = [
        {"code": code, "name": name, "open": number, "late": late, "capacity": borne, "percent": percent(number, borne)}
        for code, (name, number, late, borne) in sorted(summed.items())
    ]
    return {"level": level, "open": _sum(results, "open"), "late": _sum(results, "late"), "results": results}


def _sum(rows: Iterable[Mapping[str, Any]], name: str) -> int:
    return sum(row[name] for row in rows)


def _counted(actor: Actor) -> dict[int, tuple[int, int]]:
    """Open and late orders by grid, over the index of open orders of the actor's places."""
    rows = (
        WorkOrder.objects.filter(_here(actor), status__in=OPEN, grid__isnull=False)
        .order_by()
        .values_list("grid_id")
        .annotate(Count("pk"), late=Count("pk", filter=Q(due_at__lt=Now())))
    )
    return {grid_id: (number, late) for grid_id, number, late in rows if grid_id is not None}


def _here(actor: Actor) -> Q:
    if actor.kind == ActorKind.SYSTEM:
        return Q()
    columns = {DISTRICT: "district_id", STREET: "street_id", COMMUNITY: "community_id", GRID: "grid_id"}
    where = Q()
    for letter, pks in places_seen(actor).items():
        if pks:
            where |= Q(**{f"{columns[letter]}__in": sorted(pks)})
    return where
