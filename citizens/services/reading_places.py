"""Which places a text names: our divisions, what stands on the ground, and roads of past orders."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from citizens.rules.reading_places import Gazetteer, name_of_address
from grids.ground import in_force
from grids.models import Community, District, Element, Street
from lianqin.kernel.replicas import from_primary
from workorders.models import OrderText
from workorders.services.duplicates import distance_m

KEPT_SECONDS = 600.0
MOST = 5
MOST_ADDRESSES = 50_000
MOST_ELEMENTS = 200_000
# A road that so many orders name is known to everybody: one named once may be somebody's own.
FEWEST_ORDERS = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that a text may mean. ``kind``: district, street, community, element, road or unknown.

    ``lon`` and ``lat`` in WGS-84 where they are known; ``distance_m`` from where the reporter stands.
    """

    words: str
    name: str
    kind: str
    lon: float | None = None
    lat: float | None = None
    distance_m: int | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    kind: str
    lon: float | None
    lat: float | None


class _Keeper:
    """The gazetteer of this process, made anew every ten minutes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.names: Gazetteer[_Place] = Gazetteer()
        self.until = float("-inf")

    def get(self) -> Gazetteer[_Place]:
        if time.monotonic() < self.until:
            return self.names
        with self.lock, from_primary():
            if time.monotonic() >= self.until:
                self.names = Gazetteer(_names())
                self.until = time.monotonic() + KEPT_SECONDS
            return self.names


_keeper = _Keeper()
forget_places = _keeper.forget


def places_in(text: str, *, near: tuple[float, float] | None = None) -> list[Spot]:
    """What the text may mean, in its order; of several that bear a name the nearest first, at most MOST.

    ``near`` as (lon, lat). What only looks like an address comes without coordinates.
    """
    spots: list[Spot] = []
    for found in _keeper.get().find(text):
        meant = [_spot(found.words, place, near) for place in found.known] or [
            Spot(found.words, found.words, "unknown")
        ]
        spots += sorted(meant, key=lambda spot: spot.distance_m if spot.distance_m is not None else 0)
    return spots[:MOST]


def _spot(words: str, place: _Place, near: tuple[float, float] | None) -> Spot:
    apart = None
    if near is not None and place.lon is not None and place.lat is not None:
        apart = distance_m(near, (place.lon, place.lat))
    return Spot(words, place.name, place.kind, place.lon, place.lat, apart)


def _names() -> Iterator[tuple[str, _Place]]:
    for kind, model in (("district", District), ("street", Street), ("community", Community)):
        rows = model.objects.filter(in_force())
        for name, short, boundary, lon, lat in rows.values_list(
            "name", "short_name", "boundary", "label_lon", "label_lat"
        ):
            place = _Place(name, kind, *((lon, lat) if lon is not None else _within(boundary)))
            for each in {name, short}:
                yield each, place
    told = Element.objects.filter(active=True, type__sensitive=False).order_by("pk")
    for name, lon, lat in told.values_list("name", "lon", "lat")[:MOST_ELEMENTS]:
        yield name, _Place(name, "element", lon, lat)
    yield from _roads()


def _within(boundary: dict[str, Any] | None) -> tuple[float | None, float | None]:
    """A point that lies inside, for divisions without a place for their label."""
    if not boundary:
        return None, None
    point = shapely.from_geojson(json.dumps(boundary)).representative_point()
    return round(point.x, 6), round(point.y, 6)


def _roads() -> Iterator[tuple[str, _Place]]:
    """Roads and estates that several orders name, where those lie on average; never a house number."""
    met: dict[str, list[tuple[float, float]]] = defaultdict(list)
    rows = OrderText.objects.filter(erased_at=None, order__lon__isnull=False).exclude(address="").order_by("-order_id")
    for address, lon, lat in rows.values_list("address", "order__lon", "order__lat")[:MOST_ADDRESSES]:
        name = name_of_address(address)
        if name and lon is not None and lat is not None:
            met[name].append((lon, lat))
    for name, points in met.items():
        if len(points) >= FEWEST_ORDERS:
            lon, lat = (round(sum(each) / len(points), 5) for each in zip(*points, strict=True))
            yield name, _Place(name, "road", lon, lat)
