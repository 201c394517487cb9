"""The clocks of a month's orders, as they ran and as a trial would have had them run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection

from catalogue import calendars
from catalogue.deadlines import kinds
from catalogue.deadlines.choosing import PLAIN, Asked, Rule, choose, overlay
from catalogue.deadlines.policies import current_table, policy_of
from catalogue.rules import Stage
from catalogue.workclock import SHANGHAI, CalendarClock, WorkClock, parse_slots
from dispatch.rules.replaying import STAGES
from dispatch.rules.trials import Clock, Ending, explains

# An order's id is its month times this, plus a number.
COHORT = 10**9
AT_ONCE = 5000
EVER = dt.date(2000, 1, 1)
READ = """
SELECT t.order_id, o.street_id, o.category_id, o.urgency, o.source, t.stage, t.level, t.started_at, t.elapsed_seconds,
    (t.policy_snapshot->>'seconds')::float, (t.policy_snapshot->>'original')::float,
    (t.policy_snapshot->>'around_the_clock')::boolean, t.calendar_version, t.state, t.step > coalesce((
        SELECT min(step.place) - 1 FROM jsonb_array_elements(t.policy_snapshot->'steps')
            WITH ORDINALITY AS step (body, place) WHERE step.body->>'effect' IN ('escalate', 'supervise')
    ), 32000)
FROM workorders_timer t JOIN workorders_workorder o ON o.id = t.order_id
WHERE t.order_id >= %s AND t.order_id < %s AND t.stage = ANY(%s)
    AND t.assignment_id IS NULL AND t.request_id IS NULL AND t.state IN ('done', 'cancelled')
    AND (o.street_id = %s OR %s::bigint IS NULL)
ORDER BY t.order_id, t.started_at, t.stage, t.id
"""


class Row(NamedTuple):
    order_id: int
    street_id: int | None
    category_id: int | None
    urgency: str
    source: str
    stage: str
    level: str
    started_at: dt.datetime
    used: float
    total: float
    original: float
    around: bool
    calendar: int
    state: str
    struck: bool


@dataclass(frozen=True)
class Question:
    """What a trial changes: rules, a percentage of the time by stage, hours of duty by level."""

    rules: tuple[Rule, ...] = ()
    ended: tuple[Rule, ...] = ()
    shares: Mapping[str, int] | None = None
    hours: Mapping[str, Mapping[str, Any]] | None = None

    @cached_property
    def table(self) -> Mapping[str, list[Rule]]:
        return _by_stage(overlay(current_table(), self.rules, self.ended, EVER))

    @cached_property
    def present(self) -> Mapping[str, list[Rule]]:
        return _by_stage(current_table())

    @cached_property
    def duty(self) -> Mapping[str, tuple[WorkClock, WorkClock]]:
        """By level: the hours of duty as they were, and as they would be."""
        given = self.hours or {}
        return {level: (duty_clock(each["now"]), duty_clock(each["then"])) for level, each in given.items()}


def _by_stage(rules: list[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        found.setdefault(rule.stage, []).append(rule)
    return found


def duty_clock(slots: list[list[str]]) -> CalendarClock:
    """A clock that runs while a centre is staffed: the same hours every day. Raise ValueError for bad hours."""
    read = parse_slots(slots)
    if not read:
        raise ValueError("hours of duty without any hour")
    year = dt.datetime.now(SHANGHAI).year
    return CalendarClock(
        version=0,
        slots=read,
        days={},
        known_from=dt.date(year - 6, 1, 1),
        known_until=dt.date(year + 1, 12, 31),
        week=(read,) * 7,
    )


def count(first: int, after: int, street_id: int | None = None) -> int:
    """How many clocks the orders with ids from ``first`` up to, not including, ``after`` had."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({READ}) AS clocks", [first, after, list(STAGES), street_id, street_id])
        found: int = cursor.fetchone()[0]
    return found


