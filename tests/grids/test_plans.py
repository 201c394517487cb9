"""Re-divisions: drafted step by step, checked, decided by a second person."""

from __future__ import annotations

import datetime as dt

import pytest

from grids import services
from grids.errors import BoundaryFault, NothingToUndo, PlanNotReady
from grids.models import Grid, GroundPlan, PlanStep
from grids.selectors import check_plan
from lianqin.kernel.errors import NotAllowed
from tests.cast import Cast
from tests.grids.planning import FRESH, SOUTH_1, SOUTH_2, Planner, area, line, tomorrow

ACROSS = line((-0.2, 0.5), (1.2, 0.5))


@pytest.fixture
def planner(cast: Cast) -> Planner:
    return Planner(cast)


def test_a_draft_is_a_copy_of_the_ground(planner: Planner) -> None:
    assert (planner.plan.state, planner.plan.effective_on, planner.plan.version) == ("draft", tomorrow(), 2)
    assert planner.codes() == [SOUTH_1, SOUTH_2]
    grid = planner.grid(SOUTH_1)
    assert grid.boundary == Grid.objects.get(code=SOUTH_1).boundary
    assert (grid.households, grid.population, grid.origins) == (400, 1000, [SOUTH_1])
    assert check_plan(planner.plan) == []


@pytest.mark.parametrize(
    ("scope", "count"),
    [({"streets": ["320999001"]}, 4), ({"district": "320999"}, 8), ({"communities": ["320999001001"]}, 2)],
)
def test_scope(cast: Cast, scope: dict[str, object], count: int) -> None:
    assert len(Planner(cast, **scope).codes()) == count


@pytest.mark.parametrize("scope", [{"communities": ["999"]}, {"streets": ["320999009"]}, {"communities": []}])
def test_a_scope_that_is_nothing_is_refused(cast: Cast, scope: dict[str, object]) -> None:
    with pytest.raises(BoundaryFault):
        Planner(cast, **scope)
    assert not GroundPlan.objects.exists()


@pytest.mark.parametrize("name", ["secadmin", "commander", "district_dispatcher", "grid_worker", "citizen"])
def test_only_the_system_administrator_drafts(cast: Cast, planner: Planner, name: str) -> None:
    by = getattr(cast, name)
    with pytest.raises(NotAllowed):
        services.draft_plan(title="不可", communities=["320999001001"], by=by)
    with pytest.raises(NotAllowed):
        planner.do("split_grid", code=SOUTH_1, line=ACROSS, by=by)
    assert planner.codes() == [SOUTH_1, SOUTH_2]


def test_split_begins_two_grids(planner: Planner) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    assert planner.codes() == [SOUTH_2, FRESH, "320999001001004"]
    pieces = [planner.grid(code) for code in (FRESH, "320999001001004")]
    assert [(each.name, each.origins, each.households, each.population) for each in pieces] == [
        ("南里社区第3网格", [SOUTH_1], 200, 500),
        ("南里社区第4网格", [SOUTH_1], 200, 500),
    ]
    assert check_plan(planner.plan) == []


def test_split_may_keep_the_code_of_the_larger_piece(planner: Planner) -> None:
    planner.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.25), (1.2, 0.25)), keep_code=True)
    assert planner.codes() == [SOUTH_1, SOUTH_2, FRESH]
    kept, fresh = planner.grid(SOUTH_1), planner.grid(FRESH)
    assert [(kept.households, kept.population), (fresh.households, fresh.population)] == [(300, 750), (100, 250)]


@pytest.mark.parametrize("drawn", [line((0.2, 0.5), (0.6, 0.5)), line((3, 0.5), (4, 0.5))])
def test_a_line_that_does_not_cross_splits_nothing(planner: Planner, drawn: dict[str, object]) -> None:
    with pytest.raises(BoundaryFault) as refused:
        planner.do("split_grid", code=SOUTH_1, line=drawn)
    assert list(refused.value.fields) == ["line"]
    assert (planner.codes(), PlanStep.objects.count()) == ([SOUTH_1, SOUTH_2], 1)


