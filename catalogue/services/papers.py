"""Files of an application: looked into by their content, made safe, and kept where no web server looks."""

from __future__ import annotations

import hashlib
import io
import posixpath
import unicodedata
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.services import audit
from catalogue.errors import AdmissionMoveRefused, PaperRefused
from catalogue.models import AdmissionPaper, TaskAdmission
from catalogue.permissions import bureaus_of
from catalogue.selectors.admissions import visible_admission
from catalogue.services.admission_hands import require_one_part, with_hand
from catalogue.states import EDITABLE, AdmissionRole
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotVisible

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
MOST_PAPERS = 10
FOLDER = "papers"
LONGEST_NAME = 100
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PICTURES = {b"\xff\xd8\xff": ("image/jpeg", "JPEG", "jpg"), b"\x89PNG\r\n\x1a\n": ("image/png", "PNG", "png")}
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 4096
# What a form to be read never needs, and what runs by itself in some reader.
ALIVE_IN_PDF = (b"/JavaScript", b"/JS ", b"/JS(", b"/Launch", b"/EmbeddedFile", b"/OpenAction")
MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 2000, 200 * MEGABYTE, 200
BROKEN = (OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError)


@contextmanager
def shelf() -> Iterator[list[str]]:
    """Collect the names of what is written; take it away again if the block, and so its transaction, fails."""
    written: list[str] = []
    try:
        yield written
    except BaseException:
        for name in written:
            default_storage.delete(name)
        raise


def add_paper(*, admission_id: int, upload: UploadedFile[Any], by: Actor) -> AdmissionPaper:
    """Keep a file with an application that its department still writes.

    Raise NotVisible, NotAllowed, AdmissionMoveRefused, PaperRefused.
    """
    mime, suffix, data = examined(_read(upload))
    with shelf() as written, transaction.atomic():
        admission = _writable(admission_id, by)
        if admission.papers.count() >= MOST_PAPERS:
            raise PaperRefused(_("一份申请最多%(most)d个附件") % {"most": MOST_PAPERS}, code="too_many_files")
        name = uuid.uuid4().hex
        path = default_storage.save(f"{FOLDER}/{name[:2]}/{name}.{suffix}", ContentFile(data))
        written.append(path)
        paper = AdmissionPaper.objects.create(
            admission=admission,
            path=path,
            file_name=_name_of(upload.name or "", suffix),
            mime=mime,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            uploaded_by_id=by.user_id,
        )
        _note_hand(admission, by)
        _audit(by, "add_paper", paper)
    paper.refresh_from_db()
    return paper


def drop_paper(*, admission_id: int, key: uuid.UUID, by: Actor) -> None:
    """Take a file out of an application that is still being written. Raise as :func:`add_paper`."""
    with transaction.atomic():
        admission = _writable(admission_id, by)
        paper = admission.papers.filter(key=key).first()
        if paper is None:
            raise NotVisible
        _audit(by, "drop_paper", paper)
        path = paper.path
        paper.delete()
        _note_hand(admission, by)
        transaction.on_commit(lambda: default_storage.delete(path))


def _note_hand(admission: TaskAdmission, by: Actor) -> None:
    """Who adds or drops a paper writes the application, too."""
    hands = with_hand(admission.hands, AdmissionRole.APPLICANT, by)
    TaskAdmission.objects.filter(pk=admission.pk).update(hands=hands)


def _audit(by: Actor, verb: str, paper: AdmissionPaper) -> None:
    audit(
        actor_id=by.user_id,
        action=f"catalogue.{verb}",
        object_label=f"TaskAdmission {paper.admission_id}",
        detail={"name": paper.file_name, "sha256": paper.sha256, "size": paper.size},
    )


def _writable(admission_id: int, by: Actor) -> TaskAdmission:
    visible_admission(admission_id, by)
    admission = TaskAdmission.objects.select_for_update(of=("self",)).get(pk=admission_id)
    if admission.unit_id not in bureaus_of(by):
        raise NotAllowed
    if admission.state not in EDITABLE:
        raise AdmissionMoveRefused
    require_one_part(admission, by)
    return admission


def _read(upload: UploadedFile[Any]) -> bytes:
    if (upload.size or 0) > LARGEST:
        raise PaperRefused(_("文件不能超过%(most)dMB") % {"most": LARGEST // MEGABYTE}, code="too_large")
    upload.seek(0)
    data: bytes = upload.read()
    if not data:
        raise PaperRefused(_("文件是空的"), code="empty")
    return data


def examined(data: bytes) -> tuple[str, str, bytes]:
    """Return (type, suffix, bytes to keep), read from the content alone. Raise PaperRefused."""
    for head, (mime, kind, suffix) in PICTURES.items():
        if data.startswith(head):
            return mime, suffix, _picture(data, kind)
    if data.startswith(b"%PDF-"):
        return PDF, "pdf", _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return DOCX, "docx", _docx(data)
    raise PaperRefused(_("只接受PDF、Word（docx）和JPEG、PNG图片"), code="type_refused")


def _pdf(data: bytes) -> bytes:
    if b"%%EOF" not in data[-2048:]:
        raise PaperRefused(_("PDF不完整，请重新导出后上传"), code="file_broken")
    if any(word in data for word in ALIVE_IN_PDF):
        raise PaperRefused(_("PDF含有脚本或内嵌文件，请另存为普通PDF后上传"), code="file_alive")
    return data


def _docx(data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, *BROKEN) as error:
        raise PaperRefused(_("文件已损坏，无法读取"), code="file_broken") from error
    names = {part.filename for part in parts}
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise PaperRefused(_("只接受PDF、Word（docx）和JPEG、PNG图片"), code="type_refused")
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(data):
        raise PaperRefused(_("文件展开后过大"), code="too_large")
    alive = ("vbaproject.bin", "/embeddings/", "/activex/")
    if any(mark in f"/{name}".lower() for name in names for mark in alive):
        raise PaperRefused(_("文档含有宏或内嵌对象，请另存为普通docx后上传"), code="file_alive")
    return data


def _picture(data: bytes, kind: str) -> bytes:
    """Draw it anew: pixels stay, what the camera told of place and device goes."""
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PaperRefused(_("图片像素过多"), code="too_many_pixels")
            plain = ImageOps.exif_transpose(image).convert("RGBA" if kind == "PNG" else "RGB")
        plain.info = {}
        plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        out = io.BytesIO()
        plain.save(out, kind)
        return out.getvalue()
    except (Image.DecompressionBombError, *BROKEN) as error:
        raise PaperRefused(_("图片已损坏，无法读取"), code="file_broken") from error


def _name_of(given: str, suffix: str) -> str:
    """The name that its owner gave it, made harmless, with the suffix of what it really is."""
    stem = posixpath.splitext(posixpath.basename(given.replace("\\", "/")))[0]
    shown = "".join(letter for letter in stem if unicodedata.category(letter)[0] not in "CZ" or letter == " ").strip()
    return f"{shown[:LONGEST_NAME] or 'file'}.{suffix}"
