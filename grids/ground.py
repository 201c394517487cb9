"""The ground in process: which grid holds a point, which units stand where. Follows the version row."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import shapely
from django.db.models import Q, TextField
from django.db.models.functions import Cast, TruncDate

from lianqin.kernel.clock import Now
from lianqin.kernel.replicas import from_primary

from .models import Grid, GroundVersion, Unit, UnitKind

CHECK_EVERY_SECONDS = 1.0
Version = tuple[UUID | None, dt.date | None]


class Place(NamedTuple):
    """Primary keys of the four divisions that hold a point."""

    district_id: int
    street_id: int
    community_id: int
    grid_id: int


class GridIndex:
    """Which grid holds a point: the boundaries in a tree. No query, microseconds."""

    def __init__(self, places: Sequence[Place], boundaries: Sequence[str]) -> None:
        """Take grids in the order of their codes, with their boundaries as GeoJSON texts in WGS-84 degrees."""
        # Sorted by code: of several grids that touch a point on an edge, the lowest index is the lowest code.
        self._places = list(places)
        self._by_grid = {place.grid_id: place for place in self._places}
        self._shapes = shapely.from_geojson(boundaries)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def __len__(self) -> int:
        return len(self._places)

    def locate(self, lon: float, lat: float) -> Place | None:
        """Find the grid of a point; on an edge the one with the lowest code; None outside of every grid."""
        found = self._tree.query(shapely.points((lon, lat)), predicate="intersects")
        if not len(found):
            return None
        return self._places[int(found[0] if len(found) == 1 else found.min())]

    def grids_at(self, points: Sequence[tuple[float, float]]) -> list[int | None]:
        """The grid of each point (lon, lat) by the rule of ``locate``; a million points in seconds."""
        if not points:
            return []
        asked, found = self._tree.query(shapely.points(points), predicate="intersects")
        lowest = np.full(len(points), len(self._places), dtype=np.int64)
        np.minimum.at(lowest, asked, found)
        ids = [place.grid_id for place in self._places]
        return [ids[index] if index < len(ids) else None for index in lowest.tolist()]

    def place_of_grid(self, grid_id: int) -> Place | None:
        return self._by_grid.get(grid_id)

    def streets_crossed(self, geometry: Mapping[str, Any]) -> frozenset[int]:
        """Return the streets that a GeoJSON point, line or area (WGS-84) touches."""
        found = self._tree.query(shapely.from_geojson(json.dumps(geometry)), predicate="intersects")
        return frozenset(self._places[index].street_id for index in found)


class Ground(GridIndex):
    """An immutable snapshot of the grids and units in force."""

    def __init__(self, version: Version = (None, None)) -> None:
        """Read the grids in force and the active units. Two queries."""
        self.version = version
        rows = list(
            Grid.objects.filter(in_force(), boundary__isnull=False)
            .order_by("code")
            .values_list(
                "community__street__district_id",
                "community__street_id",
                "community_id",
                "pk",
                Cast("boundary", TextField()),
            )
        )
        super().__init__([Place(*row[:4]) for row in rows], [row[4] for row in rows])
        self._read_units()

    def _read_units(self) -> None:
        self._centres: dict[int, int] = {}
        self._sub_centres: dict[int, int] = {}
        self._workstations: dict[int, int] = {}
        self._parents: dict[int, int | None] = {}
        units = Unit.objects.filter(active=True).values_list(
            "pk", "kind", "district_id", "street_id", "community_id", "parent_id"
        )
        for pk, kind, district_id, street_id, community_id, parent_id in units:
            self._parents[pk] = parent_id
            if kind == UnitKind.COMMAND_CENTER:
                self._centres[district_id] = pk
            elif kind == UnitKind.SUB_CENTER and street_id is not None:
                self._sub_centres[street_id] = pk
            elif kind == UnitKind.WORKSTATION and community_id is not None:
                self._workstations[community_id] = pk

    def command_center_id(self, district_id: int) -> int:
        return self._centres[district_id]

    def sub_center_id(self, street_id: int) -> int:
        return self._sub_centres[street_id]

    def workstation_id(self, community_id: int) -> int | None:
        return self._workstations.get(community_id)

    def unit_parent_id(self, unit_id: int) -> int | None:
        return self._parents.get(unit_id)

    @property
    def district_ids(self) -> frozenset[int]:
        return frozenset(self._centres)


def in_force() -> Q:
    """Divisions valid today, by the clock of the database."""
    today = TruncDate(Now())
    return Q(valid_from__lte=today) & (Q(valid_to=None) | Q(valid_to__gt=today))


class _Keeper:
    """Holds the snapshot of this process and looks at the version row at most once a second."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ground: Ground | None = None
        self.looked_at = 0.0

    def get(self) -> Ground:
        kept = self.ground
        if kept is not None and time.monotonic() - self.looked_at < CHECK_EVERY_SECONDS:
            return kept
        with self.lock, from_primary():
            version = current_version()
            if self.ground is None or self.ground.version != version:
                self.ground = Ground(version)
            self.looked_at = time.monotonic()
            return self.ground


_keeper = _Keeper()


def ground() -> Ground:
    return _keeper.get()


def current_version() -> Version:
    """Stamp of the ground and today's date: divisions come into force at midnight. One query."""
    row = GroundVersion.objects.values_list("stamp", TruncDate(Now())).first()
    return row if row is not None else (None, None)


def look_again() -> None:
    """Make the next ``ground()`` of this process look at the version row at once."""
    _keeper.looked_at = 0.0
