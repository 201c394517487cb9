"""Batches of reports: looked through as they come, then taken row by row, once each, whatever dies meanwhile."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.services import audit
from catalogue.selectors import leaf_categories
from citizens.errors import BatchMoved
from citizens.models import BatchOutcome, BatchRow, BatchState, IntakeBatch, IntakeMessage, IntakePlatform, IntakeState
from citizens.permissions import may_mend
from citizens.rules.batches import COLUMNS, REQUIRED, cells_of, faults_of_row, sheet_mapping
from citizens.services.intake import Taken, take_told
from citizens.services.seals import CONTENTS
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import FileRefused, NotAllowed, NotVisible
from lianqin.kernel.sheets import Sheet, open_sheet

BYTES_AT_MOST, ROWS_AT_MOST = 10 * 1024 * 1024, 5_000
LEASE = dt.timedelta(seconds=60)
# A file that nobody had taken in goes after so long, with all that people said in it.
KEPT = dt.timedelta(days=30)


def read_batch(*, platform: str, file: UploadedFile[Any], by: Actor) -> IntakeBatch:
    """Look through a file and keep its rows, sealed, for a preview; no order comes of it yet.

    Raises NotAllowed, NotVisible, FileRefused.
    """
    _require(by)
    if by.user_id is None:
        raise NotAllowed
    known = IntakePlatform.objects.filter(code=platform).first()
    if known is None:
        raise NotVisible
    if (file.size or 0) > BYTES_AT_MOST:
        raise FileRefused(_("文件超过 10 MB，请拆分后再上传"))
    name = Path(file.name or "").name[:200]
    with tempfile.NamedTemporaryFile() as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        sheet = open_sheet(Path(kept.name), name, list(COLUMNS.values()))
        rows = list(_rows(sheet, known))
    return _kept(known, name, sheet, rows, by, by.user_id)


def _rows(sheet: Sheet, platform: IntakePlatform) -> Iterator[tuple[BatchRow, str]]:
    missing = [COLUMNS[name] for name in REQUIRED if COLUMNS[name] not in sheet.headers]
    if missing:
        raise FileRefused(_("表头里没有“%s”这一列，请下载模板对照") % "、".join(missing))
    mapping = mapping_for(platform)
    for place, (number, row) in enumerate(sheet.rows()):
        if place == ROWS_AT_MOST:
            raise FileRefused(_("一次最多导入 %d 行，请拆成几个文件") % ROWS_AT_MOST)
        cells = cells_of(sheet.headers, row)
        told, errors = faults_of_row(cells, mapping)
        sealed = CONTENTS.close(json.dumps(cells, ensure_ascii=False))
        yield BatchRow(number=number, sealed=sealed, errors=errors), told.external_ref[:64]


@transaction.atomic
def _kept(
    platform: IntakePlatform, name: str, sheet: Sheet, rows: list[tuple[BatchRow, str]], by: Actor, user_id: int
) -> IntakeBatch:
    if not rows:
        raise FileRefused(_("表头下面没有内容"))
    known = set(
        IntakeMessage.objects.filter(platform=platform, external_ref__in={ref for _row, ref in rows if ref})
        .values_list("external_ref", flat=True)
        .distinct()
    )
    batch = IntakeBatch.objects.create(
        platform=platform, file_name=name, version=platform.version, notes=[*sheet.notes, *_unread(sheet)],
        total=len(rows), wrong=sum(bool(row.errors) for row, _ref in rows), by_id=user_id,
    )  # fmt: skip
    for row, ref in rows:
        row.batch, row.is_known = batch, ref in known
        known |= {ref} - {""}
    BatchRow.objects.bulk_create([row for row, _ref in rows], batch_size=500)
    _audit(by, "intake_batch_read", batch, rows=batch.total, wrong=batch.wrong)
    return batch


def _unread(sheet: Sheet) -> list[str]:
    spare = [header for header in sheet.headers if header and header not in COLUMNS.values()]
    return [_("未采用的列：%s") % "、".join(spare)] if spare else []


def mapping_for(platform: IntakePlatform) -> dict[str, Any]:
    """How rows of a platform's spreadsheet are read now."""
    matters = {text: node.code for node in leaf_categories() for text in (node.name, node.code)}
    return sheet_mapping(platform.mapping, matters)


