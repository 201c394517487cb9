"""News by SMS for citizens who proved a number and chose to be told: accepted, declined, closed; each once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import Contact, Receipt
from citizens.rules.codes import spelled
from citizens.rules.progress import shortened, without_numbers
from citizens.services.contacts import phone_of_citizen
from citizens.services.receipts import code_of_receipt
from dispatch.models import MessageTemplate
from dispatch.rules.messages import QUIET_FROM, QUIET_UNTIL, default_words, filled, quiet_until
from lianqin.kernel import clock
from lianqin.kernel.sealing import Unreadable
from relay.models import Channel, ChannelKind
from relay.services.letters import queue_letter, withdraw_letters
from workorders.models import Event, EventText, WorkOrder
from workorders.states import Status

ACCEPTED, DECLINED, CLOSED = "news_accepted", "news_declined", "news_closed"
# What an event may be the news of, before it is read.
TOLD = frozenset({Status.REGISTERED, Status.DECLINED, Status.CLOSED, Status.MERGED})
REASON_LIMIT = 60


def may_be_news(status: str) -> bool:
    return status in TOLD


@transaction.atomic
def tell_citizens(*, order_id: int, event_id: int) -> int:
    """Queue what this event is news of for whoever follows the order and wants it; return how many messages are new.

    At night they wait for the morning. Nobody wants to be told: one query.
    """
    receipts = list(_wanted(order_id))
    event = Event.objects.filter(order=order_id, pk=event_id).first() if receipts else None
    kind = news_of(event.kind, json.loads(event.body)) if event else ""
    channel = (
        Channel.objects.filter(kind=ChannelKind.SMS, active=True).order_by("owner", "pk").first() if kind else None
    )
    if event is None or channel is None:
        return 0
    order = WorkOrder.objects.select_related("category").get(pk=order_id)
    changed = MessageTemplate.objects.filter(kind=kind).values_list("single", flat=True).first()
    words, facts = changed or default_words(kind).single, _facts(order, event)
    made = 0
    for receipt in receipts:
        text = filled(words, facts | _links(receipt, kind, is_asked=event.kind != "answered"))
        made += _queue(receipt, channel, kind, event_id, text)
    return made


def news_of(kind: str, body: dict[str, Any]) -> str:
    """Which news an event is, or nothing. What only stays closed or declined is none."""
    becomes = body["changes"]["order"].get("status")
    if kind in ("register", "register_to_district"):
        return ACCEPTED
    if kind == "answered":
        return CLOSED
    return {Status.DECLINED: DECLINED, Status.CLOSED: CLOSED}.get(becomes, "")


@transaction.atomic
def choose_news(*, user_id: int, wants: bool) -> None:
    """Say whether one wants to be told by SMS; what still waits does not go to who does not."""
    Contact.objects.filter(user=user_id).update(wants_news=wants)
    if not wants:
        forget_news(user_id)


def forget_news(user_id: int) -> int:
    return withdraw_letters(prefix=_prefix(user_id))


def _wanted(order_id: int) -> Iterator[Receipt]:
    found = Receipt.objects.filter(order=order_id, user__is_active=True, user__contact__wants_news=True)
    return found.order_by("pk").iterator()


def _facts(order: WorkOrder, event: Event) -> dict[str, str]:
    told = EventText.objects.filter(order=order, event=event, field="reason").values_list("text", flat=True).first()
    due = timezone.localtime(order.due_at).strftime("%-m月%-d日") if order.due_at else ""
    return {
        "number": order.number, "matter": order.category.name if order.category else _("事项"), "due": due,
        "reason": shortened(without_numbers(told or ""), REASON_LIMIT),
    }  # fmt: skip


def _links(receipt: Receipt, kind: str, *, is_asked: bool) -> dict[str, str]:
    """Where the page of this receipt is; empty while the settings do not say where we are."""
    code = code_of_receipt(receipt)
    if not code or not settings.LIANQIN_PUBLIC_URL:
        return {}
    page = f"{settings.LIANQIN_PUBLIC_URL}{reverse('citizens:track-one', args=[spelled(code)])}"
    # Who joined, or whose order went on in another, is not asked.
    asked = kind == CLOSED and is_asked and not receipt.joined
    return {"questions": f"{page}?from=sms#questions"} if asked else {"link": page}


def _queue(receipt: Receipt, channel: Channel, kind: str, event_id: int, text: str) -> bool:
    assert receipt.user_id is not None
    try:
        phone = phone_of_citizen(receipt.user_id)
    except Unreadable:
        phone = ""
    if not phone:
        return False
    now = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    # An event that is delivered twice finds its key.
    return queue_letter(
        channel=channel, key=f"{_prefix(receipt.user_id)}{receipt.pk}:{event_id}", template=kind,
        subject=_("【大联勤】办理进展"), to=phone, text=text, stand_in=_("办理进展（号码和内容不留存）"),
        is_urgent=False, not_before=quiet_until(now, QUIET_FROM, QUIET_UNTIL),
    ) is not None  # fmt: skip


def _prefix(user_id: int) -> str:
    return f"news:{user_id}:"
