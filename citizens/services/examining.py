"""Make files of strangers safe: each in a process of its own that may use little, then kept with its order once."""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from citizens.models import Upload, UploadKind, UploadState
from citizens.services.quarantine import place_of, remove
from citizens.services.receipts import follower
from citizens.services.sandbox import remade
from lianqin.kernel import clock
from workorders.errors import AttachmentRefused, NotVisible, WrongState
from workorders.locks import order_locked
from workorders.models.attachments import AttachmentStage
from workorders.services.attachments import attach_examined, shelf
from workorders.services.media import Media

logger = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=90)
# A file that took so many workers with it is not tried again.
MOST_TRIES = 3


def examine_waiting(*, seconds: float = 60.0) -> int:
    """Work through what waits, for a while; returns how many were settled."""
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        upload = _taken()
        if upload is None:
            break
        _settle(upload)
        count += 1
    return count


def _taken() -> Upload | None:
    """The oldest that nobody has at hand, ours for a while."""
    with transaction.atomic():
        now = clock.now()
        upload = (
            Upload.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("receipt")
            .filter(Q(leased_until=None) | Q(leased_until__lt=now), state=UploadState.WAITING)
            .order_by("id")
            .first()
        )
        if upload is None:
            return None
        upload.tries, upload.leased_until = upload.tries + 1, now + LEASE
        upload.save(update_fields=("tries", "leased_until"))
        return upload


def _settle(upload: Upload) -> None:
    if upload.tries > MOST_TRIES:
        _refuse(upload, "unreadable")
        return
    try:
        media = remade(place_of(upload.path))
    except AttachmentRefused as refused:
        _refuse(upload, refused.code)
    except FileNotFoundError:
        _refuse(upload, "lost")
    else:
        _keep(upload, media)


def _keep(upload: Upload, media: Media) -> None:
    """Attachment, event and the end of the upload in one transaction: killed at any moment, it is there once."""
    try:
        with shelf() as written, transaction.atomic():
            # The order first: who erases it holds it, and lets go of what still waits for it.
            order_locked(upload.receipt.order_id)
            if not _still_ours(upload):
                return
            # As who reported it; joined receipts have no files.
            attachment = attach_examined(
                order_id=upload.receipt.order_id,
                by=follower(upload.receipt),
                media=media,
                name=f"{_('群众上报')} {upload.place}.{media.suffix}",
                stage=AttachmentStage.REPORT,
                written=written,
            )
            Upload.objects.filter(pk=upload.pk).update(
                state=UploadState.ATTACHED, attachment=attachment, leased_until=None, done_at=clock.now()
            )
    except (WrongState, NotVisible):
        # Ended while the file waited: what is closed takes no evidence.
        _refuse(upload, "order_ended")
    except AttachmentRefused as refused:
        _refuse(upload, refused.code)
    else:
        remove(upload.path)


def _still_ours(upload: Upload) -> bool:
    """Hold the row; false if somebody took it over because we were slow."""
    return (
        Upload.objects.select_for_update()
        .filter(pk=upload.pk, state=UploadState.WAITING, leased_until=upload.leased_until)
        .exists()
    )


def _refuse(upload: Upload, code: str) -> None:
    with transaction.atomic():
        if not _still_ours(upload):
            return
        Upload.objects.filter(pk=upload.pk).update(
            state=UploadState.REFUSED, code=code[:40], leased_until=None, done_at=clock.now()
        )
    logger.info("an upload of kind %s was refused: %s", upload.kind, code)
    remove(upload.path)


def reason_of(upload: Upload) -> str:
    """Why a file was refused, for who sent it."""
    reasons = {
        "too_many_pixels": _("像素过多，请换一张普通照片"),
        "too_large": _("文件太大"),
        "type_refused": _("不是可以接受的照片、视频或录音"),
        "picture_broken": _("文件已损坏，无法读取"),
        "order_ended": _("处理文件时事情已经办结"),
        "too_many_files": _("这件事的附件已满"),
        "erased": _("内容已依法删除"),
        "lost": _("文件没有保存下来，请在进度页补充"),
    }
    return reasons.get(upload.code, _("无法处理这个文件"))


assert {each.value for each in UploadKind} == {"image", "video", "audio"}
