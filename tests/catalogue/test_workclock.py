"""Working time, against days and hours typed out by hand from the State Council's notices."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.calendars import _built_in
from catalogue.workclock import SHANGHAI, CalendarClock, DemonstrationClock, parse_slots

OFFICIAL = _built_in()
HOUR = 3600
WORKDAY = 7 * HOUR


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "seconds", "expected"),
    [
        ("2026-11-23 10:00", 2 * HOUR, "2026-11-23 12:00"),  # the very end of the morning, not 13:30
        ("2026-11-23 10:00", 3 * HOUR, "2026-11-23 14:30"),  # over lunch
        ("2026-11-23 12:30", HOUR, "2026-11-23 14:30"),  # begun at lunch
        ("2026-11-23 07:00", HOUR, "2026-11-23 10:00"),  # begun before hours
        ("2026-11-20 17:00", HOUR, "2026-11-23 09:30"),  # Friday to Monday
        ("2026-11-21 02:43", 2 * HOUR, "2026-11-23 11:00"),  # begun on a Saturday night
        ("2026-11-23 10:00", 3 * WORKDAY, "2026-11-26 10:00"),
        ("2026-11-23 17:30", WORKDAY, "2026-11-24 17:30"),
        # Spring Festival 2026: off from 15 to 23 February, the Saturdays 14 and 28 are worked.
        ("2026-02-13 16:00", WORKDAY, "2026-02-14 16:00"),
        ("2026-02-14 16:00", WORKDAY, "2026-02-24 16:00"),
        ("2026-02-12 10:00", 5 * WORKDAY, "2026-02-26 10:00"),
        ("2026-02-27 10:00", WORKDAY, "2026-02-28 10:00"),
        # National Day 2026: off from 1 to 7 October; Sunday 20 September and Saturday 10 October are worked.
        ("2026-09-30 17:00", HOUR, "2026-10-08 09:30"),
        ("2026-10-09 10:00", WORKDAY, "2026-10-10 10:00"),
        # 2027 is not known: Friday 1 January counts as a plain Friday, with a warning.
        ("2026-12-31 10:00", WORKDAY, "2027-01-01 10:00"),
        ("2026-12-31 10:00", 3 * WORKDAY, "2027-01-05 10:00"),
    ],
)
def test_add_lands_where_a_person_would_put_it(start: str, seconds: int, expected: str) -> None:
    due = OFFICIAL.add(at(start), seconds)
    assert due == at(expected)
    assert due.tzinfo is dt.UTC
    assert OFFICIAL.seconds_between(at(start), due) == seconds


def test_around_the_clock_ignores_the_calendar() -> None:
    assert OFFICIAL.add(at("2026-02-16 23:00"), 4 * HOUR, around_the_clock=True) == at("2026-02-17 03:00")
    assert OFFICIAL.seconds_between(at("2026-02-16 23:00"), at("2026-02-17 03:00"), around_the_clock=True) == 14400.0


def test_time_outside_of_hours_does_not_count() -> None:
    assert OFFICIAL.seconds_between(at("2026-02-14 17:30"), at("2026-02-24 09:00")) == 0.0
    assert OFFICIAL.seconds_between(at("2026-11-23 09:00"), at("2026-11-23 17:30")) == 25200.0
    assert OFFICIAL.seconds_between(at("2026-11-23 14:30"), at("2026-11-20 17:00")) == -16200.0


def test_moments_may_come_in_any_zone() -> None:
    start = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)  # 10:00 in Shanghai
    assert OFFICIAL.add(start, 2 * HOUR) == at("2026-11-23 12:00")


def test_zero_and_negative() -> None:
    assert OFFICIAL.add(at("2026-11-21 02:43"), 0) == at("2026-11-21 02:43")
    assert OFFICIAL.add(at("2026-11-23 09:30"), -HOUR) == at("2026-11-20 17:00")
    assert OFFICIAL.add(at("2026-11-23 10:00"), -HOUR) == at("2026-11-23 09:00")


def test_workdays_and_warning() -> None:
    assert OFFICIAL.is_workday(dt.date(2026, 2, 14))
    assert not OFFICIAL.is_workday(dt.date(2026, 2, 16))
    assert OFFICIAL.day_seconds == 25200
    assert OFFICIAL.warning_for(at("2026-12-31 23:59")) == ""
    assert OFFICIAL.warning_for(at("2027-01-01 00:00")) == "2027年放假安排尚未纳入工作日历，暂按周一至周五推算"


def test_a_day_may_keep_its_own_hours() -> None:
    eve = dt.date(2026, 11, 24)
    clock = CalendarClock(
        version=7,
        slots=parse_slots([["08:30", "11:30"], ["14:00", "17:00"], ["19:00", "20:00"]]),
        days={eve: parse_slots([["08:30", "10:30"]])},
        known_from=dt.date(2026, 1, 1),
        known_until=dt.date(2026, 12, 31),
    )
    assert clock.day_seconds == 7 * HOUR
    assert clock.add(at("2026-11-23 16:30"), 90 * 60) == at("2026-11-23 20:00")
    assert clock.add(at("2026-11-23 19:30"), 2.5 * HOUR) == at("2026-11-24 10:30")
    assert clock.add(at("2026-11-23 19:30"), 2.5 * HOUR + 60) == at("2026-11-25 08:31")


@pytest.mark.parametrize("slots", [[["12:00", "09:00"]], [["09:00", "12:00"], ["12:00", "17:00"]], [["9", "12:00"]]])
def test_bad_hours_are_refused(slots: list[list[str]]) -> None:
    with pytest.raises(ValueError, match=r"slots|isoformat"):
        parse_slots(slots)


def test_the_demonstration_clock_never_closes() -> None:
    clock = DemonstrationClock(version=1, scale=60, day_seconds=25200)
    assert clock.add(at("2026-11-21 02:43"), 3600) == at("2026-11-21 02:44")
    assert clock.seconds_between(at("2026-11-21 02:43"), at("2026-11-21 02:44")) == 3600.0
    assert clock.note == "演示时钟：全天不停，时限缩短为 1/60"
    assert clock.is_workday(dt.date(2026, 10, 1))


moments = st.datetimes(
    dt.datetime.fromisoformat("2004-01-01"), dt.datetime.fromisoformat("2031-12-31"), timezones=st.just(SHANGHAI)
)
spans = st.integers(1, 60 * WORKDAY * 1_000_000)


@given(moments, spans)
def test_seconds_between_undoes_add(start: dt.datetime, micros: int) -> None:
    due = OFFICIAL.add(start, micros / 1_000_000)
    assert round(OFFICIAL.seconds_between(start, due) * 1_000_000) == micros
    assert due > start


@given(moments, moments)
def test_add_undoes_seconds_between(a: dt.datetime, b: dt.datetime) -> None:
    """Up to the hours that do not count: the earliest moment with as much work behind it."""
    start, end = min(a, b), max(a, b)
    again = OFFICIAL.add(start, OFFICIAL.seconds_between(start, end))
    assert again <= end
    assert OFFICIAL.seconds_between(again, end) == 0.0


@given(moments, spans, spans)
def test_add_in_two_steps_is_add_in_one(start: dt.datetime, first: int, second: int) -> None:
    step = OFFICIAL.add(OFFICIAL.add(start, first / 1_000_000), second / 1_000_000)
    assert step == OFFICIAL.add(start, (first + second) / 1_000_000)


@given(moments, st.integers(-40 * WORKDAY * 1_000_000, 40 * WORKDAY * 1_000_000))
def test_add_agrees_with_walking_day_by_day(start: dt.datetime, micros: int) -> None:
    if start.year < 2006 or micros == 0:
        return
    due = OFFICIAL.add(start, micros / 1_000_000)
    early, late = min(start, due), max(start, due)
    assert abs(_walked(early, late)) == abs(micros)


def _walked(start: dt.datetime, end: dt.datetime) -> int:
    """The same measure the slow way: cut every slot of every day."""
    total = dt.timedelta()
    day = start.astimezone(SHANGHAI).date()
    while day <= end.astimezone(SHANGHAI).date():
        midnight = dt.datetime.combine(day, dt.time(), SHANGHAI)
        for opens, closes in OFFICIAL.hours_of(day):
            low = max(start, midnight + dt.timedelta(microseconds=opens))
            high = min(end, midnight + dt.timedelta(microseconds=closes))
            total += max(high - low, dt.timedelta())
        day += dt.timedelta(days=1)
    return round(total / dt.timedelta(microseconds=1))


def test_far_away_moments() -> None:
    clock = _built_in()
    assert clock.add(at("2045-03-01 10:00"), WORKDAY) == at("2045-03-02 10:00")
    assert clock.seconds_between(at("1999-12-31 09:00"), at("1999-12-31 12:00")) == 3 * HOUR
    assert clock.add(at("2026-11-23 10:00"), 5000 * WORKDAY) > at("2045-01-01 00:00")
    with pytest.raises(OverflowError):
        clock.add(at("2026-11-23 10:00"), 10_000_000 * WORKDAY)
