"""A plan takes effect at midnight of its day: exactly once, all of it, and history remembers what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
import shapely
from django.db import connection

from grids import services
from grids.boundaries import polygon_of, require_coverage
from grids.ground import ground, look_again
from grids.models import Building, Community, District, Grid, GridVersion, GroundPlan, Membership, Street
from grids.selectors import versions_of, whose_place
from lianqin.kernel import clock
from lianqin.kernel.errors import NotVisible
from relay.models import OutboxMessage
from tests.cast import SINCE, Cast
from tests.grids.planning import FRESH, SOUTH_1, SOUTH_2, Planner, area, line, point, standing, tomorrow

ACROSS = line((-0.2, 0.5), (1.2, 0.5))
DAY = dt.timedelta(days=1)


@pytest.fixture
def shift(db: None) -> Iterator[Callable[[dt.timedelta], None]]:
    clock.install_shiftable_clock()
    yield clock.shift
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE lianqin_clock_shift SET shift = interval '0'")


@pytest.fixture(autouse=True)
def _ground_of_this_test() -> Iterator[None]:
    """What another test left in this process is not the ground of this one."""
    look_again()
    yield
    look_again()


@pytest.fixture
def planner(cast: Cast) -> Planner:
    return Planner(cast)


def to_midnight(shift: Callable[[dt.timedelta], None], plan: GroundPlan, *, seconds: float) -> None:
    """Move the clock to so many seconds after (or before) midnight of the plan's day in Asia/Shanghai (UTC+8)."""
    midnight = dt.datetime.combine(plan.effective_on, dt.time(), dt.UTC) - dt.timedelta(hours=8)
    shift(midnight + dt.timedelta(seconds=seconds) - clock.now())


def grid_at(x: float, y: float) -> str | None:
    look_again()
    place = ground().locate(*point(x, y))
    return None if place is None else Grid.objects.get(pk=place.grid_id).code


def test_midnight_and_no_second_earlier(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=-5)
    assert services.take_effect_when_due() == 0
    assert grid_at(0.5, 0.25) == SOUTH_1
    shift(dt.timedelta(seconds=6))
    assert services.take_effect_when_due() == 1
    assert sorted({grid_at(0.5, 0.25), grid_at(0.5, 0.75)}, key=str) == [FRESH, "320999001001004"]
    assert grid_at(1.5, 0.5) == SOUTH_2
    assert services.take_effect_when_due() == 0
    plan.refresh_from_db()
    assert (plan.state, plan.trouble) == ("in_force", "")
    assert Grid.objects.get(code=SOUTH_1).valid_to == plan.effective_on
    assert Grid.objects.get(code=FRESH).valid_from == plan.effective_on


def test_after_downtime_it_is_made_up_for_with_its_own_day(
    planner: Planner, shift: Callable[[dt.timedelta], None]
) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=3 * 86400)
    assert services.take_effect_when_due() == 1
    assert Grid.objects.get(code=FRESH).valid_from == plan.effective_on
    assert GroundPlan.objects.get().in_force_at is not None


