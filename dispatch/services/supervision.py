"""Writes of supervision: documents from events, and that somebody has taken note of them."""

from __future__ import annotations

import json

from django.db import transaction

from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import GROUNDS, SupervisionOrder
from dispatch.permissions import may_acknowledge
from dispatch.rules.news import document_number
from dispatch.selectors import supervision_orders_for
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Event
from workorders.states import Stage


@transaction.atomic
def supervise(*, event: Event, generation: int, level: str) -> SupervisionOrder:
    """Raise the document of a supervision, or note on it that the clock struck again.

    News comes in any order, and repeatedly: the earliest event makes the document, the latest is noted.
    """
    facts = json.loads(event.body)["data"]
    told = {
        "level": level,
        "unit_id": facts.get("unit"),
        "stage": facts["stage"],
        "reason": GROUNDS[Stage(facts["stage"])],
        "event_id": event.pk,
        "raised_at": event.at,
    }
    key = {"order_id": event.order_id, "generation": generation, "tier": facts["tier"]}
    number = document_number(event.order.number, generation, facts["tier"])
    document, is_new = SupervisionOrder.objects.select_for_update().get_or_create(
        **key, defaults={**told, "number": number}
    )
    if is_new or document.event_id == event.pk:
        return document
    latest = max(event.at, document.raised_at, document.repeated_at or event.at)
    if event.at < document.raised_at:
        for name, value in told.items():
            setattr(document, name, value)
    document.repeated_at = latest
    document.save()
    return document


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
