"""How long files of strangers are kept: they name people and their telephones."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from configuration.models import RUNNING, ImportJob, JobState
from lianqin.kernel.clock import Now

KEPT: Final = timedelta(days=30)
AT_ONCE: Final = 100
# What may still go on from a file; without it there is nothing to go on with.
UNFINISHED: Final = (JobState.UPLOADED, JobState.CHECKED, JobState.FAILED)


def purge() -> int:
    """Give up file, lines and personal outcome of what ended 30 days ago; return how many imports. Safe to repeat."""
    done = 0
    for pk in list(_due().values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            job = _due().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if job is not None:
                _purge(job)
                done += 1
    return done


def _due() -> QuerySet[ImportJob]:
    ended = ImportJob.objects.alias(ended=Coalesce("finished_at", "created_at")).filter(ended__lt=Now() - KEPT)
    return ended.exclude(file="").exclude(state__in=RUNNING)


def _purge(job: ImportJob) -> None:
    name, storage = job.file.name, job.file.storage
    job.lines.all().delete()
    job.file, job.outcome = "", shown_outcome(job)
    job.state = JobState.DROPPED if job.state in UNFINISHED else job.state
    job.save(update_fields=["file", "outcome", "state"])
    transaction.on_commit(lambda: storage.delete(name) if name else None)


def shown_outcome(job: ImportJob) -> dict[str, object]:
    """Where to look at what came of it; the rest is for an undo, and may be about people."""
    return {name: job.outcome[name] for name in ("url_name", "args") if name in job.outcome}
