"""Which grid holds a point: in a district's 456 grids, and in a province of 120,000"""

from __future__ import annotations

import ctypes
import gc
import json
import math
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure.figures import MEDIAN, Figure, Limit, of_times
from benchmarks.measure.place import Place
from benchmarks.measure.workers import workers
from grids.ground import GridIndex, ground
from grids.ground import Place as Spot
from grids.models import Grid
from lianqin.local.processes import PlainError

LOOKUPS = 20_000
PROVINCE = 120_000
# About 300 m a side, as grids are in a town.
WEST, SOUTH, SIDE = 116.5, 31.0, 0.003


def run(place: Place) -> list[Figure]:
    here = ground()
    chance = random.Random(place.seed)
    points = _points_in_grids(chance)
    figures = [
        of_times(
            f"locate in the {len(here):,} grids of the district",
            _lookups(lambda lon, lat: ground().locate(lon, lat), points),
            unit="us",
            limits=(Limit(MEDIAN, most=20),),
        )
    ]
    # In a process of its own: what it takes is the index and nothing else.
    with workers(1) as pool:
        seconds, megabytes = pool.submit(province, place.seed).result()
    name = f"locate in {PROVINCE:,} grids"
    figures.append(of_times(name, seconds, unit="us", limits=(Limit(MEDIAN, most=100),)))
    figures.append(Figure(f"memory of the index of {PROVINCE:,} grids", "MB", megabytes))
    return figures


def _points_in_grids(chance: random.Random) -> list[tuple[float, float]]:
    """Points around the labels of grids, which lie inside of them."""
    labels = Grid.objects.values_list("label_lon", "label_lat")
    drawn = chance.choices([(lon, lat) for lon, lat in labels if lon is not None and lat is not None], k=LOOKUPS)
    return [(lon + chance.gauss(0, 0.001), lat + chance.gauss(0, 0.001)) for lon, lat in drawn]


def province(seed: int) -> tuple[list[float], float]:
    """Seconds of each lookup in a province of square grids, and the megabytes of its index."""
    columns = math.ceil(math.sqrt(PROVINCE))
    boundaries = [json.dumps(_square(number % columns, number // columns)) for number in range(PROVINCE)]
    places = [Spot(1, number // 10_000, number // 40, number) for number in range(PROVINCE)]
    before = _resident_megabytes()
    index = GridIndex(places, boundaries)
    megabytes = _resident_megabytes() - before
    chance = random.Random(seed)
    numbers = [chance.randrange(PROVINCE) for _ in range(LOOKUPS)]
    points = [(WEST + (n % columns + 0.5) * SIDE, SOUTH + (n // columns + 0.5) * SIDE) for n in numbers]
    for number, (lon, lat) in zip(numbers[:100], points, strict=False):
        if index.locate(lon, lat) != places[number]:
            raise PlainError(f"the index does not find grid {number}")
    return _lookups(index.locate, points), megabytes


def _lookups(locate: Callable[[float, float], Any], points: list[tuple[float, float]]) -> list[float]:
    seconds = []
    for lon, lat in points:
        began = time.perf_counter_ns()
        locate(lon, lat)
        seconds.append((time.perf_counter_ns() - began) / 1e9)
    return seconds


def _square(column: int, row: int) -> dict[str, Any]:
    west, south = WEST + column * SIDE, SOUTH + row * SIDE
    east, north = west + SIDE, south + SIDE
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


def _resident_megabytes() -> float:
    """Resident memory, after what is free has been given back."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20
