"""Whose place was this on that day: the ground as it was and as it is."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Max, Q

from lianqin.kernel.errors import NotVisible

from ..ground import GridIndex, Place, Version, current_version, ground
from ..models import Grid, GridVersion


class Piece(NamedTuple):
    """What a grid was over some days, until the day before ``valid_to``."""

    grid_id: int
    code: str
    name: str
    kind: str
    community_id: int
    street_id: int
    district_id: int
    boundary: str
    valid_from: dt.date
    valid_to: dt.date | None


class GroundOfDay(NamedTuple):
    grids: GridIndex
    pieces: dict[int, Piece]


PLACES = ("community_id", "community__street_id", "community__street__district_id")


def ground_on(day: dt.date) -> GroundOfDay:
    """The grids of a day. Two queries the first time, none as long as the ground does not change."""
    return _ground_on(current_version(), day)


@lru_cache(maxsize=8)
def _ground_on(version: Version, day: dt.date) -> GroundOfDay:
    pieces = sorted([*_past(day), *_present(day)], key=lambda piece: piece.code)
    places = [Place(each.district_id, each.street_id, each.community_id, each.grid_id) for each in pieces]
    return GroundOfDay(GridIndex(places, [each.boundary for each in pieces]), {each.grid_id: each for each in pieces})


def _past(day: dt.date) -> Iterable[Piece]:
    """Versions that had ended by now and were in force on that day."""
    rows = GridVersion.objects.filter(valid_from__lte=day, valid_to__gt=day, boundary__isnull=False)
    names = ("grid_id", "grid__code", "name", "kind", *PLACES, "boundary", "valid_from", "valid_to")
    for row in rows.values_list(*names):
        yield Piece._make([*row[:7], json.dumps(row[7]), row[8], row[9]])


def _present(day: dt.date) -> Iterable[Piece]:
    """Grids that were on that day what their row says: since their last version ended, or since they began."""
    rows = Grid.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), boundary__isnull=False)
    rows = rows.annotate(last=Max("versions__valid_to"))
    names = ("pk", "code", "name", "kind", *PLACES, "boundary", "valid_from", "valid_to", "last")
    for row in rows.values_list(*names):
        begun, until = row[10] or row[8], row[9]
        if begun <= day and (until is None or until > begun):
            yield Piece._make([*row[:7], json.dumps(row[7]), begun, until])


def whose_place(lon: float, lat: float, on: dt.date) -> dict[str, Any]:
    """The grid that held a WGS-84 point on a day, with the names of that day. Raise NotVisible outside of every grid.

    ``now`` is the grid that holds the point today, ``changed_since`` whether it is another or has another boundary.
    """
    that_day = ground_on(on)
    place = that_day.grids.locate(lon, lat)
    if place is None:
        raise NotVisible(code="outside_every_grid")
    piece = that_day.pieces[place.grid_id]
    now = ground().locate(lon, lat)
    named = _names({place.grid_id, *({now.grid_id} if now else ())})
    above = named[place.grid_id].community
    current = named[now.grid_id] if now else None
    is_past = piece.valid_to is not None
    return {
        "on": on,
        "district": _named(above.street.district),
        "street": _named(above.street),
        "community": _named(above),
        "grid": {"id": piece.grid_id, "code": piece.code, "name": piece.name, "short_name": piece.name},
        "valid_from": piece.valid_from,
        "valid_to": piece.valid_to,
        "changed_since": is_past or current is None or current.pk != piece.grid_id,
        "now": None if current is None else {"code": current.code, "name": current.name},
    }


def _names(grid_ids: Iterable[int]) -> dict[int, Grid]:
    shapes = ("boundary", "community__boundary", "community__street__boundary", "community__street__district__boundary")
    return Grid.objects.select_related("community__street__district").defer(*shapes).in_bulk(list(grid_ids))


def _named(division: Any) -> dict[str, Any]:
    return {
        "id": division.pk,
        "code": division.code,
        "name": division.name,
        "short_name": division.short_name,
    }


def versions_of(code: str) -> list[dict[str, Any]]:
    """Everything that a grid has been, the oldest first. Raise NotVisible. Two queries."""
    grid = Grid.objects.select_related("community").defer("community__boundary").filter(code=code).first()
    if grid is None:
        raise NotVisible
    past = list(grid.versions.select_related("community", "plan").defer("community__boundary").order_by("valid_from"))
    rows = [_version(each, each.valid_from, each.valid_to, each.plan) for each in past]
    begun = past[-1].valid_to if past else grid.valid_from
    return [*rows, _version(grid, begun, grid.valid_to, None)]


def _version(row: Any, since: dt.date, until: dt.date | None, plan: Any) -> dict[str, Any]:
    return {
        "valid_from": since,
        "valid_to": until,
        "name": row.name,
        "community": row.community.code,
        "kind": row.kind,
        "households": row.households,
        "population": row.population,
        "boundary": row.boundary,
        "plan": None if plan is None else {"id": plan.pk, "title": plan.title},
    }
