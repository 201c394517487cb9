"""What a scenario hands over: one figure each, with its floor and the limits that it must keep."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

# What a limit can speak about.
MEDIAN, P95, P99, RATIO = "median", "p95", "p99", "ratio"


@dataclass(frozen=True, slots=True)
class Limit:
    """``of``: median, p95, p99 or ratio (figure over floor). ``source``: the sentence of the issue that asks for it."""

    of: str
    most: float | None = None
    least: float | None = None

    def keeps(self, value: float | None) -> bool:
        if value is None:
            return False
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def __str__(self) -> str:
        bounds = [f"≤ {_short(self.most)}"] if self.most is not None else []
        bounds += [f"≥ {_short(self.least)}"] if self.least is not None else []
        return f"{self.of} {' and '.join(bounds)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured quantity. ``name`` is the same in every run: reports are compared by it.

    For a single value (a rate, a share, bytes) ``median`` is that value. ``floor`` is in the same unit, measured right
    before and after; ``ratio`` is median over floor unless given. ``unit`` ending in ``/s`` means: more is better.
    """

    name: str
    unit: str
    median: float
    p95: float | None = None
    p99: float | None = None
    n: int = 1
    floor: float | None = None
    floor_name: str = ""
    ratio: float | None = None
    limits: tuple[Limit, ...] = ()
    note: str = ""
    # What a reader may want to look up: the ten slowest, statements, plans. Only in the JSON.
    detail: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.ratio is None and self.floor:
            object.__setattr__(self, "ratio", self.median / self.floor)

    @property
    def kept(self) -> bool | None:
        """True if every limit is kept; None if there is none."""
        if not self.limits:
            return None
        return all(limit.keeps(getattr(self, limit.of)) for limit in self.limits)

    @property
    def more_is_better(self) -> bool:
        return self.unit.endswith("/s")


def of_times(name: str, seconds: Sequence[float], *, unit: str = "ms", **more: Any) -> Figure:
    """A figure from single durations in seconds, told in ``ms``, ``us`` or ``s``."""
    factor = {"s": 1.0, "ms": 1e3, "us": 1e6}[unit]
    told = [each * factor for each in seconds]
    return Figure(name, unit, median(told), p95=percentile(told, 95), p99=percentile(told, 99), n=len(told), **more)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least ``percent`` of all do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(math.ceil(len(ordered) * percent / 100), 1) - 1]


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
