"""Divisions, and what lies where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ground import ground, in_force
from ..models import (
    Community,
    District,
    Division,
    Grid,
    Street,
)

# For each level: its model, the path to its parent's code, and the path to its street's code.
LEVELS: Mapping[str, tuple[type[Division], str, str]] = {
    "district": (District, "", ""),
    "street": (Street, "district__code", "code"),
    "community": (Community, "street__code", "street__code"),
    "grid": (Grid, "community__code", "community__street__code"),
}
# What a level has of its own. A grid takes zone and setting from its community.
OWN: Mapping[str, tuple[str, ...]] = {
    "street": ("kind",),
    "community": ("zone", "setting"),
    "grid": (
        *("kind", "community__zone", "community__setting", "party_branch"),
        *("occupier__code", "occupier__name", "occupier_name"),
    ),
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
    return [*columns, *OWN.get(level, ()), *([parent_path] if parent_path else [])]


def _row(row: dict[str, Any], level: str, parent_path: str, boundary: bool) -> dict[str, Any]:
    lon, lat = row.pop("label_lon"), row.pop("label_lat")
    shape = {"boundary": row.pop("boundary")} if boundary else {}
    if level == "grid":
        row["zone"], row["setting"] = row.pop("community__zone"), row.pop("community__setting")
        row["occupier"] = row.pop("occupier__code") or ""
        row["occupier_name"] = row.pop("occupier__name") or row["occupier_name"]
    return {
        "id": row.pop("pk"),
        "level": level,
        "parent": row.pop(parent_path) if parent_path else None,
        "label": None if lon is None else [lon, lat],
        "kind": "",
        "zone": "",
        "setting": "",
        "party_branch": "",
        "occupier": "",
        "occupier_name": "",
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
