"""One draft of rules: its lines with before and after, what is wrong with them, and who decides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalogue.deadlines import Asked, Finding, Rule, choose, current_table, kinds
from catalogue.deadlines.choosing import PLAIN
from catalogue.deadlines.drafting import check_draft, standing
from catalogue.models import DeadlineChange, DeadlineDraft
from catalogue.permissions import Action, can
from catalogue.selectors.deadlines import changes_of, deadline_drafts
from catalogue.services.deadline_drafts import (
    Line,
    decide_deadlines,
    draft_deadlines,
    drop_deadline,
    edit_deadline_draft,
    put_deadlines,
    submit_deadlines,
    withdraw_deadlines,
)
from catalogue.services.deadlines import today
from configuration.api.rule_inputs import read_day, read_line
from configuration.pages.base import ConfigurationPage
from configuration.pages.deadlines.words import SOURCES as SOURCE_NAMES
from configuration.pages.deadlines.words import clock_words, matter_words, matters, options, term_words
from configuration.reading.seen import read_seen
from dispatch.permissions import may_try_out
from grids.selectors import may_approve
from lianqin.kernel.drafts import DraftState
from lianqin.kernel.errors import DomainError, Invalid, NotAllowed, NotVisible
from lianqin.kernel.numbers import whole


@dataclass(frozen=True, slots=True)
class Compared:
    """One line of a draft beside what stands."""

    line: DeadlineChange
    matter: str
    source: str
    kind: str
    before: str
    broader: str
    after: str
    findings: tuple[Finding, ...]


class NewDeadlineDraft(ConfigurationPage):
    """A name and a day; the lines come after. ``rule`` takes a rule along that shall be changed."""

    section = "deadlines"

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        try:
            draft = draft_deadlines(
                name=told.get("name", "").strip() or _("时限调整"),
                valid_from=read_day(told.get("valid_from", "")),
                reason=told.get("reason", "").strip(),
                by=self.actor,
            )
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:deadline-drafts")
        self.tell(_("草稿已建立，请逐条写入要调整的时限"))
        return redirect("configuration:deadline-draft", draft.pk)


class DeadlineDraftPage(ConfigurationPage):
    section = "deadlines"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(pk, _prefilled(request.GET.get("rule", "")))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        told, verb = request.POST, request.POST.get("do", "")
        try:
            said = self._done(pk, verb, told)
        except NotAllowed as refusal:
            if refusal.code != "second_person_needed":
                raise
            self.refuse(refusal)
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            if verb in ("put", "edit"):
                return self._show(pk, dict(told.items()), refusal)
            self.refuse(refusal)
        else:
            self.tell(said)
        return redirect("configuration:deadline-draft", pk)

    def _done(self, pk: int, verb: str, told: Mapping[str, Any]) -> str:
        by = self.actor
        if verb == "put":
            put_deadlines(draft_id=pk, lines=[read_line(told)], by=by)
            return _("已写入草稿")
        if verb == "edit":
            edit_deadline_draft(
                draft_id=pk, name=told["name"].strip(), valid_from=read_day(told["valid_from"]),
                reason=told.get("reason", "").strip(), by=by,
            )  # fmt: skip
            return _("已保存")
        if verb == "drop":
            drop_deadline(draft_id=pk, change_id=int(told["line"]), by=by)
            return _("已从草稿中移除")
        if verb == "submit":
            submit_deadlines(draft_id=pk, by=by)
            return _("已提交，等待另一人审批")
        if verb == "withdraw":
            withdraw_deadlines(draft_id=pk, by=by)
            return _("草稿已撤销")
        approve = {"approve": True, "refuse": False}.get(verb)
        if approve is None:
            raise Invalid
        draft = decide_deadlines(
            draft_id=pk, approve=approve, opinion=told.get("opinion", "").strip()[:500], seen=read_seen(told), by=by
        )
        return (
            _("已批准，自%(day)s起生效；正在运行的时限不变") % {"day": draft.in_force_from} if approve else _("已退回")
        )

    def _show(self, pk: int, typed: Mapping[str, Any], refusal: DomainError | None = None) -> HttpResponse:
        draft = deadline_drafts().filter(pk=pk).first()
        if draft is None:
            raise NotVisible
        day, lines = today(), changes_of(draft)
        is_open = draft.state in (DraftState.DRAFT, DraftState.REFUSED, DraftState.SUBMITTED)
        findings = check_draft(draft, lines, today=day) if lines and is_open else []
        context = {
            "tab": "drafts",
            "draft": draft,
            "lines": [_compared(line, draft, findings, max(draft.valid_from, day)) for line in lines],
            "loose": [finding for finding in findings if finding.change_id is None],
            "errors": sum(finding.severity == "error" for finding in findings),
            "typed": typed,
            "refusal": refusal,
            "editable": draft.state in (DraftState.DRAFT, DraftState.REFUSED)
            and can(self.actor, Action.DRAFT_DEADLINES),
            "decidable": draft.state == DraftState.SUBMITTED and may_approve(self.actor),
            "own": draft.drafted_by_id == self.actor.user_id,
            "matters": matters(classes=True),
            "today": day,
            "may_try_out": may_try_out(self.actor),
            **options(),
        }
        return self.show("deadline_draft.html", context, refusal.status if refusal else 200)


class EndRule(ConfigurationPage):
    """From a line of the matrix into an open draft: to change the rule, or to end it."""

    section = "deadlines"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        rule = next((rule for rule in current_table() if rule.pk == pk), None)
        draft = whole(request.POST.get("draft"))
        if rule is None or draft is None:
            raise NotVisible
        try:
            put_deadlines(draft_id=draft, lines=[_same_conditions(rule)], by=self.actor)
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return redirect("configuration:deadlines")
        self.tell(_("停用已写入草稿，批准后生效"))
        return redirect("configuration:deadline-draft", int(draft))


def _same_conditions(rule: Rule) -> Line:
    return Line(rule.stage, rule.category_id, rule.deadline_class, rule.source, rule.urgency, rule.level)


def _prefilled(text: str) -> dict[str, Any]:
    """The form filled in with a rule that shall be changed."""
    rule = next((rule for rule in current_table() if str(rule.pk) == text), None)
    if rule is None:
        return {"unit": "minutes"}
    return {
        "stage": rule.stage, "category": str(rule.category_id or ""), "deadline_class": rule.deadline_class,
        "source": rule.source, "urgency": rule.urgency, "level": rule.level, "amount": rule.amount,
        "unit": rule.unit, "around_the_clock": rule.around_the_clock,
    }  # fmt: skip


def _compared(line: DeadlineChange, draft: DeadlineDraft, findings: list[Finding], day: dt.date) -> Compared:
    if draft.state == DraftState.APPROVED:
        told = line.before or {}
        before = _term(told.get("amount"), told.get("unit", ""), told.get("around_the_clock", False))
    else:
        rule = standing(line, day)
        before = _term(rule.amount, rule.unit, rule.around_the_clock) if rule else ""
    after = _term(line.amount, line.unit, line.around_the_clock)
    kind = _("停用") if not after else _("调整") if before else _("新增")
    broader = _broader(line, day) if not before and draft.state != DraftState.APPROVED else ""
    return Compared(
        line=line,
        matter=matter_words(line.category_id, line.deadline_class),
        source=str(SOURCE_NAMES.get(line.source, line.source)),
        kind=kind,
        before=before,
        broader=broader,
        after=after,
        findings=tuple(finding for finding in findings if finding.change_id == line.pk),
    )


def _broader(line: DeadlineChange, day: dt.date) -> str:
    """What such a case goes by so far, by a rule that says less."""
    known = kinds()
    kind = known.get(line.category_id, PLAIN) if line.category_id is not None else PLAIN
    asked = Asked(line.level, line.urgency, line.category_id, line.source, kind)
    rule = choose([rule for rule in current_table() if rule.stage == line.stage], asked, day)
    return _term(rule.amount, rule.unit, rule.around_the_clock) if rule else ""


def _term(amount: int | None, unit: str, around_the_clock: bool) -> str:
    words = term_words(amount, unit, around_the_clock)
    return f"{words} · {clock_words(unit, around_the_clock)}" if words else ""
