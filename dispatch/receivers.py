"""News of orders becomes notices and documents of supervision. Delivered twice, it is written once."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from dispatch.rules.news import NEWS
from dispatch.services import supervise, tell
from dispatch.signals import trial_wanted
from dispatch.tasks import run_trial
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.models import Event

log = logging.getLogger(__name__)
TOPIC = "order.event"


@consumer("dispatch.notices", [TOPIC])
def notices(message: OutboxMessage) -> None:
    if message.payload["kind"] in NEWS:
        tell(event=_event(message))


@consumer("dispatch.supervision", [TOPIC])
def supervision(message: OutboxMessage) -> None:
    if message.payload["kind"] == "supervised":
        supervise(event=_event(message), generation=message.payload["generation"], level=message.payload["level"])


def _event(message: OutboxMessage) -> Event:
    return Event.objects.select_related("order").get(order=message.payload["order"], pk=message.payload["event"])


@receiver(trial_wanted, dispatch_uid="dispatch.run_trial")
def wake_for_trial(sender: Any, *, trial_id: int, **kwargs: Any) -> None:
    """Without a broker the trial waits for ``resume_trials``."""
    try:
        run_trial.delay(trial_id)
    except OperationalError:
        log.warning("nobody was woken for trial %s", trial_id)