def clocks(
    question: Question, first: int, after: int, street_id: int | None, told: Callable[[int], None]
) -> Iterator[list[Clock]]:
    """The clocks of the orders of these ids, an order at a time; ``told`` hears now and then how many were read."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [first, after, list(STAGES), street_id, street_id])
        mine: list[Row] = []
        read = 0
        while rows := cursor.fetchmany(AT_ONCE):
            for row in map(Row._make, rows):
                if mine and mine[-1].order_id != row.order_id:
                    yield of_order(mine, question)
                    mine = []
                mine.append(row)
            read += len(rows)
            told(read)
        if mine:
            yield of_order(mine, question)


def of_order(rows: list[Row], question: Question) -> list[Clock]:
    """Each clock of one order with the limit that it would have had."""
    found, saved = [], 0.0
    for row in rows:
        clock, gain = _clock(row, question, saved)
        found.append(clock)
        if row.stage == Stage.DISPATCH:
            # What the centre did sooner, whoever works on the order had longer.
            saved = gain
    return found


def _clock(row: Row, question: Question, saved: float) -> tuple[Clock, float]:
    used, total, limit, touched = _by_rules(row, question)
    gain = 0.0
    duty = question.duty.get(row.level)
    if duty is not None and row.stage in (Stage.ACCEPT, Stage.DISPATCH):
        used, total, limit, gain = _by_duty(row, duty, used, limit)
        touched = True
    elif duty is not None and row.stage == Stage.RESOLVE and saved:
        used, touched = max(0.0, used - saved), True
    kind = kinds().get(row.category_id or 0, PLAIN).deadline_class
    ending = Ending.STRUCK if row.struck else Ending.DONE if row.state == "done" else Ending.CUT
    where = (row.order_id, row.street_id, str(kind), row.stage, row.level)
    agrees = explains(row.used, row.total, ending)
    return Clock(*where, used, total, ending, limit, touched, agrees), gain


def _by_rules(row: Row, question: Question) -> tuple[float, float, float, bool]:
    """(used, total, limit, touched) by the rules of the trial, on the clock that these would have had it run on."""
    used, limit, touched = row.used, row.total, False
    granted = row.total - row.original
    share = (question.shares or {}).get(row.stage, 100)
    kind = kinds().get(row.category_id or 0, PLAIN)
    asked = Asked(row.level, row.urgency, row.category_id, row.source, kind)
    day = row.started_at.astimezone(SHANGHAI).date()
    rule = choose(question.table.get(row.stage, ()), asked, day) if question.rules or question.ended else None
    before = choose(question.present.get(row.stage, ()), asked, day) if question.rules or question.ended else None
    if rule != before:
        policy = policy_of(row.stage, rule, calendars.by_version(row.calendar))
        if policy.around_the_clock != row.around:
            used = _recounted(row, policy.around_the_clock)
        limit, touched = policy.seconds + granted, True
    if share != 100:
        limit, touched = (limit - granted) * share / 100 + granted, True
    return used, row.total, limit, touched


def _recounted(row: Row, around: bool) -> float:
    """What the same stretch of time is on the other kind of clock, for one that never paused."""
    calendar = calendars.by_version(row.calendar)
    end = calendar.add(row.started_at, row.used, around_the_clock=row.around)
    return calendar.seconds_between(row.started_at, end, around_the_clock=around)


def _by_duty(
    row: Row, duty: tuple[WorkClock, WorkClock], used: float, limit: float
) -> tuple[float, float, float, float]:
    """(used, total, limit) in seconds of duty, and by how much sooner it ends, in seconds of its own clock.

    Whoever is on duty needs the same time of duty for it, whenever that is.
    """
    was, would = duty
    calendar = calendars.by_version(row.calendar)
    end = calendar.add(row.started_at, row.used, around_the_clock=row.around)
    needed = was.seconds_between(row.started_at, end)
    due = calendar.add(row.started_at, limit, around_the_clock=row.around)
    if needed <= 0:
        # Done in hours without duty, by somebody all the same.
        return used, row.total, limit, 0.0
    sooner = would.add(row.started_at, needed)
    gain = calendar.seconds_between(sooner, end, around_the_clock=row.around)
    old_due = calendar.add(row.started_at, row.total, around_the_clock=row.around)
    return needed, was.seconds_between(row.started_at, old_due), would.seconds_between(row.started_at, due), gain
