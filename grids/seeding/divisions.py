"""Write the district, its streets, communities and grids."""

from __future__ import annotations

import csv
import datetime as dt
import random
from functools import partial
from pathlib import Path
from typing import Any

import shapely
from pypinyin import Style, lazy_pinyin
from shapely import Polygon

from ..boundaries import geojson_of, union_of
from ..models import Community, District, Grid, GridKind, Setting, Street, StreetKind
from ..services.naming import short_name_of
from .kinds import HOUSEHOLDS, JIANGPU, furnish, zone_communities
from .layout import KM_PER_LAT, KM_PER_LON, draw

DATA = Path(__file__).parent.parent / "data" / "divisions.csv"
SINCE = dt.date(2018, 11, 1)
KINDS = {"林场": StreetKind.FOREST_FARM, "农场": StreetKind.FARM, "度假区": StreetKind.RESORT}


def pinyin(text: str) -> str:
    return "".join(lazy_pinyin(text, style=Style.NORMAL))


def rows() -> list[dict[str, str]]:
    with DATA.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_divisions() -> District:
    """Write every division that the table lists, with its drawn boundary. Run it on empty tables only."""
    table = rows()
    tree: dict[str, list[str]] = {row["code"]: [] for row in table if row["level"] == "street"}
    for row in table:
        if row["level"] == "community":
            tree[row["parent_code"]].append(row["code"])
    cells = draw(tree)
    under = partial(_under, cells)
    head = next(row for row in table if row["level"] == "district")
    district = District.objects.create(**_fields(head, under(head["code"])), number_prefix="PK")
    streets = Street.objects.bulk_create(
        Street(**_fields(row, under(row["code"])), district=district, kind=_kind(row["name"]))
        for row in table
        if row["level"] == "street"
    )
    by_code = {street.code: street for street in streets}
    communities = Community.objects.bulk_create(
        Community(**_fields(row, under(row["code"])), street=by_code[row["parent_code"]])
        for row in table
        if row["level"] == "community"
    )
    _write_grids(communities, cells)
    _add_up(communities, streets, district)
    return district


def _under(cells: dict[str, Polygon], code: str) -> Polygon:
    return union_of([shape for grid, shape in cells.items() if grid.startswith(code)])


def _kind(name: str) -> StreetKind:
    return next((kind for ending, kind in KINDS.items() if name.endswith(ending)), StreetKind.STREET)


def _fields(row: dict[str, str], shape: Polygon) -> dict[str, Any]:
    name = row["name"]
    short_name = short_name_of(row["level"], name)
    return {"code": row["code"], "name": name, "short_name": short_name, "pinyin": pinyin(name), **_drawn(shape)}


def _drawn(shape: Polygon) -> dict[str, Any]:
    label = shapely.maximum_inscribed_circle(shape, tolerance=1e-4).coords[0]
    return {
        "boundary": geojson_of(shape),
        "label_lon": round(label[0], 6),
        "label_lat": round(label[1], 6),
        "area_km2": round(shape.area * KM_PER_LON * KM_PER_LAT, 3),
        "valid_from": SINCE,
        "synthetic": True,
    }


def _write_grids(communities: list[Community], cells: dict[str, Polygon]) -> None:
    dice = random.Random(456)
    zone_communities(communities)
    jiangpu = [code for code in cells if code.startswith(JIANGPU)]
    others = [code for code in cells if not code.startswith(JIANGPU)]
    dedicated = {*dice.sample(jiangpu, 33), *others[::13]}
    found = []
    for community in communities:
        for code, shape in cells.items():
            if not code.startswith(community.code):
                continue
            households = dice.randint(*HOUSEHOLDS[Setting(community.setting)])
            number = int(code[-3:])
            name = f"{community.short_name}第{number}网格"
            found.append(
                Grid(
                    code=code,
                    name=name,
                    short_name=name,
                    pinyin=pinyin(name),
                    community=community,
                    kind=GridKind.DEDICATED if code in dedicated else GridKind.COMPREHENSIVE,
                    households=households,
                    population=round(households * dice.uniform(2.2, 2.7)),
                    **_drawn(shape),
                )
            )
    furnish(found)
    Grid.objects.bulk_create(found)


def _add_up(communities: list[Community], streets: list[Street], district: District) -> None:
    """Sum households and people upwards."""
    counted = list(Grid.objects.values_list("code", "households", "population"))
    for division in (*communities, *streets, district):
        below = [row for row in counted if row[0].startswith(division.code)]
        division.households, division.population = sum(r[1] for r in below), sum(r[2] for r in below)
    Community.objects.bulk_update(communities, ["households", "population"])
    Street.objects.bulk_update(streets, ["households", "population"])
    district.save(update_fields=["households", "population"])