def test_a_reshaped_grid_stays_who_it_is(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    before = Grid.objects.get(code=SOUTH_1)
    planner.do("reshape_grid", code=SOUTH_1, boundary=area((0, 0), (1.5, 0), (1.5, 1), (0, 1)))
    planner.do("describe_grid", code=SOUTH_2, values={"name": "小网格"})
    plan = planner.scheduled()
    # Changed by somebody else while the plan waits: the plan does not say otherwise, so it stays.
    Grid.objects.filter(pk=before.pk).update(party_branch="第一党支部")
    to_midnight(shift, plan, seconds=1)
    assert services.take_effect_when_due() == 1
    after = Grid.objects.get(code=SOUTH_1)
    assert (after.pk, after.valid_from, after.valid_to, after.party_branch) == (before.pk, SINCE, None, "第一党支部")
    assert after.area_km2 == pytest.approx(1.571, abs=0.002)
    assert Grid.objects.get(code=SOUTH_2).name == "小网格"
    (version,) = before.versions.all()
    assert (version.boundary, version.valid_from, version.valid_to) == (before.boundary, SINCE, plan.effective_on)
    assert [row["name"] for row in versions_of(SOUTH_2)] == ["第2网格", "小网格"]


def test_whose_place_was_this_on_that_day(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    first_day = services.today()
    here, there = point(0.5, 0.25), point(1.25, 0.5)
    planner.do("reshape_grid", code=SOUTH_1, boundary=area((0, 0), (1.5, 0), (1.5, 1), (0, 1)))
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    services.take_effect_when_due()
    second = Planner(planner.cast)
    second.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.5), (2.2, 0.5)))
    later = second.scheduled()
    to_midnight(shift, later, seconds=1)
    services.take_effect_when_due()
    look_again()

    def code(where: tuple[float, float], on: dt.date) -> str:
        told: str = whose_place(*where, on)["grid"]["code"]
        return told

    assert [code(there, SINCE), code(there, first_day), code(there, first_day + DAY)] == [SOUTH_2, SOUTH_2, SOUTH_1]
    assert code(here, first_day + DAY) == SOUTH_1
    assert code(here, first_day + 2 * DAY) not in (SOUTH_1, SOUTH_2)
    told = whose_place(*there, first_day)
    assert (told["valid_from"], told["valid_to"], told["changed_since"]) == (SINCE, plan.effective_on, True)
    assert told["now"]["code"] == code(there, first_day + 2 * DAY)
    assert whose_place(*point(3.5, 1.5), first_day)["changed_since"] is False
    with pytest.raises(NotVisible):
        whose_place(*here, SINCE - DAY)
    assert [(row["valid_from"], row["valid_to"]) for row in versions_of(SOUTH_1)] == [
        (SINCE, plan.effective_on),
        (plan.effective_on, later.effective_on),
    ]


def test_every_edge_fits_its_surroundings(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    # The line ends on the edges to the next community and to the next street, off every vertex.
    planner.do("split_grid", code=SOUTH_2, line=line((1.3333337, 1.3), (1.41, 0.7), (2.3, 0.4777777)))
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    assert services.take_effect_when_due() == 1
    for shapes in (
        [polygon_of(grid.boundary or {}) for grid in standing().values()],
        [polygon_of(each.boundary or {}) for each in Community.objects.all()],
        [polygon_of(each.boundary or {}) for each in Street.objects.all()],
    ):
        require_coverage(shapes)
        whole = polygon_of(District.objects.get().boundary or {})
        assert shapely.coverage_union_all(shapes).equals(whole)
    # A vertex in a straight edge makes the neighbours nobody else.
    assert set(GridVersion.objects.values_list("grid__code", flat=True)) == set()


def test_members_follow_the_greatest_part(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    planner.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.3), (1.2, 0.3)))
    larger = max(planner.plan.grids.exclude(code=SOUTH_2), key=lambda grid: grid.households).code
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    services.take_effect_when_due()
    held = {
        (post.user.username, post.post, post.grid.code if post.grid else "")
        for post in Membership.objects.filter(ends_on=None, role="grid_worker").select_related("user", "grid")
    }
    assert {row for row in held if row[2].startswith("320999001")} == {
        ("grid_worker", "full_time_worker", larger),
        ("grid_worker2", "part_time_worker", larger),
        ("grid_leader", "grid_leader", larger),
    }
    ended = Membership.objects.filter(grid__code=SOUTH_1)
    assert set(ended.values_list("ends_on", flat=True)) == {plan.effective_on}
    plan.refresh_from_db()
    assert [(row["name"], row["to"], row["post_after"]) for row in plan.outcome["members"]] == [
        ("grid_leader", larger, "grid_leader"),
        ("grid_worker", larger, "full_time_worker"),
        ("grid_worker2", larger, "part_time_worker"),
    ]


