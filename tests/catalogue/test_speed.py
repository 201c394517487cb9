"""A calendar is asked at every step of every order: it must cost microseconds, with room for slow machines."""

from __future__ import annotations

import datetime as dt
import timeit

from catalogue.calendars import current


def test_five_workdays_over_spring_festival_cost_microseconds(seeded: None) -> None:
    clock = current()
    start = dt.datetime(2026, 2, 12, 2, 0, tzinfo=dt.UTC)
    assert clock.add(start, 126_000) == dt.datetime(2026, 2, 26, 2, 0, tzinfo=dt.UTC)
    best = min(timeit.repeat(lambda: clock.add(start, 126_000), number=1000, repeat=5)) / 1000
    assert best < 50e-6
