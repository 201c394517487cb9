"""The rules in force, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse

from catalogue.deadlines import Rule, current_table
from catalogue.models import DeadlineDraft
from catalogue.permissions import Action, can
from catalogue.rules import Stage
from catalogue.selectors import known_category
from catalogue.services.deadlines import today
from configuration.pages.base import ConfigurationPage
from configuration.pages.deadlines.words import RuleLine, line_of, options
from lianqin.kernel.drafts import DraftState

FILTERS = ("stage", "urgency", "level", "source")


class Deadlines(ConfigurationPage):
    """The matrix of rules, with filters; each line leads to a draft that changes it."""

    section = "deadlines"

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = {name: request.GET.get(name, "") for name in (*FILTERS, "q", "when")}
        day = today()
        rules = [rule for rule in current_table() if _is_asked(rule, asked, day)]
        may_draft = can(self.actor, Action.DRAFT_DEADLINES)
        context = {
            "tab": "rules",
            "stages_shown": list(_by_stage(rules)),
            "count": len(rules),
            "asked": asked,
            "filtered": any(asked.values()),
            "may_draft": may_draft,
            "open_drafts": _open_drafts() if may_draft else [],
            **options(),
        }
        return self.show("deadlines.html", context)


def _open_drafts() -> list[DeadlineDraft]:
    return list(DeadlineDraft.objects.filter(state__in=(DraftState.DRAFT, DraftState.REFUSED)).order_by("-id")[:20])


def _is_asked(rule: Rule, asked: dict[str, str], day: Any) -> bool:
    if any(asked[name] and getattr(rule, name) not in ("", asked[name]) for name in FILTERS):
        return False
    over = rule.valid_to is not None and rule.valid_to <= day
    when = asked["when"]
    if {"": over or rule.valid_from > day, "coming": over or rule.valid_from <= day, "over": not over}.get(when, False):
        return False
    return not asked["q"] or _named(rule, asked["q"].strip().lower())


def _named(rule: Rule, text: str) -> bool:
    category = known_category(rule.category_id) if rule.category_id is not None else None
    if category is None:
        return False
    initials = "".join(syllable[0] for syllable in category.pinyin.split())
    return any(text in words for words in (category.name, category.code, category.pinyin.replace(" ", ""), initials))


def _by_stage(rules: list[Rule]) -> Iterator[tuple[str, list[RuleLine]]]:
    """The broadest rule of a stage comes first, what names more comes under it."""
    for stage in Stage:
        mine = [rule for rule in rules if rule.stage == stage]
        mine.sort(key=lambda rule: (_specific(rule), rule.urgency, rule.level, rule.source, rule.valid_from))
        if mine:
            yield str(stage.label), [line_of(rule) for rule in mine]


def _specific(rule: Rule) -> tuple[bool, bool, bool, bool]:
    matter = rule.category_id is not None or bool(rule.deadline_class)
    return (bool(rule.urgency), matter, bool(rule.source), bool(rule.level))
