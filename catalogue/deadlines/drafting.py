"""What a draft of rules means: its lines as rules over the table, and what is wrong with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from catalogue import calendars
from catalogue.deadlines.checking import ERROR, WARNING, Finding, check
from catalogue.deadlines.choosing import Rule, overlay
from catalogue.deadlines.policies import current_table, kinds
from catalogue.models import DeadlineChange, DeadlineDraft
from catalogue.selectors.categories import known_category
from catalogue.selectors.deadlines import rival_changes


def as_rules(changes: Iterable[DeadlineChange], day: dt.date) -> tuple[list[Rule], list[Rule]]:
    """Return the lines of a draft as (rules that shall hold, rules that shall end); ``pk`` is the line's, negative."""
    rules: tuple[list[Rule], list[Rule]] = ([], [])
    for line in changes:
        rule = Rule(
            pk=-line.pk,
            stage=line.stage,
            category_id=line.category_id,
            deadline_class=line.deadline_class,
            source=line.source,
            urgency=line.urgency,
            level=line.level,
            amount=line.amount or 0,
            unit=line.unit,
            around_the_clock=line.around_the_clock,
            valid_from=day,
            valid_to=None,
        )
        rules[line.amount is None].append(rule)
    return rules


def table_with(changes: Iterable[DeadlineChange], day: dt.date) -> list[Rule]:
    """Return the table as it would be from ``day`` on if these lines were approved."""
    rules, ended = as_rules(changes, day)
    return overlay(current_table(), rules, ended, day)


def standing(line: DeadlineChange, day: dt.date) -> Rule | None:
    """Return the rule that these conditions have on ``day``, before the draft."""
    conditions = (line.stage, line.category_id, line.deadline_class, line.source, line.urgency, line.level)
    found = [rule for rule in current_table() if rule.conditions == conditions and rule.valid_from <= day]
    holding = [rule for rule in found if rule.valid_to is None or day < rule.valid_to]
    return max(holding, key=lambda rule: rule.valid_from, default=None)


def check_draft(draft: DeadlineDraft, changes: list[DeadlineChange], *, today: dt.date) -> list[Finding]:
    """Return what is amiss with a draft if it were approved today; errors first. One query."""
    day = max(draft.valid_from, today)
    rules, ended = as_rules(changes, day)
    found = check(current_table(), rules, ended, day=day, kinds=kinds(), clock=calendars.current())
    rivals = rival_changes(draft)
    for line, rule in zip(changes, _in_order(changes, rules, ended), strict=True):
        category = known_category(line.category_id) if line.category_id is not None else None
        if category is not None and not category.active:
            found.append(Finding(ERROR, "category_inactive", _("该事项已停用"), line.pk))
        if rule.conditions in rivals:
            text = _("待审批的草稿“%(name)s”也改这一条") % {"name": rivals[rule.conditions]}
            found.append(Finding(WARNING, "rival_draft", text, line.pk))
    if draft.valid_from < today:
        found.append(Finding(WARNING, "day_passed", _("原定生效日期已过，将自批准当日起生效")))
    return sorted(found, key=lambda finding: finding.severity != ERROR)


def _in_order(changes: Iterable[DeadlineChange], rules: list[Rule], ended: list[Rule]) -> list[Rule]:
    by_pk = {rule.pk: rule for rule in (*rules, *ended)}
    return [by_pk[-line.pk] for line in changes]
