"""What the pages of supervision show: the list, one document and its way so far, and who may go on with it how."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.models import OWED, Accountability, SupervisionOrder, SupervisionReply
from dispatch.rules.supervision import DocumentKind, DocumentState, Verdict
from dispatch.selectors.supervision import TIERS, official_of
from workorders.models import Attachment
from workorders.pages.tags import Tag, Text, Tone

NONE = "\u2013"
STATE_TONES: Mapping[str, Tone] = {
    DocumentState.PROPOSED: "warn",
    DocumentState.AWAITING: "primary",
    DocumentState.REPLIED: "warn",
    DocumentState.RETURNED: "warn",
    DocumentState.APPEALED: "warn",
    DocumentState.CLOSED: "ok",
    DocumentState.DISMISSED: "muted",
    DocumentState.REVOKED: "muted",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One document in a list."""

    document: SupervisionOrder
    official: str
    url: str
    kind: Tag
    state: Tag
    overdue: bool

    @property
    def owed(self) -> bool:
        """Whether an answer is still due: the end of the order does not give one."""
        return self.document.state in OWED


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to a document."""

    at: dt.datetime
    who: str
    what: Text
    text: str = ""
    icon: str = "point"
    tone: Tone = "muted"
    evidence: tuple[Attachment, ...] = ()


def line_of(document: SupervisionOrder, now: dt.datetime) -> Line:
    return Line(
        document=document,
        official=official_of(document),
        url=reverse("dispatch:supervision-order", args=[document.number]),
        kind=kind_tag(document),
        state=Tag(document.get_state_display(), STATE_TONES[document.state]),
        overdue=is_overdue(document, now),
    )


def kind_tag(document: SupervisionOrder) -> Tag:
    """Supervision by its tier; the third tier and accountability are grave."""
    if document.kind == DocumentKind.SUPERVISION:
        return Tag(TIERS[document.tier], "critical" if document.tier == 3 else "warn")
    grave = document.kind == DocumentKind.ACCOUNTABILITY
    return Tag(document.get_kind_display(), "critical" if grave else "primary")


def is_overdue(document: SupervisionOrder, now: dt.datetime) -> bool:
    return document.state in OWED and document.reply_due_at is not None and document.reply_due_at < now


def steps_of(
    document: SupervisionOrder, replies: list[SupervisionReply], pictures: Mapping[int, Attachment]
) -> tuple[Step, ...]:
    """The way of a document, oldest first. Everything is loaded."""
    record = getattr(document, "accountability", None)
    steps = [*_of_document(document), *_of_record(record)]
    for reply in replies:
        steps.extend(_of_reply(reply, pictures))
    return tuple(sorted(steps, key=lambda step: step.at))


def _of_document(document: SupervisionOrder) -> Iterator[Step]:
    issuer = str(document.issuer) if document.issuer else _("系统")
    if document.kind != DocumentKind.ACCOUNTABILITY:
        what = _("发出%s") % (TIERS.get(document.tier) or document.get_kind_display())
        yield Step(document.raised_at, issuer, what, document.demands, "speakerphone", "critical")
    if document.repeated_at:
        yield Step(document.repeated_at, _("系统"), _("逾期未办，再次催促"), "", "bell", "warn")
    if document.acknowledged_at:
        yield Step(document.acknowledged_at, str(document.acknowledged_by), _("签收"), "", "writing-sign", "primary")
    if document.missed_at:
        yield Step(document.missed_at, _("系统"), _("逾期未答复，已通知上一级"), "", "alarm", "critical")
    if document.closed_at and document.state == DocumentState.CLOSED:
        closer = str(document.closed_by) if document.closed_by else _("系统")
        yield Step(document.closed_at, closer, _("办结销号"), document.closing, "circle-check", "ok")


def _of_reply(reply: SupervisionReply, pictures: Mapping[int, Attachment]) -> Iterator[Step]:
    found = tuple(pictures[pk] for pk in reply.evidence if pk in pictures)
    what = _("逾期答复") if reply.late else _("答复")
    yield Step(reply.at, f"{reply.unit.short_name} {reply.by}", what, reply.text, "message", "primary", found)
    if reply.judged_at and reply.verdict == Verdict.RETURNED:
        yield Step(reply.judged_at, str(reply.judged_by), _("退回补充"), reply.judgement, "arrow-back-up", "warn")
    elif reply.judged_at:
        yield Step(reply.judged_at, str(reply.judged_by), _("认可答复"), reply.judgement, "checks", "ok")


def _of_record(record: Accountability | None) -> Iterator[Step]:
    if record is None:
        return
    yield Step(record.proposed_at, str(record.proposer), _("提请问责"), record.opinion, "gavel", "critical")
    upheld = record.document.state != DocumentState.DISMISSED
    if record.decided_at:
        what = _("决定问责") if upheld else _("决定不予问责")
        yield Step(record.decided_at, str(record.decider), what, record.decision, "gavel", "warn")
    if record.appealed_at:
        yield Step(record.appealed_at, str(record.appealed_by), _("提出申诉"), record.appeal, "speakerphone", "warn")
    if record.reviewed_at:
        revoked = record.document.state == DocumentState.REVOKED
        what = _("复核：撤销决定") if revoked else _("复核：维持决定")
        yield Step(record.reviewed_at, str(record.reviewer), what, record.review, "gavel", "primary")


def choices(counts: Mapping[str, int]) -> dict[str, list[tuple[str, Text, int]]]:
    """What the filters of the list offer, each with its number."""
    kinds: list[tuple[str, Text, int]] = [("reminder", DocumentKind.REMINDER.label, counts["reminder"])]
    kinds += [(str(tier), label, counts[f"tier_{tier}"]) for tier, label in TIERS.items()]
    kinds.append(("accountability", DocumentKind.ACCOUNTABILITY.label, counts["accountability"]))
    states = [(state.value, state.label, counts[f"state_{state.value}"]) for state in DocumentState]
    return {"kinds": kinds, "states": [each for each in states if each[2]]}


def facts_of(document: SupervisionOrder) -> list[tuple[Text, Any]]:
    """The head of a document: label and value."""
    responsible = document.responsible
    facts: list[tuple[Text, Any]] = [
        (_("主送单位"), document.unit.name if document.unit else NONE),
        (_("责任人"), responsible or _("未登记负责人")),
        (_("签发单位"), document.issuer_unit.name if document.issuer_unit else NONE),
        (_("事由"), document.get_reason_display()),
    ]
    return facts
