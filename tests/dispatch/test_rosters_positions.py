"""A position: only on duty, only the latest, gone with the shift."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from dispatch.errors import NotOnDuty, TooSoon
from dispatch.models import Position, WatchState
from dispatch.selectors import people_on_duty
from dispatch.services import erase_positions, report_position, stop_position
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid, NotAllowed
from tests.cast import Cast, SmallGround
from tests.dispatch.rosters import shift_at, watch

HERE: dict[str, Any] = {"lon": 118.605, "lat": 32.055, "accuracy_m": 12.4}


def test_who_is_on_duty(cast: Cast, small_ground: SmallGround) -> None:
    shift = shift_at(small_ground.sub_center, -1)
    watch(shift, cast.user("street_dispatcher"))
    watch(shift, cast.user("street_dispatcher2"), state=WatchState.ABSENT)
    watch(shift_at(small_ground.sub_center, 7.5), cast.user("handler"))
    watch(shift_at(small_ground.sub_center2, -1, published=False), cast.user("other_street_dispatcher"))
    [one] = people_on_duty(at=clock.now())
    assert (one.name, one.role, one.unit_id, one.until) == (
        "street_dispatcher", "派遣员", small_ground.sub_center.pk, shift.ends_at,
    )  # fmt: skip
    assert people_on_duty(at=clock.now(), street_id=small_ground.street2.pk) == []
    assert [each.name for each in people_on_duty(at=clock.now(), unit_ids=[small_ground.sub_center.pk])] == [one.name]


def test_only_on_duty(cast: Cast, small_ground: SmallGround) -> None:
    with pytest.raises(NotOnDuty):
        report_position(**HERE, by=cast.grid_worker)
    watch(shift_at(small_ground.sub_center, 0.1), cast.user("grid_worker"), "patrol")
    with pytest.raises(NotOnDuty):
        report_position(**HERE, by=cast.grid_worker)
    with pytest.raises(NotAllowed):
        report_position(**HERE, by=cast.sysadmin)
    assert not Position.objects.exists()


def test_only_the_latest_until_the_shift_ends(
    cast: Cast, small_ground: SmallGround, shift: Callable[[dt.timedelta], None]
) -> None:
    mine = shift_at(small_ground.sub_center, -1)
    watch(mine, cast.user("grid_worker"), "patrol")
    report_position(**HERE, by=cast.grid_worker)
    with pytest.raises(TooSoon):
        report_position(**HERE, by=cast.grid_worker)
    shift(dt.timedelta(seconds=21))
    report_position(lon=118.606, lat=32.056, accuracy_m=5, by=cast.grid_worker)
    kept = Position.objects.get()
    assert (kept.lon, kept.lat, kept.accuracy_m, kept.until) == (118.606, 32.056, 5, mine.ends_at)
    assert erase_positions() == 0
    shift(dt.timedelta(hours=7))
    assert erase_positions() == 1
    assert not Position.objects.exists()


def test_taken_back_at_once(cast: Cast, small_ground: SmallGround) -> None:
    watch(shift_at(small_ground.sub_center, -1), cast.user("grid_worker"), "patrol")
    report_position(**HERE, by=cast.grid_worker)
    assert stop_position(by=cast.grid_worker)
    assert not stop_position(by=cast.grid_worker)


@pytest.mark.parametrize("wrong", [{"lon": 181}, {"lat": -91}, {"lon": float("nan")}, {"accuracy_m": -1}])
def test_a_place_on_earth(cast: Cast, small_ground: SmallGround, wrong: dict[str, float]) -> None:
    watch(shift_at(small_ground.sub_center, -1), cast.user("grid_worker"), "patrol")
    with pytest.raises(Invalid):
        report_position(**{**HERE, **wrong}, by=cast.grid_worker)
