"""Put a file to an order, through the same door as everything else, and keep its bytes where no web server looks."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import posixpath
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lianqin.kernel.actors import UNIT, Actor, token
from workorders.errors import AttachmentRefused, Invalid, NotAllowed, NotVisible
from workorders.locks import order_locked
from workorders.models import Assignment, Attachment, WorkOrder
from workorders.models.attachments import AttachmentStage
from workorders.permissions import centre, holds, is_visible
from workorders.services.door import choose_row
from workorders.services.duplicates import distance_m
from workorders.services.finishing import acting_unit_id
from workorders.services.media import LARGEST, MEGABYTE, Media, examined
from workorders.services.work import Work
from workorders.states import Level, rows

logger = logging.getLogger(__name__)
MOST_FILES = 20
FOLDER = "attachments"
LONGEST_NAME = 100
# A file that belongs to no row after so long was written by a transaction that failed.
ORPHAN_AFTER = dt.timedelta(hours=6)


@contextmanager
def shelf() -> Iterator[list[str]]:
    """Collect the names of what is written; take it away again if the block, and so its transaction, fails."""
    written: list[str] = []
    try:
        yield written
    except BaseException:
        for name in written:
            remove_file(name)
        raise


def attach(
    *,
    order_id: int,
    by: Actor,
    upload: UploadedFile[Any],
    stage: str,
    written: list[str],
    assignment_id: int | None = None,
) -> Attachment:
    """Keep a file with an order. ``written`` is a shelf around the outermost transaction.

    Raises NotVisible, WrongState, NotAllowed, Invalid, AttachmentRefused. The picture is worked on before the order is
    locked, and what allowed it is looked at again under the lock.
    """
    order = WorkOrder.objects.filter(pk=order_id).first()
    if order is None:
        raise NotVisible
    _check(Work(order, by, locked=False), stage, assignment_id)
    media = examined(_read(upload))
    name = _name_of(upload.name or "", media)
    return attach_examined(
        order_id=order_id, by=by, media=media, name=name, stage=stage, written=written, assignment_id=assignment_id
    )


def attach_examined(
    *,
    order_id: int,
    by: Actor,
    media: Media,
    name: str,
    stage: str,
    written: list[str],
    assignment_id: int | None = None,
) -> Attachment:
    """Keep with an order what :func:`examined` made, here or in another process. Raises as :func:`attach` does."""
    with transaction.atomic():
        work = Work(order_locked(order_id), by)
        part = _check(work, stage, assignment_id)
        attachment = _written(work, media, stage, part, name, written)
        facts = {"attachment": attachment.pk, "stage": attachment.stage, "sha256": attachment.sha256}
        unit_id = part.unit_id if part is not None and part.unit_id in by.unit_ids else acting_unit_id(work)
        work.write("attach", data=facts, unit_id=unit_id)
    return attachment


def _check(work: Work, stage: str, assignment_id: int | None) -> Assignment | None:
    """Visible, in a state for it, allowed, and room for one more; the assignment it belongs to."""
    if not is_visible(work.actor, work.order, work.assignments):
        raise NotVisible
    row = choose_row(work, "attach", None)
    if not holds(work.actor, row.permission, work.order):
        raise NotAllowed
    if stage == AttachmentStage.AFTER and not handles(work):
        raise NotAllowed(_("处置后的照片只能由承办单位、现场处置人员或指挥中心上传"), code="not_the_handler")
    if stage not in AttachmentStage.values:
        raise Invalid(fields={"stage": [_("请选择环节")]})
    if work.order.attachments.filter(erased_at=None).count() >= MOST_FILES:
        raise AttachmentRefused(_("一件工单最多 %(most)d 个附件") % {"most": MOST_FILES}, code="too_many_files")
    return _part(work, assignment_id)


def handles(work: Work) -> bool:
    """Whether the actor does the work on the order, or commands it: evidence comes from them alone."""
    actor, order = work.actor, work.order
    if actor.may("handle_orders", {token(UNIT, each.unit_id) for each in work.live_assignments}):
        return True
    if rows("handle_on_site", order.status, order.level) and holds(actor, "on_site", order):
        return True
    if order.on_site and actor.user_id is not None and actor.user_id == order.worker_id:
        return True
    centres = centre(order) | centre(order, Level.DISTRICT)
    return actor.may("dispatch_orders", centres) or actor.may("check_orders", centres)


def _part(work: Work, assignment_id: int | None) -> Assignment | None:
    if assignment_id is None:
        return next((each for each in work.live_assignments if each.unit_id in work.actor.unit_ids), None)
    part = next((each for each in work.assignments if each.pk == assignment_id), None)
    if part is None:
        raise Invalid(fields={"assignment": [_("本工单没有这条派单")]})
    return part


def _read(upload: UploadedFile[Any]) -> bytes:
    if (upload.size or 0) > LARGEST:
        raise AttachmentRefused(_("文件不能超过 %(most)d MB") % {"most": LARGEST // MEGABYTE}, code="too_large")
    upload.seek(0)
    data: bytes = upload.read()
    if not data:
        raise AttachmentRefused(_("文件是空的"), code="empty")
    return data


def _written(
    work: Work, media: Media, stage: str, part: Assignment | None, file_name: str, written: list[str]
) -> Attachment:
    order = work.order
    return Attachment.objects.create(
        order=order,
        assignment=part,
        stage=stage,
        path=_keep(media.data, media.suffix, written),
        thumbnail_path=_keep(media.thumbnail, "jpg", written) if media.thumbnail else "",
        file_name=file_name,
        mime=media.mime,
        size=len(media.data),
        sha256=hashlib.sha256(media.data).hexdigest(),
        width=media.width,
        height=media.height,
        exif_lon=media.lon,
        exif_lat=media.lat,
        exif_at=media.taken_at,
        distance_m=_away(order, media),
        uploaded_by_id=work.actor.user_id,
        created_at=work.now,
    )


def _away(order: WorkOrder, media: Media) -> int | None:
    if order.lon is None or order.lat is None or media.lon is None or media.lat is None:
        return None
    return distance_m((order.lon, order.lat), (media.lon, media.lat))


def _keep(data: bytes, suffix: str, written: list[str]) -> str:
    """Write under a random name that tells nothing."""
    name = uuid.uuid4().hex
    kept = default_storage.save(f"{FOLDER}/{name[:2]}/{name}.{suffix}", ContentFile(data))
    written.append(kept)
    return kept


def _name_of(given: str, media: Media) -> str:
    """The name that its owner gave it, made harmless, with the suffix of what it really is."""
    stem = posixpath.splitext(posixpath.basename(given.replace("\\", "/")))[0]
    shown = "".join(letter for letter in stem if unicodedata.category(letter)[0] not in "CZ" or letter == " ").strip()
    return f"{shown[:LONGEST_NAME] or 'file'}.{media.suffix}"


def remove_file(name: str) -> None:
    """Delete a file; one that cannot be deleted now is an orphan that the sweep takes."""
    try:
        default_storage.delete(name)
    except OSError:
        logger.warning("could not delete %s", name, exc_info=True)


def sweep_orphans() -> int:
    """Delete the files that belong to no attachment; returns how many."""
    before = timezone.now() - ORPHAN_AFTER
    count = 0
    for folder in _folders():
        names = [f"{FOLDER}/{folder}/{name}" for name in default_storage.listdir(f"{FOLDER}/{folder}")[1]]
        old = [name for name in names if default_storage.get_modified_time(name) < before]
        known = set(Attachment.objects.filter(path__in=old).values_list("path", flat=True))
        known |= set(Attachment.objects.filter(thumbnail_path__in=old).values_list("thumbnail_path", flat=True))
        for name in set(old) - known:
            remove_file(name)
            count += 1
    return count


def _folders() -> list[str]:
    try:
        return default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []
