"""What a unit answers to a document, what the issuer thinks of it, and the end of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.errors import DocumentMoved, NotAllowed, NotVisible, SameHand
from dispatch.models import SupervisionOrder, SupervisionReply
from dispatch.permissions import may_judge, may_reply
from dispatch.rules.supervision import DocumentState, Verdict, target
from dispatch.selectors.supervision import supervision_orders_for
from dispatch.services.documents import clean_text, working_days_after
from dispatch.services.telling import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid
from workorders.locks import order_locked
from workorders.models import Attachment

# What is sent back is asked for again within this many working days.
AGAIN_DAYS = 1


def document_locked(number: str, by: Actor) -> SupervisionOrder:
    """The document, held until the end of the transaction, its order before it. Raises NotVisible."""
    seen = supervision_orders_for(by).filter(number=number).values_list("pk", "order_id").first()
    if seen is None:
        raise NotVisible
    order_locked(seen[1])
    found = SupervisionOrder.objects.select_for_update(of=("self",)).select_related("order", "unit")
    return found.get(pk=seen[0])


def moved(document: SupervisionOrder, action: str) -> None:
    """Set the state that ``action`` leads to. Raises DocumentMoved."""
    state = target(action, document.state)
    if state is None:
        raise DocumentMoved(current={"state": document.state})
    document.state = state


@transaction.atomic
def reply(*, number: str, text: str, by: Actor, evidence: Iterable[int] = ()) -> SupervisionReply:
    """Answer a document for one's unit. ``evidence`` are attachments of the order. Raises NotVisible to Invalid."""
    document = document_locked(number, by)
    moved(document, "reply")
    if not may_reply(by, document):
        raise NotAllowed
    said = clean_text("text", text, _("请写明办理情况"))
    chosen = sorted(set(evidence))
    there = Attachment.objects.filter(order=document.order_id, pk__in=chosen, erased_at=None).count()
    if there != len(chosen):
        raise Invalid(fields={"evidence": [_("只能选用本工单的附件")]})
    assert document.unit_id is not None
    assert by.user_id is not None, "somebody of the unit answers"
    now = clock.now()
    late = document.reply_due_at is not None and now > document.reply_due_at
    answer = SupervisionReply.objects.create(
        document=document, unit_id=document.unit_id, by_id=by.user_id, at=now, late=late, text=said, evidence=chosen
    )
    if document.acknowledged_at is None:
        # Nobody answers what they have not seen.
        document.acknowledged_at, document.acknowledged_by_id = now, by.user_id
    document.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    _tell(document, f"replied:{answer.pk}", "replied", {document.issuer_unit_id} - {None})
    return answer


@transaction.atomic
def judge(*, number: str, accept: bool, by: Actor, judgement: str = "") -> SupervisionOrder:
    """Accept a reply, which ends the document, or send it back with a reason. Never by who replied."""
    document = document_locked(number, by)
    moved(document, "accept" if accept else "send_back")
    if not may_judge(by, document):
        raise NotAllowed
    answer = document.replies.get(verdict=Verdict.PENDING)
    if answer.by_id == by.user_id:
        raise SameHand(_("答复人不能审定自己的答复"))
    said = clean_text("judgement", judgement, "" if accept else _("退回须写明理由"))
    now = clock.now()
    answer.verdict = Verdict.ACCEPTED if accept else Verdict.RETURNED
    answer.judged_by_id, answer.judged_at, answer.judgement = by.user_id, now, said
    answer.save()
    if accept:
        document.closed_at, document.closed_by_id, document.closing = now, by.user_id, said
    else:
        document.reply_due_at, document.missed_at = working_days_after(now, AGAIN_DAYS), None
    document.save()
    if not accept:
        _tell(document, f"returned:{answer.pk}", "reply_refused", {document.unit_id} - {None})
    return document


@transaction.atomic
def close_document(*, number: str, reason: str, by: Actor) -> SupervisionOrder:
    """End a document that needs no reply any more, with a reason. Raises NotVisible, DocumentMoved, NotAllowed."""
    document = document_locked(number, by)
    moved(document, "close")
    if not may_judge(by, document):
        raise NotAllowed
    if document.kind == "accountability":
        raise DocumentMoved(_("问责须经答复和审定后办结"))
    document.closing = clean_text("reason", reason, _("请写明办结理由"))
    document.closed_at, document.closed_by_id = clock.now(), by.user_id
    document.save(update_fields=["state", "closing", "closed_at", "closed_by"])
    return document


def _tell(document: SupervisionOrder, key: str, kind: str, units: set[int | None]) -> None:
    send_notice(
        key=key,
        kind=kind,
        gravity="warn" if document.state != DocumentState.REPLIED else "info",
        facts={"number": document.number},
        units={pk for pk in units if pk is not None},
        order_id=document.order_id,
        url=reverse("dispatch:supervision-order", args=[document.number]),
    )
