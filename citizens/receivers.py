"""What other rooms tell that concerns citizens. Delivered twice, it is done once."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from citizens.rules import returns as rules
from citizens.services.forgetting import forget_messages
from citizens.services.moderated import examine_report
from citizens.services.news import may_be_news, tell_citizens
from citizens.services.points import COMMUNITY, DECISIVE, DEEDS_OF_COMMUNITY, Merit, award, settle_order
from citizens.services.publishing import forget_following
from citizens.services.reading_orders import REPORT, read_report
from citizens.services.reading_twins import forget_signature
from citizens.services.reporting import TOPIC
from citizens.services.returns import plan_returns
from citizens.services.status_changes import write_status
from citizens.tasks import examine_uploads
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.signals import erased

log = logging.getLogger(__name__)
EXPIRES_SECONDS = 60


@consumer("citizens.returns", ["order.event"])
def returns(message: OutboxMessage) -> None:
    """What platforms are told of the order that they sent, or of the one it was merged into."""
    told = message.payload
    if rules.may_be_news(told["kind"], told["status"]):
        plan_returns(order_id=message.payload["order"])


@consumer("citizens.news", ["order.event"])
def news(message: OutboxMessage) -> None:
    """What citizens who wish it are told by SMS."""
    if may_be_news(message.payload["status"]):
        tell_citizens(order_id=message.payload["order"], event_id=message.payload["event"])


@consumer("citizens.uploads", [TOPIC], transactional=False)
def uploads(message: OutboxMessage) -> None:
    """Wake a worker for what came with a report; without a broker it waits for the next sweep."""
    try:
        examine_uploads.apply_async(expires=EXPIRES_SECONDS)
    except OperationalError:
        log.warning("nobody was woken for the files of a report")


@consumer("citizens.status", ["order.event"])
def status(message: OutboxMessage) -> None:
    """When an order came to another status, for who asks what changed since a time."""
    told = message.payload
    at = dt.datetime.fromisoformat(told["at"])
    write_status(order_id=told["order"], seq=told["seq"], status=told["status"], at=at)


@consumer("citizens.reading", ["order.event"])
def reading(message: OutboxMessage) -> None:
    """Words of a report are read once, as it comes in."""
    if message.payload["kind"] == REPORT:
        read_report(order_id=message.payload["order"])


def _decides(message: OutboxMessage) -> bool:
    return message.payload["kind"] in DECISIVE


@consumer("citizens.moderation", ["order.event"])
def moderation(message: OutboxMessage) -> None:
    """Words of a report are looked at as it comes in; the order goes on whatever is found."""
    if message.payload["kind"] == REPORT:
        examine_report(order_id=message.payload["order"])


@consumer("citizens.points", ["order.event"], alone=_decides)
def points(message: OutboxMessage) -> None:
    """What was verified earns points; what did not stand loses them."""
    if _decides(message):
        settle_order(order_id=message.payload["order"])


@consumer("citizens.merits", [COMMUNITY], alone=lambda message: True)
def merits(message: OutboxMessage) -> None:
    """What somebody did for the community earns points."""
    told = message.payload
    rule = DEEDS_OF_COMMUNITY.get(told["kind"])
    if rule is not None and told.get("user") is not None:
        award(Merit(user_id=told["user"], rule=rule, cause=f"{rule}:{message.key}:{told['user']}"))


@receiver(erased, dispatch_uid="citizens.forget_signature")
def forget_words(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return forget_signature(order_id=order_id)


@receiver(erased, dispatch_uid="citizens.forget_messages")
def forget_sent(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return forget_messages(order_id=order_id)


@receiver(erased, dispatch_uid="citizens.forget_following")
def forget_answers(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return forget_following(order_id=order_id)
