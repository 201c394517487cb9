"""Any sequence of splits, merges, reshapes, cut-outs and moved vertices leaves the coverage exact."""

from __future__ import annotations

import random
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon
from shapely.affinity import translate

from grids.boundaries import (
    Mosaic,
    draw,
    faults_of,
    from_lattice,
    insert_vertices,
    merge,
    move,
    repair,
    reshape,
    simple_polygon_of,
    split,
    square_metres,
    stitch,
)
from grids.errors import BoundaryFault

# A community of six crooked grids, about two kilometres wide, in steps of the lattice (millionths of a degree).
WEST, SOUTH = 118_600_000, 32_050_000
STEPS = 20_000


def community(seed: int = 7) -> Mosaic:
    """Three by two grids whose shared edges are bent at random, on the lattice."""
    dice = random.Random(seed)
    knots = {
        (x, y): (WEST + x * STEPS // 6 + dice.randint(-900, 900), SOUTH + y * STEPS // 6 + dice.randint(-900, 900))
        for x in range(7)
        for y in range(7)
    }
    cells = {}
    for column in range(3):
        for row in range(2):
            west, south, east, north = column * 2, row * 3, column * 2 + 2, row * 3 + 3
            ring = [(x, south) for x in range(west, east)] + [(east, y) for y in range(south, north)]
            ring += [(x, north) for x in range(east, west, -1)] + [(west, y) for y in range(north, south, -1)]
            cells[f"g{column}{row}"] = Polygon([knots[point] for point in ring])
    whole = shapely.coverage_union_all(list(cells.values()))
    assert isinstance(whole, Polygon)
    return Mosaic(cells, whole)


def assert_exact(mosaic: Mosaic, before: Mosaic) -> None:
    cells = list(mosaic.cells.values())
    assert all(isinstance(cell, Polygon) and cell.is_valid for cell in cells)
    assert shapely.coverage_is_valid(cells)
    union = shapely.coverage_union_all(cells)
    assert mosaic.outline is not None
    assert before.outline is not None
    assert union.equals(mosaic.outline)
    # The outline got vertices in its edges and lost none; rounding moved no edge by half a metre.
    corners = {tuple(point) for point in shapely.get_coordinates(before.outline)}
    assert corners <= {tuple(point) for point in shapely.get_coordinates(mosaic.outline)}
    assert shapely.hausdorff_distance(mosaic.outline.boundary, before.outline.boundary) < 5
    numbers = shapely.get_coordinates(cells)
    assert (numbers == numbers.round()).all()
    assert faults_of(mosaic) == []


inside = st.tuples(st.integers(-2_000, STEPS + 2_000), st.integers(-2_000, STEPS + 2_000))
lines = st.lists(inside, min_size=2, max_size=4, unique=True)
boxes = st.tuples(inside, st.integers(20, 9_000), st.integers(20, 9_000))
nudges = st.lists(st.tuples(st.integers(-3_000, 3_000), st.integers(-3_000, 3_000)), min_size=1, max_size=12)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("split"), st.integers(0, 99), lines),
        st.tuples(st.just("merge"), st.integers(0, 99), st.integers(1, 99)),
        st.tuples(st.just("reshape"), st.integers(0, 99), nudges),
        st.tuples(st.just("carve"), st.integers(0, 99), boxes),
        st.tuples(st.just("move"), st.integers(0, 999), st.tuples(st.integers(-800, 800), st.integers(-800, 800))),
    ),
    min_size=1,
    max_size=9,
)


def at(x: int, y: int) -> tuple[int, int]:
    return WEST + x, SOUTH + y


def do(mosaic: Mosaic, act: str, pick: int, told: Any, number: int) -> Mosaic:
    """Do one step; the names of new grids follow from its number."""
    codes = sorted(mosaic.cells)
    code = codes[pick % len(codes)]
    cell = mosaic.cells[code]
    if act == "split":
        rest, pieces = split(mosaic, code, LineString([at(*point) for point in told]))
        return Mosaic({**rest.cells, **{f"s{number}-{i}": piece for i, piece in enumerate(pieces)}}, rest.outline)
    if act == "merge":
        return merge(mosaic, [code, codes[(pick + told) % len(codes)]], f"m{number}")
    if act == "reshape":
        ring = list(cell.exterior.coords)[:-1]
        moves = [told[index % len(told)] for index in range(len(ring))]
        shape = Polygon([(x + dx, y + dy) for (x, y), (dx, dy) in zip(ring, moves, strict=True)])
        return reshape(mosaic, code, shape, tolerance=pick % 5) if shape.is_valid else mosaic
    if act == "carve":
        (x, y), width, height = told
        return draw(mosaic, f"d{number}", shapely.box(*at(x, y), *at(x + width, y + height)), carve=True)
    vertices = sorted({(x, y) for x, y in shapely.get_coordinates(cell)})
    (x, y), (dx, dy) = vertices[pick % len(vertices)], told
    return move(mosaic, {(x, y): (x + dx, y + dy)})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_any_sequence_of_operations_leaves_the_coverage_exact(sequence: list[tuple[str, int, Any]]) -> None:
    start = mosaic = community()
    for number, (act, pick, told) in enumerate(sequence):
        try:
            mosaic = do(mosaic, act, pick, told, number)
        except BoundaryFault:
            continue  # Refused: nothing changed.
        assert_exact(mosaic, start)