@transaction.atomic
def start_batch(*, batch_id: int, by: Actor) -> IntakeBatch:
    """Let a worker take the rows; one that was stopped goes on where it was. Raises NotAllowed, NotVisible, …"""
    batch = _locked(batch_id, by, BatchState.CHECKED, BatchState.CANCELLED)
    if batch.wrong:
        raise BatchMoved(_("还有错误未更正；更正文件后重新上传，不会部分导入"), code="batch_has_errors")
    return _move(batch, by, "intake_batch_started", state=BatchState.APPLYING, leased_until=None)


@transaction.atomic
def stop_batch(*, batch_id: int, by: Actor) -> IntakeBatch:
    """Take no further row. What was taken stays."""
    batch = _locked(batch_id, by, BatchState.APPLYING)
    return _move(batch, by, "intake_batch_stopped", state=BatchState.CANCELLED, leased_until=None)


@transaction.atomic
def drop_batch(*, batch_id: int, by: Actor) -> IntakeBatch:
    """Give up what was not taken, and forget it."""
    batch = _locked(batch_id, by, BatchState.CHECKED, BatchState.CANCELLED)
    batch.rows.filter(outcome="").delete()
    return _move(batch, by, "intake_batch_dropped", state=BatchState.DROPPED, finished_at=Now())


def apply_batches(*, seconds: float = 20.0) -> int:
    """Take rows of the batches that were started, for a while; returns how many. The next run goes on."""
    taken, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and (batch := _leased()) is not None:
        while time.monotonic() < end and _take_next(batch):
            taken += 1
        IntakeBatch.objects.filter(pk=batch.pk, leased_until=batch.leased_until).update(leased_until=None)
    return taken


@transaction.atomic
def _leased() -> IntakeBatch | None:
    """The oldest that nobody has at hand, ours for a while."""
    now = clock.now()
    waiting = IntakeBatch.objects.filter(Q(leased_until=None) | Q(leased_until__lt=now), state=BatchState.APPLYING)
    batch = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("id").first()
    if batch is not None:
        batch.leased_until = now + LEASE
        batch.save(update_fields=["leased_until"])
    return batch


@transaction.atomic
def _take_next(batch: IntakeBatch) -> bool:
    """One row and what became of it, together. False when none is left, or the batch is not ours any more."""
    mine = IntakeBatch.objects.select_for_update().filter(
        pk=batch.pk, state=BatchState.APPLYING, leased_until=batch.leased_until
    )
    if not mine.exists():
        return False
    row = batch.rows.filter(outcome="").order_by("number").first()
    if row is None:
        mine.update(state=BatchState.APPLIED, leased_until=None, finished_at=Now())
        return False
    platform = IntakePlatform.objects.select_related("account").get(pk=batch.platform_id)
    cells = json.loads(CONTENTS.open(row.sealed))
    told, _errors = faults_of_row(cells, mapping_for(platform))
    taken = take_told(platform=platform, told=told, raw=cells, way="sheet")
    row.outcome, row.message, row.sealed = _outcome(taken), taken.message, ""
    row.save(update_fields=["outcome", "message", "sealed"])
    batch.leased_until = clock.now() + LEASE
    mine.update(leased_until=batch.leased_until)
    return True


def _outcome(taken: Taken) -> BatchOutcome:
    if taken.message.state == IntakeState.DEAD:
        return BatchOutcome.DEAD
    if taken.changed:
        return BatchOutcome.CHANGED
    return BatchOutcome.NEW if taken.is_new else BatchOutcome.REPEATED


def purge_batches() -> int:
    """Forget what was looked through and never taken in."""
    old = IntakeBatch.objects.filter(
        state__in=(BatchState.CHECKED, BatchState.CANCELLED), created_at__lt=clock.now() - KEPT
    )
    gone = 0
    for pk in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            # Not if somebody let it go on a moment ago.
            if old.filter(pk=pk).update(state=BatchState.DROPPED, finished_at=Now()):
                gone += 1
                BatchRow.objects.filter(batch_id=pk, outcome="").delete()
    return gone


def _require(by: Actor) -> None:
    if not may_mend(by):
        raise NotAllowed


def _locked(batch_id: int, by: Actor, *states: BatchState) -> IntakeBatch:
    _require(by)
    batch = IntakeBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id).first()
    if batch is None:
        raise NotVisible
    if batch.state not in states:
        raise BatchMoved
    return batch


def _move(batch: IntakeBatch, by: Actor, action: str, **columns: Any) -> IntakeBatch:
    IntakeBatch.objects.filter(pk=batch.pk).update(**columns)
    _audit(by, action, batch)
    batch.refresh_from_db()
    return batch


def _audit(by: Actor, action: str, batch: IntakeBatch, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=batch.file_name, detail={"batch": batch.pk, **detail})
