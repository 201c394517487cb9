"""Many elements at once: all or nothing, the same again, and where they lie when the ground changes."""

from __future__ import annotations

import pytest

from grids import ground
from grids.models import Element, ElementType, Grid
from grids.services import touch_ground
from grids.services.elements_in_bulk import put_elements, relocate_elements
from lianqin.kernel.actors import SYSTEM
from tests.cast import SmallGround, centre_of, square
from tests.grids.test_elements import _ground_as_it_was, a_lamp, admin, lamp

__all__ = ["_ground_as_it_was", "admin", "lamp"]


def test_many_at_once_are_all_or_nothing(lamp: ElementType) -> None:
    rows = [a_lamp(code="A"), a_lamp(code="A"), a_lamp(code="B", lon="?")]
    with pytest.raises(Exception) as refused:  # noqa: PT011 -- what it holds is looked at.
        put_elements(rows=rows, by=SYSTEM)
    assert refused.value.extra["rows"] == {  # type: ignore[attr-defined]
        1: {"code": ["编码重复"]},
        2: {"lon": ["请在地图上点选位置，或填写经纬度"]},
    }
    assert not Element.objects.exists()


def test_the_same_rows_again_change_nothing(lamp: ElementType) -> None:
    rows = [a_lamp(code=f"A{n}") for n in range(5)]
    assert put_elements(rows=rows, by=SYSTEM).new == 5
    again = put_elements(rows=[{**row, "name": "新名"} if row["code"] == "A0" else row for row in rows], by=SYSTEM)
    assert (again.new, again.changed, again.same) == (0, 1, 4)


def test_elements_follow_the_ground(lamp: ElementType, small_ground: SmallGround) -> None:
    put_elements(rows=[a_lamp(code="A"), a_lamp(code="B", lon=centre_of(1, 0)[0])], by=SYSTEM)
    # The second grid takes the whole community, the first one is drawn elsewhere.
    Grid.objects.filter(pk=small_ground.grid2.pk).update(boundary=square(0, 0, 2, 1))
    Grid.objects.filter(pk=small_ground.grid.pk).update(boundary=square(10, 10))
    touch_ground()
    assert relocate_elements() == {"grids_element": 1, "grids_attentionrecord": 0, "grids_camera": 0}
    assert set(Element.objects.values_list("grid__code", flat=True)) == {"320999001001002"}
    assert relocate_elements()["grids_element"] == 0


def test_many_points_are_located_as_one_is(small_ground: SmallGround) -> None:
    found = ground.ground()
    points = [(118.60 + n * 0.0005, 32.05 + n * 0.0003) for n in range(-5, 90)] + [centre_of(0, 0), (118.61, 32.055)]
    single = [place.grid_id if (place := found.locate(*point)) else None for point in points]
    assert found.grids_at(points) == single
