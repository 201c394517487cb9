"""Deadlines with four eyes: one drafts and submits, another approves, and only then the table changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit, decide_draft, lock_draft, require_open, submit_draft, withdraw_draft
from catalogue.deadlines.checking import ERROR
from catalogue.deadlines.drafting import check_draft
from catalogue.errors import DraftHasErrors, DraftIsEmpty
from catalogue.models import Category, DeadlineChange, DeadlineDraft
from catalogue.permissions import Action, can
from catalogue.revisions import touch
from catalogue.rules import DeadlineClass, Level, Stage, Unit, Urgency
from catalogue.selectors.deadlines import changes_of
from catalogue.services.deadlines import Term, today, write_rule
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible

CONDITIONS = ("stage", "category_id", "deadline_class", "source", "urgency", "level")
LONGEST_AMOUNT = 100_000


@dataclass(frozen=True, slots=True)
class Line:
    """What a draft says for some conditions; without an ``amount`` their rule ends."""

    stage: str
    category_id: int | None = None
    deadline_class: str = ""
    source: str = ""
    urgency: str = ""
    level: str = ""
    amount: int | None = None
    unit: str = ""
    around_the_clock: bool = False


@transaction.atomic
def draft_deadlines(*, name: str, valid_from: dt.date, by: Actor, reason: str = "") -> DeadlineDraft:
    """Begin a set of rule changes for a day to come. Raise NotAllowed, Invalid."""
    _require(by)
    _check_head(name, valid_from)
    draft = DeadlineDraft.objects.create(name=name, valid_from=valid_from, reason=reason, drafted_by_id=by.user_id)
    draft.refresh_from_db()
    _audit(by, "draft_deadlines", draft, after={"name": name, "valid_from": valid_from.isoformat()})
    return draft


@transaction.atomic
def edit_deadline_draft(*, draft_id: int, name: str, valid_from: dt.date, by: Actor, reason: str = "") -> DeadlineDraft:
    """Rename a draft or move its day. Raise NotAllowed, NotVisible, DraftNotOpen, Invalid."""
    draft = _opened(draft_id, by)
    _check_head(name, valid_from)
    before = {"name": draft.name, "valid_from": draft.valid_from.isoformat()}
    draft.name, draft.valid_from, draft.reason = name, valid_from, reason
    draft.save(update_fields=["name", "valid_from", "reason"])
    after = {"name": name, "valid_from": valid_from.isoformat()}
    _audit(by, "edit_deadline_draft", draft, before=before, after=after)
    return draft


def _check_head(name: str, valid_from: dt.date) -> None:
    wrong: dict[str, list[str]] = {}
    if not name.strip() or len(name) > 60:
        wrong["name"] = [_("请用不超过60个字说明这次调整")]
    if valid_from < today():
        wrong["valid_from"] = [_("生效日期不能早于今天")]
    if wrong:
        raise Invalid(fields=wrong)


@transaction.atomic
def put_deadlines(*, draft_id: int, lines: Sequence[Line], by: Actor) -> list[DeadlineChange]:
    """Write lines into a draft; a line for the same conditions is replaced. All or none.

    Raise NotAllowed, NotVisible, DraftNotOpen, Invalid.
    """
    draft = _opened(draft_id, by)
    _check_lines(lines)
    written = []
    for line in lines:
        values = asdict(line)
        conditions = {name: values.pop(name) for name in CONDITIONS}
        known = draft.changes.filter(**conditions).first()
        before = {"amount": known.amount, "unit": known.unit} if known else None
        change, _made = DeadlineChange.objects.update_or_create(draft=draft, **conditions, defaults=values)
        _audit(by, "put_deadline", draft, before=before, after={**conditions, **values})
        written.append(change)
    return written


def _check_lines(lines: Sequence[Line]) -> None:
    wanted = {line.category_id for line in lines if line.category_id is not None}
    known = set(Category.objects.filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()
    for line in lines:
        wrong = _wrong(line)
        if line.category_id is not None and line.category_id not in known:
            wrong["category"] = [_("没有这个事项")]
        if wrong:
            raise Invalid(fields=wrong)


def _wrong(line: Line) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    allowed = {"stage": Stage.values, "urgency": ["", *Urgency.values], "level": ["", *Level.values]}
    allowed["deadline_class"] = ["", *DeadlineClass.values]
    for name, values in allowed.items():
        if getattr(line, name) not in values:
            wrong[name] = [_("请从列表中选择")]
    if line.amount is None:
        if line.unit or line.around_the_clock:
            wrong["amount"] = [_("请填写时长")]
        return wrong
    if not 0 < line.amount <= LONGEST_AMOUNT:
        wrong["amount"] = [_("时长须大于零")]
    if line.unit not in Unit.values:
        wrong["unit"] = [_("请选择分钟或工作日")]
    elif line.around_the_clock and line.unit != Unit.MINUTES:
        wrong["around_the_clock"] = [_("全天计时只能以分钟计")]
    return wrong


@transaction.atomic
def drop_deadline(*, draft_id: int, change_id: int, by: Actor) -> None:
    """Take a line out of a draft. Raise NotAllowed, NotVisible, DraftNotOpen."""
    draft = _opened(draft_id, by)
    line = draft.changes.filter(pk=change_id).first()
    if line is None:
        raise NotVisible
    before = {name: getattr(line, name) for name in (*CONDITIONS, "amount", "unit")}
    line.delete()
    _audit(by, "drop_deadline", draft, before=before)


@transaction.atomic
def submit_deadlines(*, draft_id: int, by: Actor) -> DeadlineDraft:
    """Hand the draft to the second person. Raise NotAllowed, NotVisible, DraftNotOpen, DraftIsEmpty, DraftHasErrors."""
    draft = _opened(draft_id, by)
    _require_sound(draft, changes_of(draft))
    return submit_draft(DeadlineDraft, draft_id, by=by)


@transaction.atomic
def withdraw_deadlines(*, draft_id: int, by: Actor) -> DeadlineDraft:
    """Give the draft up. Raise NotAllowed, NotVisible, DraftDecided."""
    _require(by)
    return withdraw_draft(DeadlineDraft, draft_id, by=by)


@transaction.atomic
def decide_deadlines(
    *, draft_id: int, approve: bool, by: Actor, opinion: str = "", seen: dt.datetime | None = None
) -> DeadlineDraft:
    """Write the rules of the draft, or send it back. Not before today; clocks that run keep what they froze.

    Raise NotAllowed, NotVisible, DraftDecided, DraftStale, SecondPersonNeeded, DraftHasErrors.
    """
    if not may_approve(by):
        raise NotAllowed
    touch()  # Locks the version row: rules are written by one person after the other.
    draft = lock_draft(DeadlineDraft, draft_id)
    lines = changes_of(draft)
    decided = decide_draft(DeadlineDraft, draft_id, by=by, approve=approve, opinion=opinion, seen=seen)
    if not approve:
        return decided
    _require_sound(draft, lines)
    day = max(draft.valid_from, today())
    for line in lines:
        _carry_out(line, day, by)
    touch()  # What the check remembered is the table as it was.
    DeadlineDraft.objects.filter(pk=draft_id).update(in_force_from=day)
    decided.in_force_from = day
    return decided


def _carry_out(line: DeadlineChange, day: dt.date, by: Actor) -> None:
    conditions = {name: getattr(line, name) for name in CONDITIONS}
    term = Term(line.amount, line.unit, line.around_the_clock) if line.amount is not None else None
    _rule, before = write_rule(conditions, term, day)
    DeadlineChange.objects.filter(pk=line.pk).update(before=before)
    audit(
        actor_id=by.user_id,
        action="catalogue.change_deadline",
        object_label=str(line)[:200],
        detail={
            **conditions,
            "draft": line.draft_id,
            "before": before,
            "after": asdict(term) if term else None,
            "valid_from": day.isoformat(),
        },
    )


def _require_sound(draft: DeadlineDraft, lines: list[DeadlineChange]) -> None:
    if not lines:
        raise DraftIsEmpty
    errors = [finding for finding in check_draft(draft, lines, today=today()) if finding.severity == ERROR]
    if errors:
        raise DraftHasErrors(findings=[asdict(finding) for finding in errors])


def _require(by: Actor) -> None:
    if not can(by, Action.DRAFT_DEADLINES):
        raise NotAllowed


def _opened(draft_id: int, by: Actor) -> DeadlineDraft:
    _require(by)
    draft = lock_draft(DeadlineDraft, draft_id)
    require_open(draft)
    return draft


def _audit(by: Actor, verb: str, draft: DeadlineDraft, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=f"catalogue.{verb}", object_label=f"DeadlineDraft {draft.pk}", detail=detail)