def test_a_line_that_stops_just_short_reaches_the_edge(planner: Planner) -> None:
    planner.do("split_grid", code=SOUTH_1, line=line((0.005, 0.5), (0.995, 0.5)))
    assert planner.codes() == [SOUTH_2, FRESH, "320999001001004"]
    assert check_plan(planner.plan) == []


def test_merge_adds_people_up(planner: Planner) -> None:
    planner.do("merge_grids", codes=[SOUTH_1, SOUTH_2])
    (code,) = planner.codes()
    merged = planner.grid(code)
    assert (code, merged.origins, merged.households) == (FRESH, [SOUTH_1, SOUTH_2], 800)
    assert merged.boundary is not None


def test_merge_may_keep_a_code(planner: Planner) -> None:
    planner.do("merge_grids", codes=[SOUTH_1, SOUTH_2], keep_code=SOUTH_2)
    assert planner.codes() == [SOUTH_2]


def test_what_does_not_touch_is_not_merged(cast: Cast) -> None:
    planner = Planner(cast, "320999001001", "320999001002")
    with pytest.raises(BoundaryFault, match="同一社区"):
        planner.do("merge_grids", codes=[SOUTH_1, "320999001002001"])
    planner.do("split_grid", code=SOUTH_1, line=line((0.3, -0.2), (0.3, 1.2)))
    far = planner.codes()
    west = next(code for code in far if planner.grid(code).households == 120)
    with pytest.raises(BoundaryFault, match="互不相邻"):
        planner.do("merge_grids", codes=[west, SOUTH_2])


def test_reshape_takes_from_the_neighbour(planner: Planner) -> None:
    planner.do("reshape_grid", code=SOUTH_1, boundary=area((0, 0), (1.5, 0), (1.5, 1), (0, 1)))
    ours, theirs = planner.grid(SOUTH_1), planner.grid(SOUTH_2)
    assert max(x for x, _y in ours.boundary["coordinates"][0]) == pytest.approx(118.615)
    assert min(x for x, _y in theirs.boundary["coordinates"][0]) == pytest.approx(118.615)
    assert check_plan(planner.plan) == []


def test_reshape_gives_to_the_neighbour_and_stays_in_the_community(planner: Planner) -> None:
    planner.do("reshape_grid", code=SOUTH_1, boundary=area((-0.5, -0.5), (0.5, -0.5), (0.5, 1.5), (-0.5, 1.5)))
    assert max(x for x, _y in planner.grid(SOUTH_1).boundary["coordinates"][0]) == pytest.approx(118.605)
    assert min(y for _x, y in planner.grid(SOUTH_1).boundary["coordinates"][0]) == 32.05
    assert check_plan(planner.plan) == []


def test_a_shape_that_crosses_itself_is_refused_with_the_place(planner: Planner) -> None:
    with pytest.raises(BoundaryFault) as refused:
        planner.do("reshape_grid", code=SOUTH_1, boundary=area((0, 0), (1, 1), (1, 0), (0, 1)))
    assert refused.value.extra["at"] == [pytest.approx(118.605), pytest.approx(32.055)]


def test_a_shared_vertex_moves_in_both_grids(cast: Cast) -> None:
    planner = Planner(cast)
    planner.do("split_grid", code=SOUTH_1, line=line((0.5, -0.2), (0.5, 0.5), (1.2, 0.5)))
    corner, there = [118.605, 32.055], [118.604, 32.056]
    planner.do("move_vertices", moves=[(corner, there)])
    holders = [grid.code for grid in planner.plan.grids.all() if there in (grid.boundary or {})["coordinates"][0]]
    assert len(holders) == 2
    assert check_plan(planner.plan) == []


