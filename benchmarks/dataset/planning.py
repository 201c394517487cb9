"""How many orders on which day, by which course; and what is still open at the end."""

from __future__ import annotations

import datetime as dt
import math
import random
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

import chinese_calendar

from benchmarks.dataset.life import COURSES
from benchmarks.dataset.moulds import Mould
from benchmarks.dataset.player import Recording
from benchmarks.dataset.playing import ALL
from benchmarks.dataset.templates import mould
from catalogue.workclock import SHANGHAI

YEARS = 5
# Copies are moved back by up to this, so that they are not all at the same second.
JITTER_SECONDS = 90
MARGIN = dt.timedelta(seconds=120)
# Reports of a month against the mean, and how much more is reported at the end than five years before.
MONTHS = (0.86, 0.72, 0.94, 1.0, 1.05, 1.18, 1.3, 1.22, 1.05, 0.95, 0.92, 0.88)
GROWTH = 1.35
HOLIDAY = 0.7
# Days on which much happens: storms and heat. The first is the busiest of all.
STORMS = (4.8, 3.4, 2.9, 2.6, 2.2, 2.1, 2.0)
# What is left at the end on purpose, beside what happens to be open: for each status and level.
LEFT_PER_CELL = 60 / 867_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A mould that fits a day, and how many orders it makes."""

    mould: int
    weight: float
    orders: int


@dataclass(slots=True)
class Job:
    """A day's orders. ``bases``: where the ids of each kind begin; ``first``: number of orders before it, plus one."""

    day: dt.date
    copies: list[int]
    first: int
    number_start: int
    bases: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Plan:
    now: dt.datetime
    moulds: list[Mould]
    jobs: list[Job]
    orders: int
    totals: dict[str, int]


