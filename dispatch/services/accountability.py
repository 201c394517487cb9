"""Accountability: proposed by one person, decided by another, and on appeal looked at by a third. About units only."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.errors import AccountabilityProposed, DocumentMoved, NotAllowed, NotVisible, SameHand
from dispatch.models import Accountability, Ground, SupervisionOrder
from dispatch.permissions import may_decide_accountability, may_propose_accountability, may_reply, may_review
from dispatch.rules.supervision import ACCOUNTABILITY_DAYS, APPEAL_DAYS, TOP, DocumentKind, DocumentState, Measure
from dispatch.selectors.supervision import addressees, supervision_orders_for
from dispatch.services.documents import clean_text, issued, locked_counter, working_days_after
from dispatch.services.replies import document_locked, moved
from dispatch.services.telling import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.selectors import visible_to
from workorders.services.moves import centre_id
from workorders.states import MAIN_STAGE, Level, Stage, Status


@transaction.atomic
def propose_accountability(
    *, order_id: int, unit_id: int, facts: str, opinion: str, measure: str, by: Actor, after: str = ""
) -> SupervisionOrder:
    """Propose that a unit be held accountable: after a supervision of the third tier, or if the commander says so.

    ``after`` is the number of that supervision order. Raises NotVisible, NotAllowed, Invalid, AccountabilityProposed.
    """
    order = visible_to(by).filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    if not may_propose_accountability(by, order):
        raise NotAllowed
    unheeded = _unheeded(order, unit_id, after, by)
    if measure not in Measure.values:
        raise Invalid(fields={"measure": [_("请选择处理方式")]})
    texts = {
        "facts": clean_text("facts", facts, _("请写明事实")),
        "opinion": clean_text("opinion", opinion, _("请写明建议意见")),
    }
    assert by.user_id is not None, "a person proposes"
    order_locked(order.pk)
    if unheeded is not None and Accountability.objects.filter(after=unheeded, stands=True).exists():
        raise AccountabilityProposed
    now = clock.now()
    counter = locked_counter(district_id=order.district_id, kind=DocumentKind.ACCOUNTABILITY, at=now)
    document = issued(
        counter, order=order, generation=order.generation, tier=0, level=order.level, unit_id=unit_id, by_hand=True,
        stage=MAIN_STAGE.get(Status(order.status), Stage.RESOLVE), state=DocumentState.PROPOSED, raised_at=now,
        reason=Ground.NOT_ANSWERED if unheeded else Ground.BY_HAND, issuer_id=by.user_id,
        issuer_unit_id=centre_id(order, Level.DISTRICT), demands=texts["opinion"],
    )  # fmt: skip
    document.reply_due_at = None
    document.save(update_fields=["reply_due_at"])
    Accountability.objects.create(
        document=document, after=unheeded, measure=measure, proposer_id=by.user_id, proposed_at=now, **texts
    )
    return document


def _unheeded(order: WorkOrder, unit_id: int, after: str, by: Actor) -> SupervisionOrder | None:
    """The supervision of the top tier that went before. Only the commander proposes without one. Raises Invalid."""
    if after:
        found = supervision_orders_for(by).filter(order=order, number=after, tier=TOP).first()
        if found is None:
            raise Invalid(fields={"after": [_("请选择本工单的三级督办单")]})
        if found.unit_id != unit_id:
            raise Invalid(fields={"unit": [_("问责单位须为该督办单的被督办单位")]})
        return found
    if not may_decide_accountability(by, order.district_id):
        raise Invalid(fields={"after": [_("须在三级督办之后提请，或由区指挥长决定提请")]})
    known = {unit.pk for unit in addressees(order)} | set(order.part_unit_ids)
    if unit_id not in known:
        raise Invalid(fields={"unit": [_("只能选择办理过本工单的单位或所属中心")]})
    return None


@transaction.atomic
def decide_accountability(*, number: str, uphold: bool, decision: str, by: Actor) -> SupervisionOrder:
    """Uphold or dismiss a proposal, with a reason; never by who proposed it. The unit then has to answer."""
    document, record = _both(number, by, "uphold" if uphold else "dismiss")
    if not may_decide_accountability(by, document.district_id):
        raise NotAllowed
    if record.proposer_id == by.user_id:
        raise SameHand(_("提请人不能作出决定"))
    now = clock.now()
    record.decider_id, record.decided_at = by.user_id, now
    record.decision = clean_text("decision", decision, _("请写明决定意见"))
    if uphold:
        record.appeal_until = working_days_after(now, APPEAL_DAYS)
        document.reply_due_at = working_days_after(now, ACCOUNTABILITY_DAYS)
    else:
        record.stands = False
        document.closed_at, document.closed_by_id, document.closing = now, by.user_id, record.decision
    record.save()
    document.save()
    if uphold:
        _tell(document)
    return document


@transaction.atomic
def appeal(*, number: str, text: str, by: Actor) -> SupervisionOrder:
    """Appeal against a decision for one's unit: once, in time. Raises NotVisible, DocumentMoved, NotAllowed."""
    document, record = _both(number, by, "appeal")
    if not may_reply(by, document):
        raise NotAllowed
    now = clock.now()
    if record.appealed_at is not None:
        raise DocumentMoved(_("只能申诉一次"), code="appealed_before")
    if record.appeal_until is None or now > record.appeal_until:
        raise DocumentMoved(_("申诉期限已过"), code="appeal_too_late")
    record.appeal = clean_text("text", text, _("请写明申诉理由"))
    record.appealed_by_id, record.appealed_at = by.user_id, now
    record.save()
    # The deadline of the reply waits for the review.
    document.reply_due_at = None
    document.save()
    return document


@transaction.atomic
def review_appeal(*, number: str, revoke: bool, review: str, by: Actor) -> SupervisionOrder:
    """Confirm the decision or revoke it: by a third person, who neither proposed nor decided."""
    document, record = _both(number, by, "revoke" if revoke else "confirm")
    if not may_review(by, document.district_id):
        raise NotAllowed
    if by.user_id in (record.proposer_id, record.decider_id):
        raise SameHand(_("提请人和决定人不能复核申诉"))
    now = clock.now()
    record.reviewer_id, record.reviewed_at = by.user_id, now
    record.review = clean_text("review", review, _("请写明复核意见"))
    if revoke:
        record.stands = False
        document.closed_at, document.closed_by_id, document.closing = now, by.user_id, record.review
    else:
        document.reply_due_at = working_days_after(now, ACCOUNTABILITY_DAYS)
        document.missed_at = None
    record.save()
    document.save()
    return document


def _both(number: str, by: Actor, action: str) -> tuple[SupervisionOrder, Accountability]:
    document = document_locked(number, by)
    if document.kind != DocumentKind.ACCOUNTABILITY:
        raise DocumentMoved(current={"state": document.state})
    moved(document, action)
    return document, document.accountability


def _tell(document: SupervisionOrder) -> None:
    send_notice(
        key=f"accountability:{document.pk}",
        kind="accountability",
        gravity="critical",
        facts={"unit_name": document.unit.short_name if document.unit else "", "number": document.number},
        units={document.unit_id} if document.unit_id else set(),
        order_id=document.order_id,
        url=reverse("dispatch:supervision-order", args=[document.number]),
    )
