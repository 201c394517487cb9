"""Rosters in plain arithmetic: hours of segments, who a rotation calls, what stands against a watch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

MINUTES_A_DAY = 24 * 60
REST = dt.timedelta(hours=8)
AHEAD_DAYS = 14
# How long before a shift begins somebody hears that it is short, and once more as it begins.
LADDER = (dt.timedelta(hours=24), dt.timedelta(hours=4), dt.timedelta(minutes=30), dt.timedelta(0))
HANDOVER_GRACE = dt.timedelta(minutes=30)
POSTS = ("duty_officer", "dispatcher", "on_call", "patrol")


class Span(NamedTuple):
    """A time on duty; the end is not part of it."""

    starts_at: dt.datetime
    ends_at: dt.datetime


def span_of(day: dt.date, start_minute: int, minutes: int, zone: dt.tzinfo) -> Span:
    """The segment that begins on ``day``; it may end on the next."""
    starts_at = dt.datetime.combine(day, dt.time(start_minute // 60, start_minute % 60), zone)
    return Span(starts_at, starts_at + dt.timedelta(minutes=minutes))


def overlaps(one: Span, other: Span) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at


def lacks_rest(one: Span, other: Span, rest: dt.timedelta = REST) -> bool:
    """True if between the two lies less than ``rest``; spans that overlap lack it too."""
    return one.starts_at < other.ends_at + rest and other.starts_at < one.ends_at + rest


def missing(needed: Mapping[str, int], there: Iterable[str]) -> dict[str, int]:
    """How many are missing in which post; ``there`` names the post of everybody who comes."""
    come = list(there)
    short = {post: number - come.count(post) for post, number in needed.items()}
    return {post: number for post, number in short.items() if number > 0}


def teams_on(pattern: Sequence[int | None], teams: int, day: int, segment: int) -> list[int]:
    """Which teams a rotation calls on its ``day`` (from 0) for the segment in that place.

    ``pattern`` is what the first team does day by day: places of segments, None for rest. Each further team runs
    behind the one before it by an equal part of the pattern.
    """
    if not pattern or teams < 1:
        return []
    step = len(pattern) // teams
    return [team for team in range(teams) if pattern[(day - team * step) % len(pattern)] == segment]


def covers_the_day(segments: Iterable[tuple[int, int]]) -> bool:
    """True if (start minute, minutes) leave no minute of a day without anybody, whatever crosses midnight."""
    open_minutes = set(range(MINUTES_A_DAY))
    for start, minutes in segments:
        open_minutes -= {(start + each) % MINUTES_A_DAY for each in range(min(minutes, MINUTES_A_DAY))}
    return not open_minutes


def step_due(starts_at: dt.datetime, step: int) -> dt.datetime | None:
    """When the step of the ladder comes; None after the last."""
    return starts_at - LADDER[step] if step < len(LADDER) else None


def step_at(starts_at: dt.datetime, now: dt.datetime) -> int:
    """The step that is next at ``now``: of those already past, only the latest is still to be told."""
    past = sum(1 for before in LADDER if starts_at - before <= now)
    return max(0, past - 1)
