"""Which rule says most about a clock, and why the others do not. Pure: no ORM, no clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.rules import DeadlineClass, Level, Urgency


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table, away from the ORM. A negative ``pk`` is a line of a draft."""

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

    @property
    def conditions(self) -> tuple[str, int | None, str, str, str, str]:
        return (self.stage, self.category_id, self.deadline_class, self.source, self.urgency, self.level)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a category means for its deadlines."""

    parent_id: int | None
    deadline_class: str


PLAIN = Kind(parent_id=None, deadline_class=DeadlineClass.STANDARD)


@dataclass(frozen=True, slots=True)
class Asked:
    """A clock that somebody asks about."""

    level: str
    urgency: str
    category_id: int | None = None
    source: str = ""
    kind: Kind = PLAIN


Weight = tuple[bool, int, bool, bool, dt.date, int]
# What each part of a weight stands for, in words.
REASONS: tuple[str | Promise, ...] = (
    gettext_lazy("指明了紧急程度，紧急程度优先"),
    gettext_lazy("对事项指明得更具体"),
    gettext_lazy("指明了来源"),
    gettext_lazy("指明了响应级别"),
    gettext_lazy("生效日期更近"),
    gettext_lazy("登记在后"),
)


def choose(rules: Iterable[Rule], asked: Asked, day: dt.date) -> Rule | None:
    """Return the rule that says most. Urgency comes first: a critical case is critical whatever it is about."""
    best: tuple[Weight, Rule] | None = None
    for rule in rules:
        weight = _weight(rule, asked, day)
        if weight is not None and (best is None or weight > best[0]):
            best = (weight, rule)
    return best[1] if best else None


def _weight(rule: Rule, asked: Asked, day: dt.date) -> Weight | None:
    matter = _closeness(rule, asked)
    fits = (
        rule.urgency in ("", asked.urgency)
        and rule.source in ("", asked.source)
        and rule.level in ("", asked.level)
        and rule.valid_from <= day
        and (rule.valid_to is None or day < rule.valid_to)
    )
    if not fits or matter is None:
        return None
    return (bool(rule.urgency), matter, bool(rule.source), bool(rule.level), rule.valid_from, rule.pk)


def _closeness(rule: Rule, asked: Asked) -> int | None:
    """Return 3 for the matter, 2 for its class, 1 for its deadline class, 0 for any, None if it does not apply."""
    if rule.deadline_class and rule.deadline_class != asked.kind.deadline_class:
        return None
    if rule.category_id is None:
        return 1 if rule.deadline_class else 0
    if rule.category_id == asked.category_id:
        return 3
    return 2 if rule.category_id == asked.kind.parent_id else None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule, whether it wins or applies, and the sentence that says why."""

    rule: Rule
    wins: bool
    applies: bool
    why: str


def verdicts(rules: Sequence[Rule], asked: Asked, day: dt.date) -> list[Verdict]:
    """Return every rule of a stage with its reason: the winner, then those it beat, then those that do not apply."""
    winner = choose(rules, asked, day)
    best = _weight(winner, asked, day) if winner is not None else None
    weighed = [(rule, _weight(rule, asked, day)) for rule in rules]
    fitting = sorted(((rule, weight) for rule, weight in weighed if weight is not None), key=lambda one: one[1])
    found = [Verdict(rule, rule is winner, True, _beaten(weight, best)) for rule, weight in reversed(fitting)]
    return found + [Verdict(rule, False, False, _amiss(rule, asked, day)) for rule, weight in weighed if weight is None]


def _beaten(weight: Weight, best: Weight | None) -> str:
    if best is None or weight == best:
        return _("条件全部符合，且最具体")
    part = next(index for index, (mine, other) in enumerate(zip(weight, best, strict=True)) if mine != other)
    return _("也适用，但胜出的规则%(reason)s") % {"reason": REASONS[part]}


def _amiss(rule: Rule, asked: Asked, day: dt.date) -> str:
    if day < rule.valid_from:
        return _("自%(day)s起才生效") % {"day": rule.valid_from.isoformat()}
    if rule.valid_to is not None and rule.valid_to <= day:
        return _("已于%(day)s失效") % {"day": rule.valid_to.isoformat()}
    if rule.urgency not in ("", asked.urgency):
        return _("只用于%(what)s") % {"what": Urgency(rule.urgency).label}
    if rule.level not in ("", asked.level):
        return _("只用于%(what)s") % {"what": Level(rule.level).label}
    if rule.source not in ("", asked.source):
        return _("只用于另一来源")
    return _("只用于别的事项或时限类别")


def overlay(table: Iterable[Rule], changes: Iterable[Rule], ended: Iterable[Rule], day: dt.date) -> list[Rule]:
    """Return the table as it would be with ``changes`` (and without ``ended``) from ``day`` on."""
    changes = list(changes)
    touched = {rule.conditions for rule in (*changes, *ended)}
    kept = []
    for rule in table:
        if rule.conditions not in touched:
            kept.append(rule)
        elif rule.valid_from < day:
            until = day if rule.valid_to is None else min(day, rule.valid_to)
            kept.append(replace(rule, valid_to=until))
    return kept + changes
