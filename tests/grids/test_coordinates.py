"""Conversions against points published for Beijing and the definitions' own properties."""

import math

import pytest

from grids.coordinates import bd09_to_wgs84, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # Published pairs of the common open implementations.
        ((121.4737, 31.2304), (121.4782, 31.2285)),
        ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
    ],
)
def test_wgs84_to_gcj02(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-4 if wgs[0] > 120 else 1e-9)


def test_gcj02_to_bd09() -> None:
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351022), abs=1e-9)


@pytest.mark.parametrize("point", [(118.6, 32.05), (118.31, 31.86), (118.88, 32.23), (87.6, 43.8)])
def test_there_and_back_within_a_millimetre(point: tuple[float, float]) -> None:
    millimetre = 1e-8
    assert gcj02_to_wgs84(*wgs84_to_gcj02(*point)) == pytest.approx(point, abs=millimetre)
    assert bd09_to_wgs84(*wgs84_to_bd09(*point)) == pytest.approx(point, abs=millimetre)


def test_outside_china_nothing_moves() -> None:
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert gcj02_to_wgs84(2.35, 48.85) == (2.35, 48.85)


def test_offset_in_pukou_is_some_hundred_metres() -> None:
    lon, lat = wgs84_to_gcj02(118.6, 32.05)
    assert 300 < math.hypot((lon - 118.6) * 94_350, (lat - 32.05) * 110_900) < 800
