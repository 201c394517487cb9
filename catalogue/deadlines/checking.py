"""What is wrong with a draft of rules, found before anybody approves it. Pure: no ORM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from django.utils.translation import gettext as _

from catalogue.deadlines.choosing import PLAIN, Asked, Kind, Rule, choose, overlay
from catalogue.deadlines.policies import Policy, policy_of
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency
from catalogue.workclock import WorkClock

LEAST_MINUTES = 5
MOST = {Unit.MINUTES: 30 * 24 * 60, Unit.WORKDAYS: 250}
# Parts of the whole: they end, by the door of the orders, when the order has to be resolved.
PARTS = (Stage.DISPATCH, Stage.ACKNOWLEDGE, Stage.HANDLE)
ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """An ``error`` stops a draft, a ``warning`` is to be read. ``change_id`` names the line, if it is about one."""

    severity: str
    code: str
    text: str
    change_id: int | None = None


def check(
    table: Sequence[Rule],
    changes: Sequence[Rule],
    ended: Sequence[Rule],
    *,
    day: dt.date,
    kinds: Mapping[int, Kind],
    clock: WorkClock,
) -> list[Finding]:
    """Return what is amiss with a draft. ``changes`` and ``ended`` carry their line as a negative ``pk``."""
    found = [finding for rule in changes for finding in _of_term(rule)]
    found += [finding for rule in (*changes, *ended) for finding in _of_conditions(rule, kinds)]
    found += [finding for rule in changes for finding in _of_table(rule, table, day)]
    found += [finding for rule in ended for finding in _of_end(rule, table, day)]
    found += _ties(changes, overlay(table, changes, ended, day), day)
    before = {problem[0]: problem for problem in _too_long(table, day, kinds, clock)}
    for problem in _too_long(overlay(table, changes, ended, day), day, kinds, clock):
        if problem[0] not in before:
            found.append(Finding(problem[1], problem[2], problem[3]))
    return found


def _of_term(rule: Rule) -> Iterator[Finding]:
    line = -rule.pk
    if rule.unit == Unit.MINUTES and rule.amount < LEAST_MINUTES:
        yield Finding(ERROR, "too_short", _("时限短于%(least)d分钟，没有人来得及") % {"least": LEAST_MINUTES}, line)
    most = MOST.get(Unit(rule.unit)) if rule.unit in Unit.values else None
    if most is not None and rule.amount > most:
        text = _("时限长于%(most)d%(unit)s，请核对") % {"most": most, "unit": Unit(rule.unit).label}
        yield Finding(ERROR, "too_long", text, line)
    if rule.around_the_clock and rule.unit != Unit.MINUTES:
        yield Finding(ERROR, "around_the_clock", _("全天计时只能以分钟计"), line)


def _of_conditions(rule: Rule, kinds: Mapping[int, Kind]) -> Iterator[Finding]:
    kind = kinds.get(rule.category_id) if rule.category_id is not None else None
    leaf = kind is not None and kind.parent_id is not None
    if kind is not None and leaf and rule.deadline_class and rule.deadline_class != kind.deadline_class:
        text = _("该事项属于“%(kind)s”类，这条规则永远用不上") % {"kind": DeadlineClass(kind.deadline_class).label}
        yield Finding(ERROR, "never_applies", text, -rule.pk)


def _of_table(rule: Rule, table: Sequence[Rule], day: dt.date) -> Iterator[Finding]:
    same = [each for each in table if each.conditions == rule.conditions]
    term = (rule.amount, rule.unit, rule.around_the_clock)
    standing = next((each for each in same if _holds(each, day)), None)
    if standing is not None and (standing.amount, standing.unit, standing.around_the_clock) == term:
        yield Finding(WARNING, "changes_nothing", _("与现行规则相同，没有变化"), -rule.pk)
    for each in same:
        if each.valid_from > day:
            text = _("已有一条自%(day)s起生效的规则，批准后将被取代") % {"day": each.valid_from.isoformat()}
            yield Finding(WARNING, "replaces_future", text, -rule.pk)


def _of_end(rule: Rule, table: Sequence[Rule], day: dt.date) -> Iterator[Finding]:
    if not any(each.conditions == rule.conditions and _holds(each, day) for each in table):
        yield Finding(ERROR, "nothing_to_end", _("那一天没有这样的规则可停用"), -rule.pk)
    elif rule.conditions[1:] == (None, "", "", "", ""):
        text = _("这是该环节的兜底规则，停用后将使用系统内置时限")
        yield Finding(WARNING, "ends_the_broadest", text, -rule.pk)


def _holds(rule: Rule, day: dt.date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to)


def _ties(changes: Sequence[Rule], table: Sequence[Rule], day: dt.date) -> Iterator[Finding]:
    """One names the deadline class besides the matter, the other does not: both say equally much."""
    for rule in changes:
        for each in table:
            same = each.conditions != rule.conditions and _but_class(each) == _but_class(rule)
            equal = same and rule.category_id is not None and "" in (each.deadline_class, rule.deadline_class)
            if equal and _holds(each, day):
                yield Finding(ERROR, "conflict", _("与另一条规则条件相当，只能保留一条"), -rule.pk)
                break


def _but_class(rule: Rule) -> tuple[str, int | None, str, str, str]:
    return (rule.stage, rule.category_id, rule.source, rule.urgency, rule.level)


Problem = tuple[tuple[object, ...], str, str, str]


def _too_long(table: Sequence[Rule], day: dt.date, kinds: Mapping[int, Kind], clock: WorkClock) -> Iterator[Problem]:
    """Every pair of rules by which a part of the work may take longer than the whole of it, once."""
    by_stage = {stage: [rule for rule in table if rule.stage == stage] for stage in (*PARTS, Stage.RESOLVE)}
    seen = set()
    for asked in _cases(table, kinds):
        whole = _policy(Stage.RESOLVE, by_stage, asked, day, clock)
        parts = [_policy(stage, by_stage, asked, day, clock) for stage in PARTS]
        for problem in _compared(parts, whole, asked):
            if problem[0] not in seen:
                seen.add(problem[0])
                yield problem


def _cases(table: Sequence[Rule], kinds: Mapping[int, Kind]) -> Iterator[Asked]:
    named = {rule.category_id for rule in table if rule.category_id is not None}
    of_classes = {pk for pk, kind in kinds.items() if kind.parent_id in named}
    matters: list[tuple[int | None, Kind]] = [(None, PLAIN), (None, Kind(None, DeadlineClass.DIFFICULT))]
    matters += [(pk, kinds[pk]) for pk in sorted(named | of_classes) if pk in kinds and kinds[pk].parent_id]
    sources = sorted({rule.source for rule in table if rule.stage in (*PARTS, Stage.RESOLVE)} | {""})
    for (pk, kind), urgency, level, source in product(matters, Urgency.values, Level.values, sources):
        yield Asked(level=level, urgency=urgency, category_id=pk, source=source, kind=kind)


def _policy(
    stage: Stage, by_stage: Mapping[Stage, Iterable[Rule]], asked: Asked, day: dt.date, clock: WorkClock
) -> Policy:
    return policy_of(stage, choose(by_stage[stage], asked, day), clock)


def _compared(parts: Sequence[Policy], whole: Policy, asked: Asked) -> Iterator[Problem]:
    case = _("%(urgency)s、%(level)s") % {
        "urgency": Urgency(asked.urgency).label,
        "level": Level(asked.level).label,
    }
    for part in parts:
        if part.seconds > whole.seconds and not (part.around_the_clock and not whole.around_the_clock):
            text = _("%(case)s：%(part)s时限（%(long)s）长于办结时限（%(short)s）") % {
                "case": case, "part": Stage(part.stage).label, "long": spoken(part), "short": spoken(whole),
            }  # fmt: skip
            yield (part.stage, part.rule_id, whole.rule_id), ERROR, "longer_than_whole", text
    if len({policy.around_the_clock for policy in (*parts, whole)}) == 1:
        total = sum(part.seconds for part in parts)
        if total > whole.seconds and all(part.seconds <= whole.seconds for part in parts):
            text = _("%(case)s：派遣、签收、处置的时限相加，超过办结时限（%(short)s）") % {
                "case": case, "short": spoken(whole),
            }  # fmt: skip
            yield ("sum", *(part.rule_id for part in parts), whole.rule_id), WARNING, "parts_exceed_whole", text


def spoken(policy: Policy) -> str:
    """Return the term in words, such as 全天2小时30分钟."""
    if policy.unit == Unit.WORKDAYS:
        return _("%(n)d个工作日") % {"n": policy.amount}
    hours, minutes = divmod(policy.amount, 60)
    words = _("%(n)d小时") % {"n": hours} if hours else ""
    words += _("%(n)d分钟") % {"n": minutes} if minutes else ""
    return _("全天%(words)s") % {"words": words} if policy.around_the_clock else words