def test_buildings_stand_in_the_grid_that_holds_them(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    first = Grid.objects.get(code=SOUTH_1)
    common = {"community": first.community, "grid": first}
    south, north = (
        Building.objects.create(code=code, name=code, lon=point(0.5, y)[0], lat=point(0.5, y)[1], **common)
        for code, y in (("B1", 0.1), ("B2", 0.9))
    )
    nowhere = Building.objects.create(code="B3", name="B3", **common)
    planner.do("split_grid", code=SOUTH_1, line=line((-0.2, 0.3), (1.2, 0.3)))
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    services.take_effect_when_due()
    for each in (south, north, nowhere):
        each.refresh_from_db()
    assert south.grid is not None
    assert south.grid.code == grid_at(0.5, 0.1)
    # Without a point it goes where the greatest part goes.
    assert north.grid == nowhere.grid != south.grid


def test_of_two_full_time_workers_one_goes_on_part_time(
    planner: Planner, cast: Cast, shift: Callable[[dt.timedelta], None]
) -> None:
    second = Grid.objects.get(code=SOUTH_2)
    Membership.objects.create(
        user=cast.user("outsider"), grid=second, role="grid_worker", post="full_time_worker", starts_on=SINCE
    )
    planner.do("merge_grids", codes=[SOUTH_1, SOUTH_2])
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    services.take_effect_when_due()
    held = dict(
        Membership.objects.filter(grid__code=FRESH, user__username__in=["grid_worker", "outsider"]).values_list(
            "user__username", "post"
        )
    )
    assert held == {"grid_worker": "full_time_worker", "outsider": "part_time_worker"}


def test_news_goes_out_once(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    plan = planner.scheduled()
    to_midnight(shift, plan, seconds=1)
    for _ in range(3):
        services.take_effect_when_due()
    (news,) = OutboxMessage.objects.filter(topic="ground.changed")
    ended = Grid.objects.get(code=SOUTH_1)
    assert (news.payload["plan"], news.payload["grids"]) == (plan.pk, [ended.pk])


def test_what_cannot_take_effect_says_why_and_changes_nothing(
    planner: Planner, shift: Callable[[dt.timedelta], None]
) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    plan = planner.scheduled()
    Grid.objects.filter(code=SOUTH_2).update(valid_to=tomorrow())
    to_midnight(shift, plan, seconds=1)
    assert services.take_effect_when_due() == 0
    plan.refresh_from_db()
    assert plan.state == "scheduled"
    assert "320999001001" in plan.trouble
    assert not Grid.objects.filter(code=FRESH).exists()


def test_a_cancelled_plan_never_comes(planner: Planner, shift: Callable[[dt.timedelta], None]) -> None:
    planner.do("split_grid", code=SOUTH_1, line=ACROSS)
    planner.scheduled()
    plan = planner.do("cancel_plan")
    to_midnight(shift, plan, seconds=1)
    assert services.take_effect_when_due() == 0
    assert not Grid.objects.filter(code=FRESH).exists()


def test_the_first_ground_takes_effect_when_it_is_approved(cast: Cast, db: None) -> None:
    """A district without any boundary: communities, streets and the district follow from their grids."""
    Membership.objects.filter(grid__isnull=False).delete()
    Grid.objects.update(boundary=None)
    for model in (Community, Street, District):
        model.objects.update(boundary=None)
    look_again()
    columns = {"320999001": 0, "320999002": 2}
    features = [
        (grid.code, "", grid.code[:12], area((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)))
        for grid in Grid.objects.order_by("code")
        for x, y in [(columns[grid.code[:9]] + int(grid.code[-1]) - 1, int(grid.code[11]) - 1)]
    ]
    done = services.draft_from_features(features=features, by=cast.sysadmin, title="首次划分")
    assert (done.grids, done.faults, done.plan.effective_on) == (8, [], services.today())
    plan = services.submit_plan(plan_id=done.plan.pk, version=done.plan.version, by=cast.sysadmin)
    plan = services.approve_plan(plan_id=plan.pk, version=plan.version, by=cast.commander)
    assert plan.state == "in_force"
    assert grid_at(3.5, 1.5) == "320999002002002"
    district = polygon_of(District.objects.get().boundary or {})
    assert district.bounds == pytest.approx((118.60, 32.05, 118.64, 32.07))
    assert Street.objects.filter(boundary=None).count() == 0
    assert not GridVersion.objects.exclude(boundary=None).exists()
