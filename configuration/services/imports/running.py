"""The work of an import, in a worker: a check really writes and is rolled back; applying is one transaction or nothing.

A worker that dies leaves the job as it was, its transaction undone; ``left_alone`` finds it and it is begun again.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Final, NamedTuple

from celery.exceptions import SoftTimeLimitExceeded
from django.core.cache import cache
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.errors import DraftDecided
from accounts.selectors import actor_for
from accounts.services import audit
from configuration.errors import DataMoved, FileRefused, ImportHasErrors, UndoBlocked
from configuration.models import RUNNING, ImportJob, ImportLine, JobState
from configuration.services.imports.jobs import title_of, understand
from configuration.services.imports.rows import Found, Row, Rows, Tally, cells_of, label_of
from configuration.services.imports.undoing import LINES_AT_ONCE, undo_lines
from configuration.tables import Line, TableResource, table_named
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import DomainError, NotAllowed
from lianqin.kernel.faults import is_passing

log = logging.getLogger(__name__)
ALIVE_SECONDS: Final = 60
TELL_SECONDS: Final = 0.5
# A file that kills every worker that opens it is not tried for ever.
TRIES_AT_MOST, TRIES_KEPT_SECONDS = 3, 6 * 3600
WRITE_LINES: Final = """
INSERT INTO configuration_importline (job_id, number, kind, key, before, after, errors)
SELECT %s, (line ->> 0)::int, line ->> 1, line ->> 2, nullif(line -> 3, 'null'), nullif(line -> 4, 'null'), line -> 5
FROM jsonb_array_elements(%s::jsonb) line
"""


class _Undo(Exception):
    """Roll back what a check wrote."""


def run(*, job_id: int) -> ImportJob | None:
    """Do what the job waits for. None if another worker is at it, or nothing waits."""
    try:
        with transaction.atomic():
            job = _waiting(job_id)
            if job is None:
                return None
            _work(job)
    except Exception as error:
        if not _took_too_long(error):
            if is_passing(error):
                _forgive(job_id)
            raise
        # Stopped in the middle of a statement, the transaction may be beyond saying why: another one does.
        with transaction.atomic():
            job = _waiting(job_id)
            if job is None:
                return None
            _fail(job, _("处理超过 30 分钟，已停止，没有改动任何数据；请把文件拆小，分几次导入"))
    cache.delete_many([_key(job.pk), _tries_key(job.pk)])
    return job


def _waiting(job_id: int) -> ImportJob | None:
    job = ImportJob.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=job_id).first()
    return job if job is not None and job.state in RUNNING else None


def _work(job: ImportJob) -> None:
    """Do the step, or say in the job why not; what passes by itself is raised, for another try."""
    if _tries(job) > TRIES_AT_MOST:
        _fail(job, _("处理这个文件时工作进程几次中断，没有导入任何数据；请拆成小文件再试，或把编号告诉运维人员"))
        return
    work = {JobState.CHECKING: _check, JobState.APPLYING: _apply, JobState.UNDOING: _undo}[JobState(job.state)]
    try:
        with transaction.atomic():
            work(job, _actor(job))
    except DomainError as refusal:
        _fail(job, str(refusal.message))
    except Exception as error:
        if is_passing(error) or _took_too_long(error):
            raise
        log.exception("import %s failed", job.pk)
        _fail(job, _("处理时出错，没有导入任何数据；请把这次导入的编号告诉运维人员"))


def _took_too_long(error: BaseException | None) -> bool:
    """Whether the soft limit of the task is behind it, whatever the database made of the interruption."""
    while error is not None:
        if isinstance(error, SoftTimeLimitExceeded):
            return True
        error = error.__cause__ or error.__context__
    return False


def _tries(job: ImportJob) -> int:
    """How often a worker began this step, with this one; those that ended or were cut off do not count."""
    cache.add(_tries_key(job.pk), 0, TRIES_KEPT_SECONDS)
    return cache.incr(_tries_key(job.pk))


def _forgive(job_id: int) -> None:
    with suppress(ValueError):  # Nothing was counted yet.
        cache.decr(_tries_key(job_id))


def _tries_key(job_id: int) -> str:
    return f"import-tries-{job_id}"


class Progress(NamedTuple):
    """Rows seen, of how many; 0 of 0 while they are being counted."""

    done: int
    total: int


def progress(job_id: int) -> Progress | None:
    """How far a running job is; None if nobody is at it."""
    seen = cache.get(_key(job_id))
    return None if seen is None else Progress(*seen)


def left_alone() -> list[int]:
    """Jobs that should be running and at which nobody is."""
    running = ImportJob.objects.filter(state__in=RUNNING).values_list("pk", flat=True)
    return [pk for pk in running if progress(pk) is None]


def _key(job_id: int) -> str:
    return f"import-{job_id}"


def _actor(job: ImportJob) -> Actor:
    """Whoever asked for the step. Raise NotAllowed when the account was closed since."""
    user = {JobState.UNDOING: job.undone_by, JobState.APPLYING: job.applied_by}.get(JobState(job.state), job.created_by)
    if user is None or not user.is_active:
        raise NotAllowed(_("办理人的账号已停用，请由在用的账号重新办理"))
    return actor_for(user)


def _teller(job: ImportJob, total: int) -> Callable[[int], None]:
    told = 0.0

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_SECONDS:
            cache.set(_key(job.pk), (done, total), ALIVE_SECONDS)
            told = time.monotonic()

    tell(0)
    return tell


def _table(job: ImportJob, by: Actor) -> TableResource:
    resource = table_named(job.table)
    if resource is None or not resource.may(by):
        raise NotAllowed
    return resource(by, job.options)


def _rows(job: ImportJob, path: Path) -> Iterator[tuple[int, Row]]:
    resource = table_named(job.table)
    assert resource is not None
    sheet = understand(resource, path, job.file_name, job.coordinates, job.options)
    if sheet.headers != job.headers:
        raise FileRefused(_("文件的列与上传时不同，请重新上传"))
    return ((number, cells_of(values, job.mapping)) for number, values in sheet.rows())


def _pass(job: ImportJob, table: TableResource, spool: IO[str]) -> Tally:
    """Go through the file once; what is found goes to ``spool``, a line of JSON each."""

    def keep(found: Found) -> None:
        told = [found.number, found.kind, found.key, found.before, found.after, found.errors]
        spool.write(json.dumps(told, ensure_ascii=False) + "\n")

    with tempfile.NamedTemporaryFile(suffix=Path(job.file_name).suffix.lower()) as kept, job.file.open("rb") as stored:
        for chunk in stored.chunks():
            kept.write(chunk)
        kept.flush()
        _teller(job, 0)
        total = sum(1 for _row in _rows(job, Path(kept.name)))
        where = "" if table.info.geodata else job.coordinates
        rows = Rows(table, keep=keep, tell=_teller(job, total), coordinates=where)
        return rows.go(_rows(job, Path(kept.name)))


def _check(job: ImportJob, by: Actor) -> None:
    table = _table(job, by)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        try:
            with transaction.atomic():
                tally = _pass(job, table, spool)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                raise _Undo
        except _Undo:
            pass
        job.lines.all().delete()
        _write_lines(job, spool)
    job.state, job.message = JobState.CHECKED, ""
    for name in ("total", "new", "changed", "same", "wrong", "digest"):
        setattr(job, name, getattr(tally, name))
    job.finished_at = Now()
    job.save()


def _write_lines(job: ImportJob, spool: IO[str]) -> None:
    """Hand the lines over as the JSON that they are: row by row they took as long as the writing itself."""
    spool.seek(0)
    with connection.cursor() as cursor:
        while batch := list(islice(spool, LINES_AT_ONCE)):
            cursor.execute(WRITE_LINES, [job.pk, f"[{','.join(batch)}]"])


def _apply(job: ImportJob, by: Actor) -> None:
    table = _table(job, by)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        tally = _pass(job, table, spool)
    if tally.wrong:
        raise ImportHasErrors
    if tally.digest != job.digest:
        raise DataMoved
    _keep_what_became(job, table)
    job.state, job.outcome, job.finished_at = JobState.APPLIED, table.outcome, Now()
    job.save(update_fields=["state", "outcome", "finished_at"])
    detail = {"job": job.pk, "new": tally.new, "changed": tally.changed, "same": tally.same}
    audit(
        actor_id=by.user_id,
        action="configuration.import_applied",
        object_label=title_of(job),
        detail=detail,
    )


def _keep_what_became(job: ImportJob, table: TableResource) -> None:
    """Services derive what a file leaves open, such as a short name: an undo compares with what really stands.

    Map files become a draft: nothing of them stands yet.
    """
    if table.info.geodata:
        return
    stands = {_label(table, line): table.cells(line) for line in table.stored()}
    other = [
        line for line in job.lines.iterator(chunk_size=LINES_AT_ONCE) if stands.get(line.key, line.after) != line.after
    ]
    for line in other:
        line.after = stands[line.key]
    ImportLine.objects.bulk_update(other, ["after"], batch_size=LINES_AT_ONCE)


def _undo(job: ImportJob, by: Actor) -> None:
    table = _table(job, by)
    tell = _teller(job, job.new + job.changed)
    try:
        if not table.undo_whole(job.outcome):
            undo_lines(job, table, tell)
    except DraftDecided as error:
        raise UndoBlocked(_("导入成的草稿已经批准或撤销，不能撤销导入；要改请另起草一份")) from error
    table.finish()
    job.state, job.finished_at = JobState.UNDONE, Now()
    job.save(update_fields=["state", "finished_at"])
    audit(
        actor_id=by.user_id,
        action="configuration.import_undone",
        object_label=title_of(job),
        detail={"job": job.pk},
    )


def _label(table: TableResource, line: Line) -> str:
    return label_of(table.key_of(line))


def _fail(job: ImportJob, message: str) -> None:
    """Say why; an undo that was refused leaves the import as it stands, a check or an import waits for another try."""
    job.state = JobState.APPLIED if job.state == JobState.UNDOING else JobState.FAILED
    job.message = message[:500]
    job.finished_at = Now()
    job.save(update_fields=["state", "message", "finished_at"])
