"""Boundaries for the map, as light as a zoom needs them. Neighbours are simplified together, so that no gap opens."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

import shapely

from ..ground import Version
from .divisions import divisions

# Degrees that a line may be off at each detail: about 45 m, 9 m, nothing.
TOLERANCES = (0.0005, 0.0001, 0.0)
DIGITS = 6
NAMED = ("code", "name", "short_name", "parent", "kind", "setting", "label")


class _Kept:
    """The answers of one version of the ground, by level and detail."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.version: Version = (None, None)
        self.answers: dict[tuple[str, int], bytes] = {}

    def get(self, version: Version, level: str, detail: int) -> bytes:
        with self.lock:
            if version != self.version:
                self.version, self.answers = version, {}
            found = self.answers.get((level, detail))
        if found is None:
            found = _collection(level, detail)
            with self.lock:
                if version == self.version:
                    self.answers[level, detail] = found
        return found


_kept = _Kept()


def map_ground(version: Version, *, level: str, detail: int) -> bytes:
    """A GeoJSON FeatureCollection of the divisions of a level, ids are codes. One query for each new version."""
    return _kept.get(version, level, detail)


def _collection(level: str, detail: int) -> bytes:
    rows = [row for row in divisions(level=level, boundary=True) if row["boundary"]]
    shapes = _simplified([row["boundary"] for row in rows], TOLERANCES[detail])
    features = [
        {"type": "Feature", "id": row["code"], "properties": _properties(row, level), "geometry": shape}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()


def _simplified(boundaries: Sequence[dict[str, Any]], tolerance: float) -> list[dict[str, Any]]:
    if not boundaries or not tolerance:
        return list(boundaries)
    shapes = shapely.from_geojson([json.dumps(each) for each in boundaries])
    light = shapely.coverage_simplify(shapes, tolerance)
    return [_rounded(json.loads(each)) for each in shapely.to_geojson(light)]


def _rounded(shape: dict[str, Any]) -> dict[str, Any]:
    return {"type": shape["type"], "coordinates": _round(shape["coordinates"])}


def _round(values: Any) -> Any:
    return [_round(each) for each in values] if isinstance(values, list) else round(values, DIGITS)


def _properties(row: dict[str, Any], level: str) -> dict[str, Any]:
    return {"level": level, **{name: row[name] for name in NAMED}}
