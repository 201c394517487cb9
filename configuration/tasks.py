"""What workers do for the configuration; the jobs themselves stand in the database."""

from __future__ import annotations

import logging

from celery import shared_task
from django.db import OperationalError

from configuration.services import imports
from configuration.services.imports.running import left_alone
from configuration.services.preflight import run_nightly
from configuration.services.streams import check_streams

log = logging.getLogger(__name__)


# A whole district in one file takes minutes, and so may what a dead worker left: the limits of other tasks end neither.
SOFT_LIMIT, HARD_LIMIT = 1800, 2000  # Seconds.


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def run_import(job_id: int) -> None:
    imports.run(job_id=job_id)


@shared_task(ignore_result=True, soft_time_limit=SOFT_LIMIT, time_limit=HARD_LIMIT)
def resume_imports() -> None:
    """Begin again what a worker left when it died."""
    for job_id in left_alone():
        try:
            imports.run(job_id=job_id)
        except OperationalError:
            log.warning("import %s could not be resumed now", job_id, exc_info=True)


@shared_task(name="configuration.tasks.purge_imports", ignore_result=True)
def purge_imports() -> None:
    """Give up the files of imports that ended 30 days ago."""
    imports.purge()


@shared_task(name="configuration.tasks.check_cameras", ignore_result=True)
def check_cameras() -> None:
    """Ask the streams of the cameras whether they answer."""
    check_streams()


@shared_task(name="configuration.tasks.prove_configuration", ignore_result=True)
def prove_configuration() -> None:
    """Prove that every place and matter has somebody; tell of what opened overnight."""
    run_nightly()
