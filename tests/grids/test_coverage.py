"""The drawn district: no overlaps, no gaps, one piece each. Counts are typed by hand."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest
import shapely
from shapely import Polygon

from grids.boundaries import polygon_of, require_coverage, union_of
from grids.errors import BoundaryFault
from grids.seeding.layout import draw

TABLE = Path(__file__).parents[2] / "grids" / "data" / "divisions.csv"


@pytest.fixture(scope="module")
def cells() -> dict[str, Polygon]:
    tree: dict[str, list[str]] = defaultdict(list)
    with TABLE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["level"] == "community":
                tree[row["parent_code"]].append(row["code"])
    return draw(tree)


def test_456_grids_cover_the_district_exactly(cells: dict[str, Polygon]) -> None:
    shapes = list(cells.values())
    assert len(shapes) == 456
    assert shapely.coverage_is_valid(shapes)
    assert all(shape.is_valid and not shape.interiors for shape in shapes)
    whole = union_of(shapes)
    # Areas add up: nothing lies twice, nothing is left out.
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=1e-12)


@pytest.mark.parametrize(("digits", "count"), [(6, 1), (9, 12), (12, 122)])
def test_every_division_is_one_piece(cells: dict[str, Polygon], digits: int, count: int) -> None:
    parts: dict[str, list[Polygon]] = defaultdict(list)
    for code, shape in cells.items():
        parts[code[:digits]].append(shape)
    joined = {code: union_of(shapes) for code, shapes in parts.items()}
    assert len(joined) == count
    assert shapely.coverage_is_valid(list(joined.values()))


def test_grids_of_jiangpu_are_223(cells: dict[str, Polygon]) -> None:
    assert sum(code.startswith("320111004") for code in cells) == 223


def test_coordinates_have_six_decimals(cells: dict[str, Polygon]) -> None:
    for shape in cells.values():
        assert all(round(x, 6) == x and round(y, 6) == y for x, y in shape.exterior.coords)


def test_drawing_is_deterministic(cells: dict[str, Polygon]) -> None:
    first = cells["320111001005001"].exterior.coords[0]
    assert 118.3 < first[0] < 118.9
    assert 31.85 < first[1] < 32.24


def test_an_overlap_is_refused_with_its_place() -> None:
    with pytest.raises(BoundaryFault) as refused:
        require_coverage([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)])
    assert refused.value.extra["at"]


def test_a_gap_is_refused() -> None:
    ring = [shapely.box(0, 0, 3, 1), shapely.box(0, 2, 3, 3), shapely.box(0, 1, 1, 2), shapely.box(2, 1, 3, 2)]
    noded = [shapely.segmentize(shape, 1) for shape in ring]
    with pytest.raises(BoundaryFault):
        union_of(noded)


@pytest.mark.parametrize(
    "boundary",
    [
        {"type": "Point", "coordinates": [118.6, 32]},
        {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [200, 0], [200, 9], [0, 0]]]},
        {"nonsense": 1},
    ],
)
def test_what_is_no_polygon_on_earth_is_refused(boundary: dict[str, object]) -> None:
    with pytest.raises(BoundaryFault):
        polygon_of(boundary)