def test_the_operations_of_that_test_mostly_succeed() -> None:
    """A property that only ever sees refusals proves nothing."""
    done = dict.fromkeys(("split", "merge", "reshape", "carve", "move"), 0)
    dice = random.Random(3)
    for number in range(60):
        act = dice.choice(list(done))
        told: dict[str, Any] = {
            "split": [(-900, dice.randint(2_000, 18_000)), (STEPS + 900, dice.randint(2_000, 18_000))],
            "merge": dice.choice([1, 2]),
            "reshape": [(dice.randint(-900, 900), dice.randint(-900, 900)) for _ in range(7)],
            "carve": ((dice.randint(2_000, 14_000), dice.randint(2_000, 14_000)), 3_000, 3_000),
            "move": (dice.randint(-300, 300), dice.randint(-300, 300)),
        }
        try:
            do(community(), act, dice.randint(0, 99), told[act], number)
        except BoundaryFault:
            continue
        done[act] += 1
    assert min(done.values()) >= 3, done


def test_what_was_drawn_apart_is_repaired_and_counted() -> None:
    whole = community()
    apart = {
        code: translate(cell, 8 * (number % 3 - 1), 8 * (number % 2))
        for number, (code, cell) in enumerate(whole.cells.items())
    }
    shaken = Mosaic(apart, whole.outline)
    assert faults_of(shaken)
    done = repair(shaken, tolerance=2.0)
    assert faults_of(done.mosaic) == []
    assert (done.slivers, done.square_metres > 0) == (len(faults_of(shaken)), True)
    assert set(done.mosaic.cells) == set(whole.cells)


def test_what_is_wider_than_the_tolerance_stays_a_fault() -> None:
    left, right = shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000), None
    right = shapely.box(WEST + 900, SOUTH, WEST + 2000, SOUTH + 1000)
    done = repair(Mosaic({"a": left, "b": right}, None), tolerance=2.0)
    (fault,) = faults_of(done.mosaic)
    assert (fault.kind, fault.codes) == ("overlap", ("a", "b"))
    # 0.0001° by 0.001° at 32.05° north: 9.446 m by 110.9 m.
    assert fault.square_metres == pytest.approx(1047.5, rel=2e-3)


def test_a_gap_between_grids_is_painted_with_its_area() -> None:
    cells = {"a": shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)}
    mosaic = Mosaic(cells, shapely.box(WEST, SOUTH, WEST + 2000, SOUTH + 1000))
    (fault,) = faults_of(mosaic)
    assert fault.kind == "gap"
    assert fault.shape is not None
    assert fault.shape.equals(from_lattice(shapely.box(WEST + 1000, SOUTH, WEST + 2000, SOUTH + 1000)))


def test_what_lies_beyond_the_community_is_a_fault() -> None:
    cells = {"a": shapely.box(WEST, SOUTH, WEST + 1500, SOUTH + 1000)}
    (fault,) = faults_of(Mosaic(cells, shapely.box(WEST, SOUTH, WEST + 1000, SOUTH + 1000)))
    assert (fault.kind, fault.codes) == ("outside", ("a",))


def test_a_community_in_two_pieces_is_a_fault() -> None:
    far = shapely.box(WEST + 990, SOUTH, WEST + 1000, SOUTH + 9)
    cells = {"a": shapely.box(WEST, SOUTH, WEST + 900, SOUTH + 900), "b": far}
    (fault,) = faults_of(Mosaic(cells))
    assert (fault.kind, fault.codes) == ("apart", ("b",))


def test_a_degree_at_the_equator() -> None:
    # WGS-84: 111.3195 km by 110.5744 km.
    assert square_metres(shapely.box(0, 0, 1, 1)) == pytest.approx(12_308_778_361, rel=1e-9)


def test_a_hole_is_no_ground() -> None:
    ring = Polygon([(0, 0), (3, 0), (3, 3), (0, 3)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
    whole, hole = shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2)
    assert square_metres(ring) == pytest.approx(square_metres(whole) - square_metres(hole))


def test_a_vertex_goes_into_the_edge_it_lies_on() -> None:
    square = shapely.box(0, 0, 1000, 1000)
    mended = insert_vertices(square, [(400.0, 1.0), (400.0, 400.0)])
    assert (400.0, 1.0) in list(mended.exterior.coords)
    assert len(mended.exterior.coords) == 6
    assert insert_vertices(square, [(400.0, 400.0)]) is square


@pytest.mark.parametrize("off", [-1.0, 0.0, 1.0])
def test_neighbours_get_each_others_vertices(off: float) -> None:
    """The new vertex lies a step inside of the edge, on it, or a step beyond."""
    left = Polygon([(0, 0), (1000, 0), (1000 + off, 500), (1000, 1000), (0, 1000)])
    right = Polygon([(1000, 0), (2000, 0), (2000, 1000), (1000, 1000)])
    stitched = stitch([left, right])
    assert (1000 + off, 500) in stitched[1].exterior.coords
    assert shapely.coverage_is_valid(stitched, gap_width=3)
    assert shapely.coverage_union_all(stitched).equals(shapely.box(0, 0, 2000, 1000))
    assert stitch(stitched)[1] is stitched[1]


@pytest.mark.parametrize(
    ("boundary", "place"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}, [1.0, 1.0]),
        ({"type": "MultiPolygon", "coordinates": [[[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]]}, [1.0, 1.0]),
    ],
)
def test_a_boundary_that_crosses_itself_names_the_place(boundary: dict[str, object], place: list[float]) -> None:
    with pytest.raises(BoundaryFault) as refused:
        simple_polygon_of(boundary)
    assert refused.value.extra["at"] == place


def test_a_multipolygon_of_one_is_a_polygon() -> None:
    one = {"type": "MultiPolygon", "coordinates": [[[[0, 0], [2, 0], [2, 2], [0, 0]]]]}
    assert simple_polygon_of(one).area == 2
