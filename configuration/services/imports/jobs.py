"""What people do with an import: each step asks for permission and moves the job from one state to the next."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from configuration.errors import (
    FileRefused,
    ImportHasErrors,
    ImportRunning,
    ImportState,
    MappingIncomplete,
    UndoBlocked,
)
from configuration.models import Coordinates, ImportJob, JobState
from configuration.reading import Sheet, open_features, open_sheet
from configuration.signals import import_wanted
from configuration.tables import TableResource, table_named
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

BYTES_AT_MOST: Final = 50 * 1024 * 1024
# What may be asked for, where it begins, and what it is called while it goes on.
STEPS: Final[Mapping[str, tuple[Sequence[str], str]]] = {
    "check": ((JobState.UPLOADED, JobState.CHECKED, JobState.FAILED), JobState.CHECKING),
    "apply": ((JobState.CHECKED,), JobState.APPLYING),
    "undo": ((JobState.APPLIED,), JobState.UNDOING),
}


def table_for(name: str, by: Actor) -> type[TableResource]:
    """Return the table. Raise NotVisible, NotAllowed."""
    found = table_named(name)
    if found is None:
        raise NotVisible
    if not found.may(by):
        raise NotAllowed
    return found


def upload(
    *,
    table: str,
    file: UploadedFile[bytes],
    by: Actor,
    coordinates: str = Coordinates.WGS84,
    options: Mapping[str, Any] | None = None,
) -> ImportJob:
    """Keep a file, understand its header and guess which column is which. Raise NotAllowed, FileRefused."""
    resource = table_for(table, by)
    if coordinates not in Coordinates.values:
        raise FileRefused(fields={"coordinates": [_("请选择坐标系")]})
    if (file.size or 0) > BYTES_AT_MOST:
        raise FileRefused(_("文件超过 50 MB，请拆分后再上传"), fields={"file": [_("文件超过 50 MB")]})
    name = Path(file.name or "").name[:200]
    with tempfile.NamedTemporaryFile() as kept:
        digest = hashlib.sha256()
        for chunk in file.chunks():
            digest.update(chunk)
            kept.write(chunk)
        kept.flush()
        sheet = understand(resource, Path(kept.name), name, coordinates, options)
        job = ImportJob(
            table=table,
            file_name=name,
            size=file.size or 0,
            sha256=digest.hexdigest(),
            found={"notes": sheet.notes},
            headers=sheet.headers,
            coordinates=coordinates,
            options=dict(options or {}),
            created_by_id=_user_id(by),
        )
        job.mapping = guess(resource, sheet.headers, job.options)
        kept.seek(0)
        with transaction.atomic():
            job.file.save(f"{digest.hexdigest()[:16]}{Path(name).suffix.lower()[:9]}", File(kept))
            _tell(job, by, "uploaded")
    return job


def _user_id(by: Actor) -> int:
    if by.user_id is None:
        raise NotAllowed
    return by.user_id


def understand(
    resource: type[TableResource], path: Path, name: str, coordinates: str, options: Mapping[str, Any] | None
) -> Sheet:
    """Open the file as what the table is read from."""
    if resource.info.geodata:
        return open_features(path, name, coordinates)
    known = [text for column in resource.columns(options).values() for text in (str(column.header), *column.aliases)]
    return open_sheet(path, name, known)


def guess(resource: type[TableResource], headers: Sequence[str], options: Mapping[str, Any]) -> dict[str, int]:
    """Which header is which column: as the last import with the same headers had it, else by name."""
    columns = resource.columns(options)
    before = ImportJob.objects.filter(
        table=resource.info.name, headers=list(headers), state__in=(JobState.APPLIED, JobState.CHECKED)
    ).first()
    if before is not None and set(before.mapping) <= set(columns):
        return dict(before.mapping)
    places = {_plain(header): place for place, header in reversed(list(enumerate(headers)))}
    found = {}
    for name, column in columns.items():
        for text in (str(column.header), *column.aliases, name):
            if _plain(text) in places:
                found[name] = places[_plain(text)]
                break
    return found


def _plain(text: str) -> str:
    return "".join(text.split()).rstrip("*").lower()


@transaction.atomic
def map_columns(*, job_id: int, mapping: Mapping[str, int], by: Actor, coordinates: str = "") -> ImportJob:
    """Say which column of the file is which of the table. Raise NotVisible, ImportState, MappingIncomplete."""
    job = locked(job_id, by)
    if job.state not in STEPS["check"][0]:
        raise ImportState
    columns = table_for(job.table, by).columns(job.options)
    wrong = [name for name, place in mapping.items() if name not in columns or not 0 <= place < len(job.headers)]
    if wrong or len(set(mapping.values())) != len(mapping):
        raise MappingIncomplete(_("同一列不能对应两次"), fields={name: [_("请重新选择")] for name in wrong})
    require_mapped(columns, mapping)
    job.mapping, job.state = dict(mapping), JobState.UPLOADED
    job.coordinates = coordinates if coordinates in Coordinates.values else job.coordinates
    job.save(update_fields=["mapping", "state", "coordinates"])
    return job


def require_mapped(columns: Mapping[str, Any], mapping: Mapping[str, int]) -> None:
    missing = {
        name: [_("请选择对应的列")] for name, column in columns.items() if column.required and name not in mapping
    }
    if missing:
        headers = "、".join(str(columns[name].header) for name in missing)
        raise MappingIncomplete(_("必填的列还没有对应：%s") % headers, fields=missing)


@transaction.atomic
def start(*, job_id: int, step: str, by: Actor) -> ImportJob:
    """Let a worker check, apply or undo. Raise NotVisible, NotAllowed, ImportState, ImportRunning, …"""
    job = locked(job_id, by)
    begins, goes_on = STEPS[step]
    if job.state not in begins:
        raise ImportState
    if step == "check":
        require_mapped(table_for(job.table, by).columns(job.options), job.mapping)
    if step == "apply" and job.wrong:
        raise ImportHasErrors
    if step == "undo":
        _require_last(job)
    try:
        with transaction.atomic():
            job.state, job.message = goes_on, ""
            job.undone_by_id = by.user_id if step == "undo" else None
            job.applied_by_id = by.user_id if step == "apply" else job.applied_by_id
            job.save(update_fields=["state", "message", "applied_by", "undone_by"])
    except IntegrityError as error:
        raise ImportRunning from error
    _tell(job, by, f"{step}_started")
    transaction.on_commit(lambda: import_wanted.send(ImportJob, job_id=job.pk))
    return job


def _require_last(job: ImportJob) -> None:
    if not job.file:
        raise UndoBlocked(_("导入已超过 30 天，文件与明细已清除，不能再撤销"))
    later = ImportJob.objects.filter(table=job.table, pk__gt=job.pk, state=JobState.APPLIED)
    if later.exists():
        raise UndoBlocked(_("之后还有一次导入，请先撤销后一次"))


@transaction.atomic
def drop(*, job_id: int, by: Actor) -> ImportJob:
    """Give up an import that was not applied; the file goes with it."""
    job = locked(job_id, by)
    if job.state not in (JobState.UPLOADED, JobState.CHECKED, JobState.FAILED):
        raise ImportState
    name = job.file.name
    job.state, job.file = JobState.DROPPED, ""
    job.save(update_fields=["state", "file"])
    job.lines.all().delete()
    _tell(job, by, "dropped")
    transaction.on_commit(lambda: ImportJob.file.field.storage.delete(name) if name else None)
    return job


def locked(job_id: int, by: Actor) -> ImportJob:
    """The job, unless a worker holds it: nobody waits at a page for a worker. Raise NotVisible, ImportRunning."""
    job = ImportJob.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=job_id).first()
    if job is None:
        raise ImportRunning if ImportJob.objects.filter(pk=job_id).exists() else NotVisible
    table_for(job.table, by)
    return job


def title_of(job: ImportJob) -> str:
    """What the audit log calls an import: its table in words, and its file."""
    resource = table_named(job.table)
    return f"{resource.info.label if resource else job.table} {job.file_name}"


def _tell(job: ImportJob, by: Actor, what: str) -> None:
    audit(
        actor_id=by.user_id,
        action=f"configuration.import_{what}",
        object_label=title_of(job),
        detail={"job": job.pk, "sha256": job.sha256},
    )
