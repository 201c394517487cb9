"""Reminders and supervision orders: raised by the clock through the outbox, or by a person; and that they were seen."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.errors import NotAllowed, NotVisible, RemindedJustNow
from dispatch.models import GROUNDS, Ground, SupervisionOrder
from dispatch.permissions import may_acknowledge
from dispatch.rules.news import document_number
from dispatch.rules.supervision import MOST_DAYS, REMIND_EVERY_MINUTES, TOP, DocumentKind
from dispatch.selectors.supervision import TIERS, addressees, supervision_orders_for
from dispatch.services.documents import clean_text, issued, locked_counter
from dispatch.services.telling import send_notice
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import Invalid
from workorders.locks import order_locked
from workorders.models import Event, WorkOrder
from workorders.selectors import visible_to
from workorders.services import oversight
from workorders.states import Stage


@transaction.atomic
def supervise(*, event: Event, generation: int, level: str) -> SupervisionOrder | None:
    """Raise the document of a supervision, or note on it that the clock struck again.

    News comes in any order, and repeatedly: the earliest event makes the document, the latest is noted. What a person
    or the sweep of replies ordered has its document already. The order is locked before any counter, as by everybody.
    """
    order_locked(event.order_id)
    facts = json.loads(event.body)["data"]
    if facts.get("why"):
        return SupervisionOrder.objects.filter(event=event.pk).first()
    told = {
        "level": level,
        "unit_id": facts.get("unit"),
        "stage": facts["stage"],
        "reason": GROUNDS[Stage(facts["stage"])],
        "event_id": event.pk,
        "raised_at": event.at,
    }
    key = {"order_id": event.order_id, "generation": generation, "tier": facts["tier"]}
    document = _raised(**key)
    if document is None:
        order = event.order
        counter = locked_counter(district_id=order.district_id, kind=DocumentKind.SUPERVISION, at=event.at)
        # Looked at again under the counter's lock, and then let go of it: nobody waits for the document holding it.
        if not SupervisionOrder.objects.filter(**key, kind=DocumentKind.SUPERVISION, by_hand=False).exists():
            number = document_number(order.number, generation, facts["tier"])
            return _issued_by_clock(counter, order, number, {**told, **key})
        document = _raised(**key)
        assert document is not None
    return _noted(document, event, told)


def _raised(**key: Any) -> SupervisionOrder | None:
    found = SupervisionOrder.objects.select_for_update(of=("self",))
    return found.filter(**key, kind=DocumentKind.SUPERVISION, by_hand=False).first()


def _issued_by_clock(counter: Any, order: WorkOrder, number: str, told: dict[str, Any]) -> SupervisionOrder:
    told.pop("order_id")
    centre = ground().command_center_id(order.district_id)
    return issued(counter, order=order, number=number, issuer_unit_id=centre, demands=_usual(told["tier"]), **told)


def _noted(document: SupervisionOrder, event: Event, told: dict[str, Any]) -> SupervisionOrder:
    if document.event_id == event.pk:
        return document
    latest = max(event.at, document.raised_at, document.repeated_at or event.at)
    if event.at < document.raised_at:
        for name, value in told.items():
            setattr(document, name, value)
    document.repeated_at = latest
    document.save()
    return document


def _usual(tier: int) -> str:
    """What every document of a tier demands."""
    wanted = {
        1: _("请立即组织力量办理，查明逾期原因，按期办结并书面答复。"),
        2: _("请主要负责人直接过问，列出办结时间和责任人，按期办结并书面答复。"),
        3: _("请主要负责人到场督促办理，当日报送进展；逾期仍未落实的，将按规定提请问责。"),
    }
    return wanted[min(tier, TOP)]


@transaction.atomic
def remind(*, order_id: int, by: Actor, unit_id: int | None = None, demands: str = "") -> SupervisionOrder:
    """Remind whoever has an order, by hand. Raises NotVisible, WrongState, NotAllowed, Invalid, TooSoon."""
    text = clean_text("demands", demands or _("请尽快办理，并答复办理进展。"), "")
    addressee = _addressee(order_id, unit_id, by)
    event = oversight.remind(order_id=order_id, unit_id=addressee, text=text, by=by)
    if addressee in by.unit_ids:
        raise Invalid(fields={"unit": [_("不能催办本单位")]})
    last = SupervisionOrder.objects.filter(order=order_id, kind=DocumentKind.REMINDER, unit=addressee).first()
    again_at = last.raised_at + dt.timedelta(minutes=REMIND_EVERY_MINUTES) if last else None
    if again_at is not None and again_at > event.at:
        raise RemindedJustNow(again_at=again_at.isoformat())
    return _ordered(event, DocumentKind.REMINDER, 0, addressee, text, by, None)


@transaction.atomic
def order_supervision(
    *,
    order_id: int,
    by: Actor,
    unit_id: int | None = None,
    tier: int | None = None,
    demands: str,
    days: int | None = None,
) -> SupervisionOrder:
    """Supervise an order by hand, at the next tier if none is named.

    Raises NotVisible, WrongState, NotAllowed, Invalid.
    """
    text = clean_text("demands", demands, _("请写明办理要求"))
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Invalid(fields={"days": [_("答复期限为 1 至 %d 个工作日") % MOST_DAYS]})
    if tier is not None and not 1 <= tier <= TOP:
        raise Invalid(fields={"tier": [_("督办分一、二、三级")]})
    addressee = _addressee(order_id, unit_id, by)
    event = oversight.supervise(order_id=order_id, unit_id=addressee, tier=tier, top=TOP, text=text, by=by)
    reached = json.loads(event.body)["data"]["tier"]
    return _ordered(event, DocumentKind.SUPERVISION, reached, addressee, text, by, days)


@transaction.atomic
def raise_tier(*, document: SupervisionOrder) -> SupervisionOrder | None:
    """An open order whose document went unanswered: the next tier, unless that was reached otherwise. By the sweep."""
    order = WorkOrder.objects.get(pk=document.order_id)
    wanted = document.tier + 1
    if not order.is_open or order.archived_at or wanted > TOP or order.supervision_tier >= wanted:
        return None
    if document.unit_id is None or order.generation != document.generation:
        return None
    event = oversight.supervise(
        order_id=order.pk, unit_id=document.unit_id, tier=wanted, text=_usual(wanted), by=SYSTEM, why="unanswered"
    )
    return _ordered(event, DocumentKind.SUPERVISION, wanted, document.unit_id, _usual(wanted), SYSTEM, None)


def _ordered(
    event: Event, kind: str, tier: int, unit_id: int, text: str, by: Actor, days: int | None
) -> SupervisionOrder:
    """The document beside an event that was just written, and the notice to its addressee."""
    order = event.order
    counter = locked_counter(district_id=order.district_id, kind=kind, at=event.at)
    key = {
        "order": order,
        "generation": order.generation,
        "tier": tier,
        "kind": kind,
        "by_hand": by.user_id is not None,
    }
    by_clock = None if by.user_id else SupervisionOrder.objects.filter(**key).first()
    if by_clock is not None:
        return by_clock
    document = issued(
        counter, order=order, number=_clock_number(order, tier, by), days=days, generation=order.generation,
        tier=tier, level=order.level, unit_id=unit_id,
        stage=json.loads(event.body)["data"]["stage"], event_id=event.pk, raised_at=event.at, demands=text,
        reason=Ground.BY_HAND if by.user_id else Ground.NOT_ANSWERED, by_hand=by.user_id is not None,
        issuer_id=by.user_id, issuer_unit_id=event.unit_id or ground().command_center_id(order.district_id),
    )  # fmt: skip
    is_reminder = kind == DocumentKind.REMINDER
    send_notice(
        key=f"document:{document.pk}",
        kind="urged" if is_reminder else "supervision",
        gravity="warn" if is_reminder else "critical",
        facts={"tier": str(TIERS[tier]) if tier else "", "due_at": document.reply_due_at},
        units={unit_id} if is_reminder else {unit_id, ground().command_center_id(order.district_id)} - by.unit_ids,
        order_id=order.pk,
        event_id=event.pk,
        url=reverse("dispatch:supervision-order", args=[document.number]),
    )
    return document


def _clock_number(order: WorkOrder, tier: int, by: Actor) -> str:
    """What the clock or the sweep raises is named by its tier; by hand, by how many there are."""
    return "" if by.user_id else document_number(order.number, order.generation, tier)


def _addressee(order_id: int, unit_id: int | None, by: Actor) -> int:
    """One of the units that have to do with the order; whoever holds it, if none is named. Raises Invalid."""
    order = visible_to(by).filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    units = [unit.pk for unit in addressees(order)]
    if unit_id is None:
        return units[0]
    if unit_id not in units:
        raise Invalid(fields={"unit": [_("只能选择正在办理本工单的单位或所属中心")]})
    return unit_id


@transaction.atomic
def acknowledge(*, number: str, by: Actor) -> SupervisionOrder:
    """The supervised unit, or who answers for it, has taken note. Raises NotVisible, NotAllowed."""
    document = supervision_orders_for(by).filter(number=number).first()
    if document is None:
        raise NotVisible
    if not may_acknowledge(by, document):
        raise NotAllowed
    mine = SupervisionOrder.objects.filter(pk=document.pk, acknowledged_at=None)
    mine.update(acknowledged_at=clock.Now(), acknowledged_by_id=by.user_id)
    document.refresh_from_db(fields=["acknowledged_at", "acknowledged_by"])
    return document
