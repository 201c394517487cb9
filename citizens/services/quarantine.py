"""Where files of strangers wait: written as they arrive, a piece at a time, under a name that tells nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils import timezone
from django.utils.translation import gettext as _

from citizens.models import IntakeFile, Upload, UploadKind
from citizens.rules.reporting import HEAD, LIMITS, MEGABYTE, MOST_FILES, kind_of
from workorders.errors import AttachmentRefused
from workorders.services.media import sniff

logger = logging.getLogger(__name__)
FOLDER = "quarantine"
PIECE = 256 * 1024
# A file that belongs to no row after so long came with a report that was never made.
ORPHAN_AFTER = dt.timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that lies in quarantine and belongs to nothing yet."""

    path: str
    kind: str
    size: int


class Doorkeeper(FileUploadHandler):
    """Look at the first bytes, count, write to quarantine. What is refused is read on and dropped: no form is lost.

    ``taken`` and ``faults`` (code and sentence of each refusal) tell what became of the files; ``pictures_only``
    refuses films and sounds.
    """

    chunk_size = PIECE

    def __init__(self, request: Any = None, *, pictures_only: bool = False) -> None:
        super().__init__(request)
        self._pictures_only = pictures_only
        self.taken: list[Incoming] = []
        self.faults: list[tuple[str, str]] = []
        self._file: IO[bytes] | None = None
        self._name, self._kind, self._size, self._seen = "", "", 0, 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._seen += 1
        self._name, self._kind, self._size = "", "", 0
        if self._seen > MOST_FILES:
            self._refuse("too_many_files", _("一次最多 %(most)d 个文件") % {"most": MOST_FILES})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start == 0:
            self._begin(raw_data[:HEAD])
        self._size += len(raw_data)
        if self._size > LIMITS[self._kind]:
            self._refuse("too_large", too_large(self._kind))
        assert self._file is not None
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> None:
        if self._file is None:
            self.faults.append(("empty", _("文件是空的")))
            return
        self._file.close()
        self._file = None
        self.taken.append(Incoming(self._name, self._kind, self._size))

    def upload_interrupted(self) -> None:
        self._drop()
        discard(self.taken)
        self.taken = []

    def _begin(self, head: bytes) -> None:
        self._kind = kind_of(head, _sniffed(head))
        if self._pictures_only and self._kind != UploadKind.IMAGE:
            self._refuse("type_refused", _("只接受照片（JPEG、PNG、WebP）"))
        if not self._kind:
            self._refuse(
                "type_refused", _("只接受照片（JPEG、PNG、WebP）、视频（MP4、MOV）和录音（MP3、M4A、WAV、OGG）")
            )
        self._name = uuid.uuid4().hex
        path = place_of(self._name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = path.open("xb")
        path.chmod(0o600)

    def _refuse(self, code: str, told: str) -> None:
        self._drop()
        self.faults.append((code, told))
        raise SkipFile

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
            remove(self._name)


def _sniffed(head: bytes) -> str:
    try:
        return sniff(head)
    except AttachmentRefused:
        return ""


def too_large(kind: str) -> str:
    names = {"image": _("照片"), "video": _("视频"), "audio": _("录音")}
    return _("%(what)s不能超过 %(most)d MB") % {"what": names[kind], "most": LIMITS[kind] // MEGABYTE}


def place_of(name: str) -> Path:
    """Where a file of quarantine lies: beside the attachments, on the disk that web and workers share."""
    return Path(settings.MEDIA_ROOT) / FOLDER / name[:2] / name


def discard(files: Iterable[Incoming]) -> None:
    for file in files:
        remove(file.path)


def remove(name: str) -> None:
    """Delete a file; one that cannot be deleted now is an orphan that the sweep takes."""
    try:
        place_of(name).unlink(missing_ok=True)
    except OSError:
        logger.warning("could not delete a file of quarantine", exc_info=True)


def sweep_quarantine() -> int:
    """Delete the files that no upload and no letter waits for; returns how many."""
    before = (timezone.now() - ORPHAN_AFTER).timestamp()
    old = {path.name for path in (Path(settings.MEDIA_ROOT) / FOLDER).glob("??/*") if _is_old(path, before)}
    known = set(Upload.objects.filter(path__in=old, done_at=None).values_list("path", flat=True))
    known |= set(IntakeFile.objects.filter(path__in=old).values_list("path", flat=True))
    for name in old - known:
        remove(name)
    return len(old - known)


def _is_old(path: Path, before: float) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime < before
    return False
