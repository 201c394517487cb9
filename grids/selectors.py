"""Reads: who a user is on the ground, which units may be dispatched to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import User, UserKind
from lianqin.kernel.actors import DISTRICT, Actor, ActorKind, token
from lianqin.kernel.actors import Post as ActorPost
from lianqin.kernel.clock import Now
from lianqin.kernel.rows import columns, from_json, from_row, link
from lianqin.kernel.statements import prepared

from .ground import ground, in_force
from .models import (
    Community,
    District,
    Division,
    Grid,
    Membership,
    Street,
    Unit,
    UnitKind,
    UnitLevel,
)
from .permissions import district_id_of, grants_of
from .rules import REPORT


def memberships_in_force() -> QuerySet[Membership]:
    """Posts held today, by the clock of the database."""
    today = TruncDate(Now())
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)


def actor_for(user: User) -> Actor:
    """Return the actor of a signed-in user with posts and grants of today. One query for staff, none for others."""
    if user.kind != UserKind.STAFF:
        kind = ActorKind.SOURCE if user.kind == UserKind.SOURCE else ActorKind.PERSON
        everywhere = frozenset(token(DISTRICT, pk) for pk in ground().district_ids)
        return Actor(kind=kind, name=str(user), user_id=user.pk, grants={REPORT: everywhere})
    if user.officer:
        return Actor(kind=ActorKind.PERSON, name=str(user), user_id=user.pk, officer=user.officer)
    held, written = _standing(user.pk)
    return Actor(
        kind=ActorKind.PERSON,
        name=str(user),
        user_id=user.pk,
        posts=tuple(_post(membership) for membership in held),
        grants=grants_of(held, written) if held else {},
    )


# Asked at every request, so that what is taken away is gone at once. Places and units are looked up one by one: joined,
# planning would cost more than reading.
STANDING = """
SELECT {columns},
(SELECT row_to_json(x) FROM
 (SELECT id, district_id, street_id, community_id FROM grids_unit WHERE id = m.unit_id) x)::text,
(SELECT row_to_json(x) FROM
 (SELECT g.community_id, c.street_id, s.district_id FROM grids_grid g JOIN grids_community c ON c.id = g.community_id
  JOIN grids_street s ON s.id = c.street_id WHERE g.id = m.grid_id) x)::text,
(SELECT array_agg(p.codename || ' ' || w.held) FROM auth_permission p JOIN (
 SELECT permission_id, 'd:' || content_object_id AS held FROM grids_districtpermission WHERE user_id = %(user)s
 UNION ALL SELECT permission_id, 's:' || content_object_id FROM grids_streetpermission WHERE user_id = %(user)s
 UNION ALL SELECT permission_id, 'u:' || content_object_id FROM grids_unitpermission WHERE user_id = %(user)s
) w ON w.permission_id = p.id)
FROM grids_membership m
WHERE m.user_id = %(user)s AND m.starts_on <= (lianqin_now() AT TIME ZONE %(zone)s)::date
AND (m.ends_on IS NULL OR m.ends_on > (lianqin_now() AT TIME ZONE %(zone)s)::date) ORDER BY m.id
"""


def _standing(user_id: int) -> tuple[list[Membership], frozenset[tuple[str, str]]]:
    """The posts of today with their places, and guardian's (codename, token) pairs of the person. One query."""
    with prepared() as cursor:
        statement = STANDING.format(columns=columns(Membership, "m"))
        cursor.execute(statement, {"user": user_id, "zone": settings.TIME_ZONE})
        found = cursor.fetchall()
    held = []
    for *membership, unit, grid, _written in found:
        post = from_row(Membership, membership)
        link(post, "unit", unit and from_json(Unit, json.loads(unit)))
        link(post, "grid", grid and _grid(post.grid_id, json.loads(grid)))
        held.append(post)
    pairs = (found[0][-1] if found else None) or ()
    return held, frozenset((codename, place) for codename, place in (pair.split(" ") for pair in pairs))


def _grid(pk: int | None, told: dict[str, int]) -> Grid:
    grid = from_json(Grid, {"id": pk, "community_id": told["community_id"]})
    community = from_json(Community, {"id": told["community_id"], "street_id": told["street_id"]})
    street = from_json(Street, {"id": told["street_id"], "district_id": told["district_id"]})
    link(community, "street", street)
    link(grid, "community", community)
    return grid


def _post(membership: Membership) -> ActorPost:
    unit, grid = membership.unit, membership.grid
    return ActorPost(
        role=membership.role,
        unit_id=membership.unit_id,
        district_id=district_id_of(membership),
        street_id=unit.street_id if unit else grid.community.street_id if grid else None,
        community_id=unit.community_id if unit else grid.community_id if grid else None,
        grid_id=membership.grid_id,
    )


def post_labels(user: User) -> list[tuple[str, str]]:
    """(post, place) in words for everything the user holds today, for the account page. One query."""
    held = (
        memberships_in_force()
        .filter(user=user)
        .select_related("unit", "grid__community")
        .defer("grid__boundary", "grid__community__boundary")
        .order_by("pk")
    )
    return [
        (
            membership.get_post_display() or membership.get_role_display(),
            membership.unit.name if membership.unit else str(membership.grid),
        )
        for membership in held
    ]


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


# For each level: its model, the path to its parent's code, and the path to its street's code.
LEVELS: Mapping[str, tuple[type[Division], str, str]] = {
    "district": (District, "", ""),
    "street": (Street, "district__code", "code"),
    "community": (Community, "street__code", "street__code"),
    "grid": (Grid, "community__code", "community__street__code"),
}


def divisions(
    *, level: str = "", parent: str = "", street: str = "", code: str = "", boundary: bool = False
) -> list[dict[str, Any]]:
    """Divisions in force, in code order, level by level. One query for each level asked for."""
    found: list[dict[str, Any]] = []
    for name, (model, parent_path, street_path) in LEVELS.items():
        if (level and level != name) or (parent and not parent_path) or (street and not street_path):
            continue
        rows = model._default_manager.filter(in_force())
        for path, value in ((parent_path, parent), (street_path, street), ("code", code)):
            if value:
                rows = rows.filter(**{path: value})
        found += [
            _row(row, name, parent_path, boundary) for row in rows.order_by("code").values(*_columns(name, boundary))
        ]
    return found


def _columns(level: str, boundary: bool) -> list[str]:
    columns = ["pk", "code", "name", "short_name", "pinyin", "households", "population", "area_km2", "synthetic"]
    columns += ["label_lon", "label_lat"] + ["boundary"] * boundary
    parent_path = LEVELS[level][1]
    extra = {"street": ["kind"], "grid": ["kind", "zone"]}.get(level, [])
    return [*columns, *extra, *([parent_path] if parent_path else [])]


def _row(row: dict[str, Any], level: str, parent_path: str, boundary: bool) -> dict[str, Any]:
    lon, lat = row.pop("label_lon"), row.pop("label_lat")
    shape = {"boundary": row.pop("boundary")} if boundary else {}
    return {
        "id": row.pop("pk"),
        "level": level,
        "parent": row.pop(parent_path) if parent_path else None,
        "label": None if lon is None else [lon, lat],
        "kind": "",
        "zone": "",
        **row,
        **shape,
    }


def place_at(lon: float, lat: float) -> dict[str, dict[str, Any]] | None:
    """Names of the divisions that hold a WGS-84 point. At most one query."""
    place = ground().locate(lon, lat)
    if place is None:
        return None
    shapes = ("boundary", "community__boundary", "community__street__boundary", "community__street__district__boundary")
    grid = Grid.objects.select_related("community__street__district").defer(*shapes).get(pk=place.grid_id)
    community = grid.community
    named = {
        "district": community.street.district,
        "street": community.street,
        "community": community,
        "grid": grid,
    }
    return {
        level: {"id": division.pk, "code": division.code, "name": division.name, "short_name": division.short_name}
        for level, division in named.items()
    }
