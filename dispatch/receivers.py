"""News of orders becomes notices and documents of supervision. Delivered twice, it is written once."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from dispatch.rules.news import NEWS
from dispatch.services import blank_texts, plan_messages, supervise, tell, tell_of_broken_channel
from dispatch.services.whistles import whistle_for_report
from dispatch.signals import trial_wanted
from dispatch.tasks import run_trial
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.models import Event
from workorders.signals import erased

log = logging.getLogger(__name__)
TOPIC = "order.event"
# What may tell the place or the category of a report for the first time.
TELLS_A_CATEGORY = frozenset({"report", "place", "register", "reclassify"})


@consumer("dispatch.notices", [TOPIC])
def notices(message: OutboxMessage) -> None:
    if message.payload["kind"] in NEWS:
        tell(event=_event(message))


def supervises(message: OutboxMessage) -> bool:
    return bool(message.payload["kind"] == "supervised")


@consumer("dispatch.supervision", [TOPIC], alone=supervises)
def supervision(message: OutboxMessage) -> None:
    if supervises(message):
        supervise(event=_event(message), generation=message.payload["generation"], level=message.payload["level"])


def may_whistle(message: OutboxMessage) -> bool:
    return message.payload["kind"] in TELLS_A_CATEGORY


@consumer("dispatch.whistles", [TOPIC], alone=may_whistle)
def whistles(message: OutboxMessage) -> None:
    if may_whistle(message):
        whistle_for_report(order_id=message.payload["order"])


@consumer("dispatch.messages", ["notice.sent"])
def messages(message: OutboxMessage) -> None:
    plan_messages(notice_ids=message.payload["notices"])


@consumer("dispatch.channels", ["channel.failed"])
def channels(message: OutboxMessage) -> None:
    told = message.payload
    tell_of_broken_channel(channel_id=told["channel"], name=told["name"], owner=told["owner"], at=told["at"])


def _event(message: OutboxMessage) -> Event:
    return Event.objects.select_related("order").get(order=message.payload["order"], pk=message.payload["event"])


@receiver(erased, dispatch_uid="dispatch.blank_texts")
def blank(sender: Any, *, order_id: int, **kwargs: Any) -> int:
    return blank_texts(order_id=order_id)


@receiver(trial_wanted, dispatch_uid="dispatch.run_trial")
def wake_for_trial(sender: Any, *, trial_id: int, **kwargs: Any) -> None:
    """Without a broker the trial waits for ``resume_trials``."""
    try:
        run_trial.delay(trial_id)
    except OperationalError:
        log.warning("nobody was woken for trial %s", trial_id)
