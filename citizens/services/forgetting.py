"""Forget, with the words of an order that the law has erased, the same words in messages from and to others."""

from __future__ import annotations

from django.db.models import Q

from citizens.models import IntakeMessage, ProgramReport, ReturnKind, ReturnMessage
from citizens.services.returns import masters_once
from citizens.services.supplements import BROUGHT
from workorders.models import Event, EventText, WorkOrder


def forget_messages(*, order_id: int) -> int:
    """Blank what platforms and programs sent for it, what went back, and what was brought to others. How many.

    In the transaction that erases the order.
    """
    came = IntakeMessage.objects.filter(order=order_id).exclude(sealed_raw="", sealed_fields="")
    count = came.update(sealed_raw="", sealed_fields="")
    events = Event.objects.filter(order=order_id).values_list("pk", flat=True)
    went = ReturnMessage.objects.filter(Q(order=order_id) | Q(event_id__in=list(events)))
    count += went.exclude(kind=ReturnKind.MERGED).exclude(text="").update(text="")
    links = ProgramReport.objects.filter(receipt__order=order_id).exclude(media_url="")
    return count + links.update(media_url="") + _brought(order_id)


def _brought(order_id: int) -> int:
    """What was said of it later, as it was written down with the orders into which it was merged."""
    masters = masters_once(order_id)
    if not masters:
        return 0
    number = WorkOrder.objects.values_list("number", flat=True).get(pk=order_id)
    texts = EventText.objects.filter(order__in=masters, field="comment", text__startswith=BROUGHT % {"number": number})
    return texts.delete()[0]
