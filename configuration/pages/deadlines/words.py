"""Rules as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalogue.deadlines import Rule
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency
from catalogue.selectors import category_tree, known_category
from workorders.models.orders import Source

SOURCES: Mapping[str, Any] = dict(Source.choices)


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select, in a group if it has one; ``search`` is pinyin."""

    value: str
    label: str
    group: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in words; a blank condition is said as 全部 by the template."""

    rule: Rule
    stage: str
    matter: str
    source: str
    urgency: str
    level: str
    term: str
    starts_on: dt.date
    ends_on: dt.date | None


def term_words(amount: int | None, unit: str, around_the_clock: bool) -> str:
    """Return a term in words, such as 2小时 or 3个工作日."""
    if amount is None or unit not in Unit.values:
        return ""
    if unit == Unit.WORKDAYS:
        return _("%(n)d个工作日") % {"n": amount}
    hours, minutes = divmod(amount, 60)
    parts = [_("%(n)d小时") % {"n": hours}] if hours else []
    parts += [_("%(n)d分钟") % {"n": minutes}] if minutes else []
    return "".join(parts)


def clock_words(unit: str, around_the_clock: bool) -> str:
    return _("全天计时") if around_the_clock else _("工作时间")


def matter_words(category_id: int | None, deadline_class: str) -> str:
    """Return the matter, the class or the deadline class that a rule names; empty for all."""
    parts = []
    category = known_category(category_id) if category_id is not None else None
    if category is not None:
        parts.append(_("%(name)s（大类）") % {"name": category.name} if category.level == 1 else category.name)
    if deadline_class:
        parts.append(_("%(name)s类") % {"name": DeadlineClass(deadline_class).label})
    return " · ".join(parts)


def line_of(rule: Rule) -> RuleLine:
    return RuleLine(
        rule=rule,
        stage=str(Stage(rule.stage).label),
        matter=matter_words(rule.category_id, rule.deadline_class),
        source=str(SOURCES.get(rule.source, rule.source)),
        urgency=str(Urgency(rule.urgency).label) if rule.urgency else "",
        level=str(Level(rule.level).label) if rule.level else "",
        term=term_words(rule.amount, rule.unit, rule.around_the_clock),
        starts_on=rule.valid_from,
        ends_on=rule.valid_to,
    )


def matters(*, classes: bool = False) -> list[Choice]:
    """Return the matters to choose from, by class; with ``classes`` the classes themselves, too."""
    found = []
    for node in category_tree():
        if classes:
            found.append(Choice(str(node.id), _("%(name)s（大类）") % {"name": node.name}, node.name, node.pinyin))
        found += [Choice(str(leaf.id), f"{leaf.code} {leaf.name}", node.name, leaf.pinyin) for leaf in node.children]
    return found


def options() -> dict[str, Any]:
    """Return the choices of every condition but the matter."""
    return {
        "stages": Stage.choices,
        "urgencies": Urgency.choices,
        "levels": Level.choices,
        "sources": Source.choices,
        "units": Unit.choices,
        "deadline_classes": DeadlineClass.choices,
    }
