"""Who stands in the synthetic rosters: those in office, and as many more as round-the-clock duty takes."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.rules import pinyin_of
from dispatch.models import Position, Watch
from grids.models import Grid, Membership, Role, Unit, UnitKind
from grids.seeding.people import FAMILY, FIRST, SECOND
from grids.services import write_grants

SINCE = dt.date(2018, 11, 1)
TEAMS = 4
PATROL_A_TEAM, PATROL_OF_THE_LARGEST = 5, 10
# Bureaus whose people are on call day and night.
ON_CALL = ("320111-urban_management", "320111-public_security", "320111-emergency", "320111-water")
ON_CALL_TEAMS = 3
LARGEST = "320111004-zx"


@dataclass(slots=True)
class Crew:
    """The people of one unit's roster: (team, user, post)."""

    unit: Unit
    needed: dict[str, int]
    members: list[tuple[int, int, str]] = field(default_factory=list)
    on_call: bool = False
    has_handovers: bool = True


def crews() -> list[Crew]:
    """Crews of the centres and of some bureaus, with new people where there are too few."""
    centres = list(
        Unit.objects.filter(kind__in=(UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER), active=True).order_by("code")
    )
    bureaus = list(Unit.objects.filter(code__in=ON_CALL).order_by("code"))
    held: dict[int, list[int]] = defaultdict(list)
    roles = (Role.DISTRICT_DISPATCHER, Role.STREET_DISPATCHER, Role.DEPARTMENT_HANDLER)
    posts = Membership.objects.filter(unit__in=[*centres, *bureaus], role__in=roles, ends_on=None).order_by("user_id")
    for unit_id, user_id in posts.values_list("unit_id", "user_id"):
        held[unit_id or 0].append(user_id)
    lacking = [(unit, TEAMS * 2 - len(held[unit.pk])) for unit in centres]
    lacking += [(unit, ON_CALL_TEAMS - len(held[unit.pk])) for unit in bureaus]
    for unit, user_id in _appoint(lacking):
        held[unit.pk].append(user_id)
    patrols = _patrols()
    return [_of_centre(unit, held[unit.pk], patrols[unit.street_id or 0]) for unit in centres] + [
        _of_bureau(unit, held[unit.pk]) for unit in bureaus
    ]


def _of_centre(unit: Unit, people: list[int], patrol: list[int]) -> Crew:
    crew = Crew(unit, {"duty_officer": 1, "dispatcher": 1})
    for place, user_id in enumerate(people[: TEAMS * 2]):
        crew.members.append((place % TEAMS, user_id, "duty_officer" if place < TEAMS else "dispatcher"))
    wanted = PATROL_OF_THE_LARGEST if unit.code == LARGEST else PATROL_A_TEAM
    each = min(wanted, len(patrol) // TEAMS)
    if each:
        crew.needed["patrol"] = each
        # Whole teams at a time, so that the first people, who have accounts to try, stand together.
        crew.members += [(place // each, user_id, "patrol") for place, user_id in enumerate(patrol[: each * TEAMS])]
    return crew


def _of_bureau(unit: Unit, people: list[int]) -> Crew:
    members = [(place, user_id, "on_call") for place, user_id in enumerate(people[:ON_CALL_TEAMS])]
    return Crew(unit, {"on_call": 1}, members, on_call=True, has_handovers=False)


def _patrols() -> dict[int, list[int]]:
    """Grid workers by street, those with an account to try first, then the full-time ones. One query."""
    rows = Membership.objects.filter(role=Role.GRID_WORKER, ends_on=None, standing="").exclude(post="grid_leader")
    found: dict[int, dict[int, None]] = defaultdict(dict)
    ordered = sorted(
        rows.values_list("user__username", "post", "user_id", "grid__community__street_id"),
        key=lambda row: (not row[0].startswith(("jp_", "ts_")), row[1] != "full_time_worker", row[2]),
    )
    for _name, _post, user_id, street_id in ordered:
        found[street_id or 0][user_id] = None
    return defaultdict(list, {street: list(people) for street, people in found.items()})


def _appoint(lacking: Iterable[tuple[Unit, int]]) -> list[tuple[Unit, int]]:
    dice = random.Random(5155)
    wanted = [unit for unit, number in lacking for _n in range(number)]
    names = [dice.choice(FAMILY) + dice.choice(FIRST) * dice.randint(0, 1) + dice.choice(SECOND) for _unit in wanted]
    nobody = make_password(None)
    users = User.objects.bulk_create(
        User(
            username=f"zb{serial:03d}", full_name=name, pinyin=pinyin_of(name), kind="staff", password=nobody,
            phone=f"13{dice.randint(0, 9)}****{dice.randint(0, 9999):04d}",
        )
        for serial, name in enumerate(names, start=1)
    )  # fmt: skip
    posts = Membership.objects.bulk_create(
        Membership(user=user, unit=unit, role=_role_in(unit), starts_on=SINCE)
        for user, unit in zip(users, wanted, strict=True)
    )
    write_grants(posts)
    return [(unit, user.pk) for unit, user in zip(wanted, users, strict=True)]


def _role_in(unit: Unit) -> str:
    match unit.kind:
        case UnitKind.COMMAND_CENTER:
            return Role.DISTRICT_DISPATCHER
        case UnitKind.SUB_CENTER:
            return Role.STREET_DISPATCHER
        case _:
            return Role.DEPARTMENT_HANDLER


def write_positions(watches: list[Watch], now: dt.datetime, dice: random.Random) -> int:
    """Where the patrols of now say to be: about the middle of their grids."""
    out = {each.user_id: each.shift.ends_at for each in watches if each.post == "patrol"}
    posts = Membership.objects.filter(user_id__in=out, grid__isnull=False, ends_on=None)
    grids = dict(posts.values_list("user_id", "grid_id"))
    shapes = dict(Grid.objects.filter(pk__in=grids.values()).values_list("pk", "boundary"))
    rows = []
    for user_id, grid_id in sorted(grids.items()):
        ring = _ring(shapes.get(grid_id))
        if not ring:
            continue
        lon, lat = (sum(point[axis] for point in ring) / len(ring) for axis in (0, 1))
        rows.append(
            Position(
                user_id=user_id, lon=round(lon + dice.uniform(-0.0012, 0.0012), 6), accuracy_m=dice.randint(5, 35),
                lat=round(lat + dice.uniform(-0.001, 0.001), 6), until=out[user_id],
                at=now - dt.timedelta(seconds=dice.randint(20, 900)),
            )
        )  # fmt: skip
    Position.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _ring(boundary: dict[str, Any] | None) -> list[list[float]]:
    """The outer ring of a polygon; of the first of several."""
    if not boundary:
        return []
    shape: list[Any] = boundary["coordinates"]
    ring: list[list[float]] = shape[0][0] if boundary.get("type") == "MultiPolygon" else shape[0]
    return ring
