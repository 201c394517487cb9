"""Where a point lies, on the small ground of squares and its edges."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grids.ground import Ground, ground, look_again
from grids.models import Grid, Unit
from grids.services import touch_ground
from tests.cast import SmallGround, centre_of


@pytest.fixture
def here(small_ground: SmallGround) -> Ground:
    look_again()
    return ground()


def test_middle_of_a_square(here: Ground, small_ground: SmallGround) -> None:
    place = here.locate(*centre_of(0, 0))
    assert place is not None
    assert place.grid_id == small_ground.grid.pk
    assert place.community_id == small_ground.community.pk
    assert place.street_id == small_ground.street.pk
    assert place.district_id == small_ground.district.pk
    assert here.place_of_grid(place.grid_id) == place


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ((118.61, 32.055), "320999001001001"),  # Edge of two grids.
        ((118.61, 32.06), "320999001001001"),  # Corner of four grids.
        ((118.62, 32.06), "320999001001002"),  # Corner of two streets.
        ((118.60, 32.05), "320999001001001"),  # Outermost corner.
        ((118.64, 32.07), "320999002002002"),
    ],
)
def test_on_an_edge_the_lowest_code(here: Ground, point: tuple[float, float], code: str) -> None:
    place = here.locate(*point)
    assert place is not None
    assert Grid.objects.get(pk=place.grid_id).code == code


@pytest.mark.parametrize("point", [(118.599999, 32.055), (118.62, 32.070001), (0.0, 0.0)])
def test_outside_is_nowhere(here: Ground, point: tuple[float, float]) -> None:
    assert here.locate(*point) is None


def test_every_point_inside_has_the_square_it_stands_in(here: Ground) -> None:
    codes = dict(Grid.objects.values_list("pk", "code"))

    @settings(max_examples=200, deadline=None)
    @given(st.floats(0.001, 3.999), st.floats(0.001, 1.999))
    def check(x: float, y: float) -> None:
        place = here.locate(118.60 + x * 0.01, 32.05 + y * 0.01)
        assert place is not None
        if min(x % 1, 1 - x % 1, y % 1, 1 - y % 1) > 1e-6:
            assert codes[place.grid_id] == f"320999{int(x) // 2 + 1:03d}{int(y) + 1:03d}{int(x) % 2 + 1:03d}"

    check()


def test_units_of_places(here: Ground, small_ground: SmallGround) -> None:
    assert here.command_center_id(small_ground.district.pk) == small_ground.command_center.pk
    assert here.sub_center_id(small_ground.street.pk) == small_ground.sub_center.pk
    assert here.workstation_id(small_ground.community.pk) == small_ground.workstation.pk
    assert here.workstation_id(0) is None
    assert here.unit_parent_id(small_ground.own_squad.pk) == small_ground.sub_center.pk
    assert here.unit_parent_id(small_ground.urban_squad.pk) is None


def test_streets_crossed_by_a_line(here: Ground, small_ground: SmallGround) -> None:
    line = {"type": "LineString", "coordinates": [list(centre_of(0, 0)), list(centre_of(3, 0))]}
    assert here.streets_crossed(line) == {small_ground.street.pk, small_ground.street2.pk}


def test_a_change_shows_after_the_version_moved(here: Ground, small_ground: SmallGround) -> None:
    Unit.objects.filter(pk=small_ground.workstation.pk).update(active=False)
    assert ground() is here
    touch_ground()
    assert ground().workstation_id(small_ground.community.pk) is None
    look_again()
