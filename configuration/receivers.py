"""Wake a worker when a job waits for one."""

from __future__ import annotations

import logging
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from configuration.signals import import_wanted
from configuration.tasks import run_import

log = logging.getLogger(__name__)


@receiver(import_wanted, dispatch_uid="configuration.run_import")
def wake(sender: Any, *, job_id: int, **kwargs: Any) -> None:
    """Without a broker the job waits for ``resume_imports``."""
    try:
        run_import.delay(job_id)
    except OperationalError:
        log.warning("nobody was woken for import %s", job_id)
