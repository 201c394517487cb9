"""The policy that a clock freezes when it starts: always one, without a query when warm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from catalogue import calendars
from catalogue.deadlines.choosing import PLAIN, Asked, Kind, Rule, choose
from catalogue.models import Category, DeadlineRule
from catalogue.revisions import Remembered
from catalogue.rules import FALLBACK, Stage, Unit
from catalogue.workclock import SHANGHAI, WorkClock


@dataclass(frozen=True, slots=True)
class Policy:
    """What an order freezes when a clock starts. ``seconds`` are business seconds, or real ones around the clock."""

    stage: str
    amount: int
    unit: str
    around_the_clock: bool
    seconds: int
    rule_id: int | None
    calendar_version: int

    def as_snapshot(self) -> dict[str, Any]:
        """Return it as JSON for ``Timer.policy_snapshot``."""
        return asdict(self)

    @classmethod
    def from_snapshot(cls, snapshot: dict[str, Any]) -> Policy:
        return cls(**snapshot)

    def due_at(self, start: dt.datetime, share: float = 1.0) -> dt.datetime:
        """Return when ``share`` of the time is used up, by the calendar that was frozen."""
        clock = calendars.by_version(self.calendar_version)
        return clock.add(start, self.seconds * share, around_the_clock=self.around_the_clock)


def policy_for(
    *,
    stage: str,
    level: str,
    category_id: int | None,
    urgency: str,
    source: str = "",
    on: dt.date | None = None,
    unit_id: int | None = None,
) -> Policy:
    """Return the policy of a clock that starts now (``on``: another local date). Raise ValueError for no such stage.

    ``unit_id`` names whose work the clock measures: a unit with a calendar of its own is measured by that.
    """
    table, known = _remembered.get()
    day = on or dt.datetime.now(SHANGHAI).date()
    kind = known.get(category_id, PLAIN) if category_id is not None else PLAIN
    asked = Asked(level=level, urgency=urgency, category_id=category_id, source=source, kind=kind)
    return policy_of(stage, choose(table.get(stage, ()), asked, day), calendars.current(unit_id))


def policy_of(stage: str, rule: Rule | None, clock: WorkClock) -> Policy:
    """Return what ``rule`` means on ``clock``; without a rule the built-in term of the stage."""
    term = rule or FALLBACK[Stage(stage)]
    seconds = term.amount * 60 if term.unit == Unit.MINUTES else term.amount * clock.day_seconds
    return Policy(
        stage=str(stage),
        amount=term.amount,
        unit=str(term.unit),
        around_the_clock=term.around_the_clock,
        seconds=seconds,
        rule_id=rule.pk if rule else None,
        calendar_version=clock.version,
    )


def current_table() -> list[Rule]:
    """Return every rule there is, of any day, as this process remembers them; do not change it."""
    return [rule for rules in _remembered.get()[0].values() for rule in rules]


def kinds() -> Mapping[int, Kind]:
    """Return what each category means for its deadlines, by primary key."""
    return _remembered.get()[1]


def _load() -> tuple[dict[str, tuple[Rule, ...]], dict[int, Kind]]:
    table: dict[str, tuple[Rule, ...]] = {}
    columns = [field for field in Rule.__slots__ if field != "pk"]
    for row in DeadlineRule.objects.values_list("pk", *columns):
        rule = Rule(*row)
        table[rule.stage] = (*table.get(rule.stage, ()), rule)
    rows = Category.objects.values_list("pk", "parent_id", "deadline_class")
    return table, {pk: Kind(parent_id, deadline_class) for pk, parent_id, deadline_class in rows}


_remembered = Remembered(_load)