def test_a_vertex_of_the_community_does_not_move(planner: Planner) -> None:
    with pytest.raises(BoundaryFault, match="社区边界"):
        planner.do("move_vertices", moves=[([118.60, 32.05], [118.601, 32.051])])


def test_draw_carves_a_grid_out_of_another(planner: Planner) -> None:
    school = area((0.2, 0.2), (0.7, 0.2), (0.7, 0.7), (0.2, 0.7))
    with pytest.raises(BoundaryFault, match="没有空白区域"):
        planner.do("draw_grid", community="320999001001", boundary=school, name="实验小学")
    planner.do("draw_grid", community="320999001001", boundary=school, name="实验小学", carve=True)
    drawn, around = planner.grid(FRESH), planner.grid(SOUTH_1)
    assert (drawn.name, drawn.households, around.households) == ("实验小学", 100, 300)
    assert len(around.boundary["coordinates"]) == 2
    assert check_plan(planner.plan) == []


def test_what_is_removed_is_open_until_it_is_drawn_again(planner: Planner) -> None:
    planner.do("remove_grid", code=SOUTH_2)
    (fault,) = check_plan(planner.plan)
    assert (fault["kind"], fault["label"], fault["community"]) == ("gap", "空白", "320999001001")
    # 0.01° by 0.01° at 32.055° north: 944.6 m by 1108.9 m on the ellipsoid.
    assert fault["square_metres"] == pytest.approx(1_047_500, rel=1e-3)
    assert fault["geometry"]["type"] == "Polygon"
    with pytest.raises(PlanNotReady) as refused:
        planner.do("submit_plan")
    assert refused.value.extra["reason"] == "faults"
    planner.do("draw_grid", community="320999001001", boundary=area((0.9, -1), (3, -1), (3, 2), (0.9, 2)))
    assert planner.codes() == [SOUTH_1, FRESH]
    assert check_plan(planner.plan) == []


def test_describe(planner: Planner) -> None:
    planner.do(
        "describe_grid", code=SOUTH_1, values={"name": "东门网格", "kind": "dedicated", "occupier_name": "实验小学"}
    )
    grid = planner.grid(SOUTH_1)
    assert (grid.name, grid.kind, grid.occupier_name) == ("东门网格", "dedicated", "实验小学")
    planner.do("describe_grid", code=SOUTH_2, values={"name": "东门网格"})
    assert [(fault["kind"], fault["codes"]) for fault in check_plan(planner.plan)] == [
        ("name", [SOUTH_1]),
        ("name", [SOUTH_2]),
    ]


def test_a_code_that_was_used_before_is_no_new_grid(planner: Planner, cast: Cast) -> None:
    ended = Grid.objects.get(code="320999001002001")
    Grid.objects.filter(pk=ended.pk).update(code="320999001001009", valid_to=dt.date(2026, 5, 1))
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    assert planner.codes() == [SOUTH_2, "320999001001010", "320999001001011"]
    planner.do("describe_grid", code="320999001001010", values={}, new_code="320999001001009")
    assert [fault["kind"] for fault in check_plan(planner.plan)] == ["code"]


def test_every_step_can_be_undone_to_the_first(planner: Planner) -> None:
    def state() -> list[tuple[object, ...]]:
        return list(planner.plan.grids.order_by("code").values_list("code", "name", "households", "boundary", "told"))

    states = [state()]
    planner.do("split_grid", code=SOUTH_1, line=ACROSS, keep_code=True)
    states.append(state())
    planner.do("merge_grids", codes=[SOUTH_2, FRESH])
    states.append(state())
    planner.do("describe_grid", code=SOUTH_1, values={"name": "改名"}, new_code="320999001001077")
    states.append(state())
    planner.do("reshape_grid", code="320999001001077", boundary=area((0, 0), (1.5, 0), (1.5, 1), (0, 1)))
    for before in reversed(states):
        planner.do("undo_step")
        assert state() == before
        assert check_plan(planner.plan) == []
    with pytest.raises(NothingToUndo):
        planner.do("undo_step")
