"""When something would be due, before anybody has to live with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.deadlines.choosing import Asked, Rule, choose
from catalogue.deadlines.policies import Policy, policy_of
from catalogue.rules import Stage
from catalogue.workclock import SHANGHAI, CalendarClock

FRIDAY, EVENING = 4, dt.time(17, 20)
FAR = dt.timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Preview:
    """One stage that starts at ``start``: the rule, the due (Shanghai), and the stretches of time that count."""

    stage: str
    policy: Policy
    rule: Rule | None
    start: dt.datetime
    due_at: dt.datetime
    spans: tuple[tuple[dt.datetime, dt.datetime], ...]
    warning: str


def preview(
    rules: Sequence[Rule], asked: Asked, start: dt.datetime, clock: CalendarClock, day: dt.date | None = None
) -> list[Preview]:
    """Return every stage as if it started at ``start``, by the rules of ``day`` (that of ``start``)."""
    day = day or start.astimezone(SHANGHAI).date()
    found = []
    for stage in Stage:
        rule = choose([rule for rule in rules if rule.stage == stage], asked, day)
        found.append(_previewed(policy_of(stage, rule, clock), rule, start, clock))
    return found


def _previewed(policy: Policy, rule: Rule | None, start: dt.datetime, clock: CalendarClock) -> Preview:
    around = policy.around_the_clock
    due_at = clock.add(start, policy.seconds, around_the_clock=around).astimezone(SHANGHAI)
    spans = [(start.astimezone(SHANGHAI), due_at)] if around else clock.spans(start, due_at)
    warning = "" if around else clock.warning_for(due_at)
    return Preview(policy.stage, policy, rule, start, due_at, tuple(spans), warning)


def default_moment(clock: CalendarClock, today: dt.date) -> dt.datetime:
    """Return 17:20 on the next Friday at work before a holiday; if none is announced, on the next Friday at work."""
    first: dt.date | None = None
    day = today
    while day <= min(today + FAR, clock.known_until):
        day += dt.timedelta(days=1)
        if day.weekday() != FRIDAY or not clock.is_workday(day):
            continue
        first = first or day
        if _holiday_follows(clock, day):
            return dt.datetime.combine(day, EVENING, SHANGHAI)
    return dt.datetime.combine(first or _next_friday(today), EVENING, SHANGHAI)


def _holiday_follows(clock: CalendarClock, friday: dt.date) -> bool:
    """Whether a weekday is off between this Friday and the next day at work."""
    day = friday + dt.timedelta(days=1)
    while not clock.is_workday(day) and (day - friday).days < 31:
        if clock.plain_hours(day):
            return True
        day += dt.timedelta(days=1)
    return False


def _next_friday(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=(FRIDAY - today.weekday() - 1) % 7 + 1)
