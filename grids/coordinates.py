"""WGS-84 (inside), GCJ-02 (Chinese maps) and BD-09 (Baidu), in degrees (lon, lat). Converted only at the edges."""

from __future__ import annotations

import math

Point = tuple[float, float]
# Krassovsky 1940, which the GCJ-02 offset is computed on.
AXIS, ECCENTRICITY_SQUARED = 6378245.0, 0.00669342162296594323
BAIDU_TURN = math.pi * 3000 / 180


def outside_china(lon: float, lat: float) -> bool:
    """GCJ-02 is only defined within this box; outside, it is WGS-84."""
    return not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271)


def _waves(x: float, long: float, middle: float) -> float:
    return (
        (
            (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi))
            + (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi))
            + (middle * math.sin(x / 12 * math.pi) + long * math.sin(x / 30 * math.pi))
        )
        * 2
        / 3
    )


def _offset(lon: float, lat: float) -> Point:
    x, y = lon - 105, lat - 35
    ripple = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + ripple
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + _waves(x, 300, 150)
    turn = math.radians(lat)
    bulge = 1 - ECCENTRICITY_SQUARED * math.sin(turn) ** 2
    d_lat = math.degrees(north / (AXIS * (1 - ECCENTRICITY_SQUARED) / (bulge * math.sqrt(bulge))))
    d_lon = math.degrees(east / (AXIS / math.sqrt(bulge) * math.cos(turn)))
    return d_lon, d_lat


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    if outside_china(lon, lat):
        return lon, lat
    d_lon, d_lat = _offset(lon, lat)
    return lon + d_lon, lat + d_lat


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """Invert by iteration, to well under a millimetre."""
    if outside_china(lon, lat):
        return lon, lat
    guess = (lon, lat)
    for _ in range(10):
        there = wgs84_to_gcj02(*guess)
        guess = (guess[0] + lon - there[0], guess[1] + lat - there[1])
    return guess


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * BAIDU_TURN)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * BAIDU_TURN)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    guess = (lon - 0.0065, lat - 0.006)
    for _ in range(10):
        there = gcj02_to_bd09(*guess)
        guess = (guess[0] + lon - there[0], guess[1] + lat - there[1])
    return guess


def wgs84_to_bd09(lon: float, lat: float) -> Point:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: float, lat: float) -> Point:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
