"""The arithmetic of rosters, each answer worked out by hand."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from dispatch.rules.rosters import (
    Span,
    covers_the_day,
    lacks_rest,
    missing,
    overlaps,
    span_of,
    step_at,
    step_due,
    teams_on,
)

ZONE = ZoneInfo("Asia/Shanghai")
# 四班三运转: two mornings, two afternoons, two nights, two days off.
PATTERN = [0, 0, 1, 1, 2, 2, None, None]


def at(hour: int, day: int = 22) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, tzinfo=ZONE)


def test_a_night_ends_the_next_morning() -> None:
    span = span_of(dt.date(2026, 11, 22), 23 * 60, 8 * 60, ZONE)
    assert span == Span(at(23), at(7, 23))


def test_shifts_that_touch_do_not_overlap() -> None:
    assert not overlaps(Span(at(0), at(8)), Span(at(8), at(16)))
    assert overlaps(Span(at(0), at(9)), Span(at(8), at(16)))


@pytest.mark.parametrize(("begins", "lacks"), [(15, True), (16, False)])
def test_eight_hours_of_rest(begins: int, lacks: bool) -> None:
    assert lacks_rest(Span(at(0), at(8)), Span(at(begins), at(23))) is lacks


def test_who_is_missing() -> None:
    assert missing({"dispatcher": 2, "duty_officer": 1}, ["dispatcher", "duty_officer", "patrol"]) == {"dispatcher": 1}
    assert missing({"dispatcher": 1, "patrol": 0}, ["dispatcher", "dispatcher"]) == {}


@pytest.mark.parametrize(
    ("day", "segment", "teams"),
    [
        # Team k is 2k days behind team 0: on day 0 team 0 begins its mornings, team 1 is off, team 2 on nights.
        (0, 0, [0]), (0, 1, [3]), (0, 2, [2]), (1, 0, [0]), (2, 0, [1]), (2, 1, [0]), (2, 2, [3]), (8, 0, [0]),
        (-1, 0, [3]),
    ],
)  # fmt: skip
def test_four_teams_take_turns(day: int, segment: int, teams: list[int]) -> None:
    assert teams_on(PATTERN, 4, day, segment) == teams


def test_every_segment_of_every_day_has_one_team() -> None:
    assert [len(teams_on(PATTERN, 4, day, segment)) for day in range(16) for segment in range(3)] == [1] * 48


def test_a_day_without_a_gap() -> None:
    assert covers_the_day([(7 * 60, 480), (15 * 60, 480), (23 * 60, 480)])
    assert not covers_the_day([(7 * 60, 480), (15 * 60, 480), (23 * 60, 479)])
    assert covers_the_day([(8 * 60, 1440)])


def test_the_ladder() -> None:
    halfpast = at(11) + dt.timedelta(minutes=30)
    assert [step_due(at(12), step) for step in range(5)] == [at(12, 21), at(8), halfpast, at(12), None]
    told = [(at(11, 21), 0), (at(13, 21), 0), (at(9), 1), (at(12), 3), (at(14), 3)]
    assert [step_at(at(12), now) for now, _step in told] == [step for _now, step in told]
