"""How long a stage may take: the most specific rule that applies, always one, without a query when warm."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from catalogue import calendars
from catalogue.models import Category, DeadlineRule
from catalogue.revisions import Remembered
from catalogue.rules import FALLBACK, DeadlineClass, Stage, Unit
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


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table, away from the ORM."""

    pk: int
    stage: str
    category_id: int | None
    deadline_class: str
    source: str
    urgency: str
    level: str
    amount: int
    unit: str
    around_the_clock: bool
    valid_from: dt.date
    valid_to: dt.date | None


@dataclass(frozen=True, slots=True)
class Kind:
    """What a category means for its deadlines."""

    parent_id: int | None
    deadline_class: str


PLAIN = Kind(parent_id=None, deadline_class=DeadlineClass.STANDARD)


def policy_for(
    *,
    stage: str,
    level: str,
    category_id: int | None,
    urgency: str,
    source: str = "",
    on: dt.date | None = None,
) -> Policy:
    """Return the policy of a clock that starts now (``on``: another local date). Raise ValueError for no such stage."""
    table, kinds = _remembered.get()
    day = on or dt.datetime.now(SHANGHAI).date()
    kind = kinds.get(category_id, PLAIN) if category_id is not None else PLAIN
    rule = choose(
        table.get(stage, ()), level=level, category_id=category_id, kind=kind, urgency=urgency, source=source, day=day
    )
    clock = calendars.current()
    if rule is None:
        term = FALLBACK[Stage(stage)]
        return _policy(stage, term.amount, term.unit, term.around_the_clock, None, clock)
    return _policy(stage, rule.amount, rule.unit, rule.around_the_clock, rule.pk, clock)


def choose(
    rules: Sequence[Rule],
    *,
    level: str,
    category_id: int | None,
    kind: Kind,
    urgency: str,
    source: str,
    day: dt.date,
) -> Rule | None:
    """Return the rule that says most. Urgency comes first: a critical case is critical whatever it is about."""
    best: tuple[tuple[int | dt.date, ...], Rule] | None = None
    for rule in rules:
        matter = _closeness(rule, category_id, kind)
        fits = (
            matter is not None
            and rule.urgency in ("", urgency)
            and rule.source in ("", source)
            and rule.level in ("", level)
            and rule.valid_from <= day
            and (rule.valid_to is None or day < rule.valid_to)
        )
        if not fits or matter is None:
            continue
        weight = (bool(rule.urgency), matter, bool(rule.source), bool(rule.level), rule.valid_from, rule.pk)
        if best is None or weight > best[0]:
            best = (weight, rule)
    return best[1] if best else None


def _closeness(rule: Rule, category_id: int | None, kind: Kind) -> int | None:
    """Return 3 for the matter, 2 for its class, 1 for its deadline class, 0 for any, None if it does not apply."""
    if rule.deadline_class and rule.deadline_class != kind.deadline_class:
        return None
    if rule.category_id is None:
        return 1 if rule.deadline_class else 0
    if rule.category_id == category_id:
        return 3
    return 2 if rule.category_id == kind.parent_id else None


def _policy(
    stage: str, amount: int, unit: str, around_the_clock: bool, rule_id: int | None, clock: WorkClock
) -> Policy:
    seconds = amount * 60 if unit == Unit.MINUTES else amount * clock.day_seconds
    return Policy(
        stage=str(stage),
        amount=amount,
        unit=str(unit),
        around_the_clock=around_the_clock,
        seconds=seconds,
        rule_id=rule_id,
        calendar_version=clock.version,
    )


def _load() -> tuple[dict[str, tuple[Rule, ...]], dict[int, Kind]]:
    table: dict[str, tuple[Rule, ...]] = {}
    columns = [field for field in Rule.__slots__ if field != "pk"]
    for row in DeadlineRule.objects.values_list("pk", *columns):
        rule = Rule(*row)
        table[rule.stage] = (*table.get(rule.stage, ()), rule)
    rows = Category.objects.values_list("pk", "parent_id", "deadline_class")
    return table, {pk: Kind(parent_id, deadline_class) for pk, parent_id, deadline_class in rows}


_remembered = Remembered(_load)