class Planner:
    """``quiet``: nothing becomes due so soon after ``now``, as far as there is a choice."""

    def __init__(self, recordings: list[Recording], now: dt.datetime, quiet: dt.timedelta, seed: int) -> None:
        self.recordings, self.now, self.quiet = recordings, now, quiet
        self.dice = random.Random(f"plan {seed}")
        self.moulds = [mould(each) for each in recordings]
        self.cuts: dict[tuple[int, int], int] = {}
        plays: dict[str, int] = defaultdict(int)
        for recording in recordings:
            plays[recording.course] += 1
        self.weights = [ALL[each.course].share / plays[each.course] for each in recordings]
        self.today = now.astimezone(SHANGHAI).date()
        self.by_weekday: dict[int, list[Choice]] = defaultdict(list)
        self.longest = dt.timedelta()
        for n, each in enumerate(self.moulds):
            if each.course in COURSES:
                self.by_weekday[each.start.weekday()].append(Choice(n, self.weights[n], len(each.orders)))
                self.longest = max(self.longest, dt.timedelta(microseconds=each.last))

    def plan(self, orders: int) -> Plan:
        days = self._days()
        picked: dict[dt.date, list[int]] = {day: [] for day in days}
        left = orders - self._leave(picked, orders) - self._once(picked, days)
        choices = {day: self._choices(day) for day in days}
        factors = self._factors(days)
        weights = [factors[day] * sum(each.weight for each in choices[day]) for day in days]
        for day, quota in zip(days, shared(max(left, 0), weights), strict=True):
            picked[day] += self._pick(choices[day], quota)
        return self._numbered(picked)

    def _days(self) -> list[dt.date]:
        count = round(YEARS * 365.25)
        return [self.today - dt.timedelta(days=n) for n in range(count, -1, -1)]

    def _factors(self, days: list[dt.date]) -> dict[dt.date, float]:
        found = {}
        for n, day in enumerate(days):
            trend = 1 + (GROWTH - 1) * n / len(days)
            holiday = HOLIDAY if day in chinese_calendar.holidays else 1.0
            found[day] = trend * holiday * MONTHS[day.month - 1] * self.dice.lognormvariate(0, 0.12)
        summer = [day for day in days[:-60] if day.month in (6, 7, 8) and day.weekday() < 5]
        for day, storm in zip(self.dice.sample(summer, len(STORMS)), STORMS, strict=True):
            found[day] = storm * GROWTH
        return found

    def _choices(self, day: dt.date) -> list[Choice]:
        """What may be reported on a day, as far as it has come by the end."""
        of_weekday = self.by_weekday[day.weekday()]
        if moment(day) + dt.timedelta(days=1) + self.longest + MARGIN < self.now:
            return of_weekday
        found = ((self._as_far(each.mould, day), each) for each in of_weekday)
        return [Choice(n, each.weight, each.orders) for n, each in found if n is not None]

    def _as_far(self, n: int, day: dt.date) -> int | None:
        made = self.moulds[n]
        start = dt.datetime.combine(day, made.start.timetz())
        until = self.now - start - MARGIN
        if dt.timedelta(microseconds=made.last) <= until and self._is_quiet(made, start):
            return n
        if len(made.orders) > 1 or until < dt.timedelta():
            return None
        count = bisect_right([each.at for each in made.orders[0].events], until // dt.timedelta(microseconds=1))
        if (n, count) not in self.cuts:
            self.cuts[n, count] = len(self.moulds)
            self.moulds.append(mould(self.recordings[n], [count]))
        cut = self.cuts[n, count]
        return cut if self._is_quiet(self.moulds[cut], start) else None

    def _is_quiet(self, made: Mould, start: dt.datetime) -> bool:
        return made.due is None or made.due - made.start + start > self.now + self.quiet + MARGIN

    def _leave(self, picked: dict[dt.date, list[int]], orders: int) -> int:
        """Every open status at both levels, by the courses that were left on purpose; the quiet ones if there are."""
        cells: dict[str, list[int]] = defaultdict(list)
        for n, each in enumerate(self.moulds):
            if each.course not in COURSES:
                cells[each.course].append(n)
        count = max(1, round(orders * LEFT_PER_CELL))
        for fit in cells.values():
            quiet = [n for n in fit if self._is_quiet(self.moulds[n], self.moulds[n].start)]
            last = max(fit, key=lambda n: self.moulds[n].due or self.now)
            for _ in range(count):
                chosen = self.dice.choice(quiet or [last])
                picked[self.moulds[chosen].start.date()].append(chosen)
        return count * len(cells)

    def _once(self, picked: dict[dt.date, list[int]], days: list[dt.date]) -> int:
        """Every course once, on a day whose orders are all at their end."""
        count = 0
        old = days[: -math.ceil(self.longest.days + 9)]
        seen: set[str] = set()
        for n, each in enumerate(self.moulds):
            if each.course in COURSES and each.course not in seen:
                seen.add(each.course)
                fit = [day for day in self.dice.sample(old, 60) if day.weekday() == each.start.weekday()]
                picked[fit[0]].append(n)
                count += len(each.orders)
        return count

    def _pick(self, choices: list[Choice], quota: int) -> list[int]:
        """Draw moulds that make exactly ``quota`` orders."""
        found: list[int] = []
        weights = [each.weight for each in choices]
        single = [each for each in choices if each.orders == 1]
        drawn = self.dice.choices(choices, weights, k=quota) if quota else []
        for each in drawn:
            if quota <= 0:
                break
            if each.orders > quota:
                (each,) = self.dice.choices(single, [one.weight for one in single])
            found.append(each.mould)
            quota -= each.orders
        return found

    def _numbered(self, picked: dict[dt.date, list[int]]) -> Plan:
        """Give every day its stretch of every kind of ids. All ids of a kind have the same number of digits."""
        totals: dict[str, int] = defaultdict(int)
        jobs: list[Job] = []
        for day in sorted(picked):
            if not picked[day]:
                continue
            before = totals["order"]
            bases = dict(totals)
            for n in picked[day]:
                for kind, count in self.moulds[n].counts.items():
                    totals[kind] += count
            # Beginning a day draws a number, too.
            jobs.append(Job(day, picked[day], before + 1, before + len(jobs) + 1, bases))
        for job in jobs:
            job.bases = {kind: first_id(total) + job.bases.get(kind, 0) for kind, total in totals.items()}
        return Plan(self.now, self.moulds, jobs, totals["order"], dict(totals))


def first_id(total: int) -> int:
    """The least number with a digit more than ``total`` has."""
    return int("1" + "0" * len(str(total)))


def moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=SHANGHAI)


def shared(total: int, weights: list[float]) -> list[int]:
    """Share out whole numbers by weight; what is left over goes to the largest remainders."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(each) for each in exact]
    by_remainder = sorted(range(len(exact)), key=lambda n: counts[n] - exact[n])
    for n in by_remainder[: total - sum(counts)]:
        counts[n] += 1
    return counts
