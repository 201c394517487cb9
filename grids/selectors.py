"""Reads: who a user is on the ground, which units may be dispatched to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate

from accounts.models import User, UserKind
from lianqin.kernel.actors import DISTRICT, Actor, ActorKind, token
from lianqin.kernel.actors import Post as ActorPost
from lianqin.kernel.clock import Now

from .ground import ground, in_force
from .models import (
    Community,
    District,
    DistrictPermission,
    Division,
    Grid,
    Membership,
    Street,
    StreetPermission,
    Unit,
    UnitKind,
    UnitLevel,
    UnitPermission,
)
from .permissions import district_id_of, grants_of
from .rules import REPORT


def memberships_in_force() -> QuerySet[Membership]:
    """Posts held today, by the clock of the database."""
    today = TruncDate(Now())
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)


def actor_for(user: User) -> Actor:
    """Return the actor of a signed-in user with posts and grants of today. Two queries for staff, none for others."""
    if user.kind != UserKind.STAFF:
        kind = ActorKind.SOURCE if user.kind == UserKind.SOURCE else ActorKind.PERSON
        everywhere = frozenset(token(DISTRICT, pk) for pk in ground().district_ids)
        return Actor(kind=kind, name=str(user), user_id=user.pk, grants={REPORT: everywhere})
    if user.officer:
        return Actor(kind=ActorKind.PERSON, name=str(user), user_id=user.pk, officer=user.officer)
    held = list(
        memberships_in_force()
        .filter(user=user)
        .select_related("unit", "grid__community__street")
        .defer("grid__boundary", "grid__community__boundary", "grid__community__street__boundary")
        .order_by("pk")
    )
    return Actor(
        kind=ActorKind.PERSON,
        name=str(user),
        user_id=user.pk,
        posts=tuple(_post(membership) for membership in held),
        grants=grants_of(held, _written(user)) if held else {},
    )


def _written(user: User) -> frozenset[tuple[str, str]]:
    """(codename, token) pairs that guardian holds for the user. One query."""

    def pairs(
        model: type[DistrictPermission | StreetPermission | UnitPermission], letter: str
    ) -> QuerySet[DistrictPermission | StreetPermission | UnitPermission, tuple[str, str]]:
        name = Concat(Value(f"{letter}:"), Cast("content_object_id", CharField()), output_field=CharField())
        return model.objects.filter(user=user).values_list(F("permission__codename"), name)

    found = pairs(DistrictPermission, "d").union(pairs(StreetPermission, "s"), pairs(UnitPermission, "u"), all=True)
    return frozenset((codename, held) for codename, held in found)


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
