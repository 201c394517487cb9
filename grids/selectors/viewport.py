"""What of the elements a map shows: the elements themselves while they are few, else how many stand in each square.

Coarse squares come from counts that triggers keep, so that a whole district costs what a street corner costs; fine ones
are counted in the box. The answer is made as JSON by the database.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from ..models import Element
from .elements import ElementFilter, condition, element_types, wanted_types

MOST = 2000
KEPT_LEVELS = (6, 18)
FINEST_LEVEL = 24
# Squares of 64 pixels: tiles of the web map have 256.
FINER = 2


class Box(NamedTuple):
    """West, south, east, north in WGS-84 degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Squares:
    """The squares of a level that a box touches."""

    level: int
    left: int
    right: int
    top: int
    bottom: int

    @property
    def number(self) -> int:
        return (self.right - self.left + 1) * (self.bottom - self.top + 1)


def column(lon: float, level: int) -> int:
    return min(max(math.floor((lon + 180) / 360 * (1 << level)), 0), (1 << level) - 1)


def row(lat: float, level: int) -> int:
    turn = math.radians(min(max(lat, -85.0), 85.0))
    share = (1 - math.log(math.tan(turn) + 1 / math.cos(turn)) / math.pi) / 2
    return min(max(math.floor(share * (1 << level)), 0), (1 << level) - 1)


def squares(box: Box, zoom: int) -> Squares:
    """The finest squares that suit the zoom and are no more than MOST."""
    for level in range(min(max(zoom + FINER, KEPT_LEVELS[0]), FINEST_LEVEL), KEPT_LEVELS[0] - 1, -1):
        found = Squares(
            level, column(box.west, level), column(box.east, level), row(box.north, level), row(box.south, level)
        )
        if found.number <= MOST:
            break
    return found


CLUSTERS = """
SELECT coalesce(sum(number), 0), coalesce(string_agg(
 '{{"type":"Feature","geometry":{{"type":"Point","coordinates":['
 || round(lon / number / 1e6, 6) || ',' || round(lat / number / 1e6, 6)
 || ']}},"properties":{{"cluster":' || number || ',"key":' || important || '}}}}', ',' ORDER BY x, y), '')
FROM (
 SELECT x, y, sum(number) AS number, sum(lon_sum)::numeric AS lon, sum(lat_sum)::numeric AS lat,
  coalesce(sum(number) FILTER (WHERE key), 0) AS important
 FROM ({source}) counted GROUP BY x, y HAVING sum(number) > 0 ORDER BY 3 DESC LIMIT {most}
) squares
"""
KEPT = """
SELECT x, y, number, lon_sum, lat_sum, key FROM grids_elementtile
WHERE level = %(level)s AND x BETWEEN %(left)s AND %(right)s AND y BETWEEN %(top)s AND %(bottom)s
 AND (%(types)s::bigint[] IS NULL OR type_id = ANY(%(types)s)) AND (key OR NOT %(key)s)
"""
COUNTED = """
SELECT floor((lon + 180) / 360 * (1 << {level}))::int AS x,
 floor((1 - ln(tan(radians(lat)) + 1 / cos(radians(lat))) / pi()) / 2 * (1 << {level}))::int AS y, 1 AS number,
 round(lon * 1e6) AS lon_sum, round(lat * 1e6) AS lat_sum, key FROM ({found}) found
"""
# Written as text: building JSON value by value takes the database three times as long.
FEATURES = """
SELECT count(*), coalesce(string_agg(
 '{{"type":"Feature","id":' || to_json(code) || ',"geometry":{{"type":"Point","coordinates":[' || lon || ',' || lat
 || ']}},"properties":{{"name":' || to_json(name) || ',"type":"' || type_code || '","key":' || key || '}}}}',
 ',' ORDER BY code), '')
FROM (SELECT f.code, f.name, f.lon, f.lat, f.key, t.code AS type_code FROM ({found}) f
 JOIN grids_elementtype t ON t.id = f.type_id LIMIT {most}) shown
"""


def viewport(box: Box, zoom: int, asked: ElementFilter) -> str:
    """A GeoJSON FeatureCollection of at most MOST features; ``kind`` says which, ``total`` how many stand there.

    Two statements, three or four for what only a look at the elements themselves can tell.
    """
    types = wanted_types(asked, list(element_types())) if asked.types or asked.layer else None
    near = squares(box, zoom)
    if not asked.narrow and near.level <= KEPT_LEVELS[1]:
        total, clusters = _kept(near, types, asked.key)
        if total > MOST:
            return _collection("clusters", total, clusters)
    found = in_box(box, asked, types)
    total, features = _told(FEATURES, found, MOST + 1)
    if total <= MOST:
        return _collection("features", total, features)
    total, clusters = _told(CLUSTERS, found, MOST, near.level)
    return _collection("clusters", total, clusters)


def _kept(near: Squares, types: list[int] | None, key: bool) -> tuple[int, str]:
    with connection.cursor() as cursor:
        statement = CLUSTERS.format(source=KEPT, most=MOST)
        bounds = {"level": near.level, "left": near.left, "right": near.right, "top": near.top, "bottom": near.bottom}
        cursor.execute(statement, {**bounds, "types": types, "key": key})
        total, clusters = cursor.fetchone()
    return int(total), str(clusters)


def in_box(box: Box, asked: ElementFilter, types: list[int] | None) -> QuerySet[Element, tuple[Any, ...]]:
    """The elements in a box, by PostgreSQL's own index of points."""
    corners = [Func(Value(x), Value(y), function="point") for x, y in ((box.west, box.south), (box.east, box.north))]
    inside = Func(
        Func(F("lon"), F("lat"), function="point"), Func(*corners, function="box"), template="(%(expressions)s)",
        arg_joiner=" <@ ", output_field=BooleanField(),
    )  # fmt: skip
    where = condition(asked) if asked.narrow else Q(active=True) & (Q(key=True) if asked.key else Q())
    if types is not None:
        where &= Q(type_id__in=types)
    return Element.objects.filter(inside, where).values_list("code", "name", "lon", "lat", "key", "type_id").order_by()


def _told(statement: str, found: QuerySet[Element, tuple[Any, ...]], most: int, level: int = 0) -> tuple[int, str]:
    try:
        inner, parameters = found.query.sql_with_params()
    except EmptyResultSet:
        return 0, ""
    # What is in braces is a template of ours, what comes from Django may hold braces of its own.
    source = COUNTED.format(level=level, found="\0")
    text = statement.format(found="\0", source=source, most=most).replace("\0", inner)
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        total, rows = cursor.fetchone()
    return int(total), str(rows)


def _collection(kind: str, total: int, features: str) -> str:
    return f'{{"type":"FeatureCollection","kind":"{kind}","total":{total},"features":[{features}]}}'
