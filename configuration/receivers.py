"""What this room does when it hears of something: an import that waits, somebody who has left."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from configuration.services.leaving import hand_over
from configuration.signals import import_wanted
from configuration.tasks import run_import
from grids.models import Departure
from grids.signals import departed

log = logging.getLogger(__name__)


@receiver(import_wanted, dispatch_uid="configuration.run_import")
def wake(sender: Any, *, job_id: int, **kwargs: Any) -> None:
    """Without a broker the job waits for ``resume_imports``."""
    try:
        run_import.delay(job_id)
    except OperationalError:
        log.warning("nobody was woken for import %s", job_id)


@receiver(departed, dispatch_uid="configuration.hand_over")
def give_to_the_successor(sender: Any, *, departure: Departure, **kwargs: Any) -> None:
    """Today or by the sweep of a day that was settled long before."""
    hand_over(departure)
