"""Look into a file and make it safe to keep: by its content, never by its name."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageCms, ImageOps

from workorders.errors import AttachmentRefused

SHANGHAI = ZoneInfo("Asia/Shanghai")
MEGABYTE = 1024 * 1024
# Type, suffix and most megabytes.
KINDS = {
    "image/jpeg": ("jpg", 10),
    "image/png": ("png", 10),
    "image/webp": ("webp", 10),
    "video/mp4": ("mp4", 50),
    "video/quicktime": ("mov", 50),
    "audio/mpeg": ("mp3", 10),
    "audio/mp4": ("m4a", 10),
    "audio/wav": ("wav", 10),
    "audio/ogg": ("ogg", 10),
}
LARGEST = 50 * MEGABYTE
LONGEST_SIDE, THUMBNAIL_SIDE = 4096, 480
# A small file may unfold into any size; no camera in the field makes more.
MOST_PIXELS = 64_000_000
YEARS = (1990, 2199)
PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, EOFError, ArithmeticError,
    struct.error,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Media:
    """What will be kept. ``lon``, ``lat`` (WGS-84) and ``taken_at`` are from the EXIF that was removed."""

    mime: str
    data: bytes
    thumbnail: bytes = b""
    width: int | None = None
    height: int | None = None
    lon: float | None = None
    lat: float | None = None
    taken_at: dt.datetime | None = None

    @property
    def suffix(self) -> str:
        return KINDS[self.mime][0]


def examined(data: bytes) -> Media:
    """The file without what it tells of its maker. Raises AttachmentRefused, with the reason as its code."""
    mime = sniff(data)
    if not mime:
        raise AttachmentRefused(
            _("只接受 JPEG、PNG、WebP 图片, MP4、MOV 视频, MP3、M4A、WAV、OGG 录音"), code="type_refused"
        )
    most = KINDS[mime][1]
    if len(data) > most * MEGABYTE:
        raise AttachmentRefused(_("此类文件不能超过 %(most)d MB") % {"most": most}, code="too_large")
    if mime in PICTURES:
        return _picture(mime, data)
    return Media(mime, _without_notes(data) if mime in ("video/mp4", "video/quicktime", "audio/mp4") else data)


def sniff(data: bytes) -> str:
    """The type that the content shows; empty for everything that is not taken."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(data[8:12], "")
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data[4:8] == b"ftyp":
        return _sniff_iso(data)
    return "audio/mpeg" if data.startswith(b"ID3") or _is_mp3_frame(data[:3]) else ""


def _is_mp3_frame(head: bytes) -> bool:
    """Sync, MPEG 1 or 2, layer III, a bit rate and a sampling rate that exist."""
    if len(head) < 3 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2 or head[1] & 0x18 == 0x08:
        return False
    return head[2] >> 4 not in (0, 15) and head[2] & 0x0C != 0x0C


def _sniff_iso(data: bytes) -> str:
    brand = data[8:12]
    if brand == b"qt  ":
        return "video/quicktime"
    if brand in (b"M4A ", b"M4B "):
        return "audio/mp4"
    if brand[:3] not in (b"iso", b"mp4", b"avc", b"M4V", b"3gp", b"MSN", b"das"):
        return ""
    tracks = {bytes(data[start + 8 : start + 12]) for kind, start, end in _all_boxes(data) if kind == b"hdlr"}
    return "video/mp4" if b"vide" in tracks else "audio/mp4" if b"soun" in tracks else ""


CONTAINERS = (b"moov", b"trak", b"mdia")
# A film of an hour has some thousands; a file of nothing else would keep us busy.
MOST_BOXES = 20_000


def _all_boxes(data: bytes) -> list[Any]:
    """Raises AttachmentRefused for more than any film has."""
    found = list(islice(_boxes(data), MOST_BOXES + 1))
    if len(found) > MOST_BOXES:
        raise AttachmentRefused(_("文件结构异常，无法读取"), code="type_refused")
    return found


def _boxes(data: bytes | bytearray, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[Any]:
    """(type, start of content, end) of the boxes of an ISO media file, into the containers that matter."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = int.from_bytes(data[start : start + 4], "big"), bytes(data[start + 4 : start + 8])
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        stop = end if size == 0 else start + size
        if stop > end or stop < start + head:
            return
        yield kind, start + head, stop
        if kind in CONTAINERS and depth < 4:
            yield from _boxes(data, start + head, stop, depth + 1)
        start = stop


def _without_notes(data: bytes) -> bytes:
    """Blank user data (place, device) of an ISO media file; lengths stay, so every offset in it still holds."""
    clean = bytearray(data)
    for kind, start, end in _all_boxes(data):
        if kind in (b"udta", b"meta"):
            clean[start - 4 : start] = b"free"
            clean[start:end] = bytes(end - start)
    return bytes(clean)


def _picture(mime: str, data: bytes) -> Media:
    try:
        with Image.open(io.BytesIO(data), formats=(PICTURES[mime],)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            # A JPEG can be decoded small: a quarter of the memory for the largest.
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            exif = image.getexif()
            lon, lat = _place(exif)
            taken_at = _taken_at(exif)
            upright = _plain(ImageOps.exif_transpose(image), mime)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        whole = _encoded(upright, PICTURES[mime], quality=88)
        width, height = upright.size
        small = upright if upright.mode == "RGB" else _on_white(upright)
        small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
        return Media(mime, whole, _encoded(small, "JPEG", quality=80), width, height, lon, lat, taken_at)
    except Image.DecompressionBombError as error:
        raise AttachmentRefused(_("图片像素过多"), code="too_many_pixels") from error
    except BROKEN as error:
        raise AttachmentRefused(_("图片已损坏，无法读取"), code="picture_broken") from error


def _plain(image: Image.Image, mime: str) -> Image.Image:
    """Pixels in sRGB and nothing else: no EXIF, no comment, no profile, one frame."""
    profile = image.info.get("icc_profile")
    transparent = mime != "image/jpeg" and ("A" in image.getbands() or "transparency" in image.info)
    plain = image.convert("RGBA" if transparent else "RGB")
    plain.info = {}
    if not profile or image.mode not in ("RGB", "RGBA"):
        return plain
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        ImageCms.profileToProfile(plain, own, ImageCms.createProfile("sRGB"), inPlace=True)
    except (ImageCms.PyCMSError, *BROKEN):
        pass  # The colours are a shade off; the picture is still evidence.
    plain.info = {}
    return plain


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def _encoded(image: Image.Image, kind: str, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **({} if kind == "PNG" else {"quality": quality}))
    return out.getvalue()


def _place(exif: Image.Exif) -> tuple[float | None, float | None]:
    """Where the camera says that it was, if it says so believably."""
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    try:
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef) == "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef) == "W")
    except BROKEN:
        return None, None
    # Not a number is never within bounds; a camera without a fix says 0, 0.
    believable = abs(lon) <= 180 and abs(lat) <= 90 and (lon, lat) != (0, 0)
    return (round(lon, 6), round(lat, 6)) if believable else (None, None)


def _degrees(parts: Any, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


def _taken_at(exif: Image.Exif) -> dt.datetime | None:
    """When the camera says that it was; without a zone it is Shanghai's."""
    details = exif.get_ifd(ExifTags.IFD.Exif)
    text = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    try:
        moment = dt.datetime.strptime(str(text).strip(), "%Y:%m:%d %H:%M:%S").replace(tzinfo=SHANGHAI)
        zone = str(details.get(ExifTags.Base.OffsetTimeOriginal) or "").strip()
        told = dt.datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{zone}") if zone else moment
    except BROKEN:
        return None
    # A moment at either end of the calendar could be stored and never be read again.
    return told if YEARS[0] <= told.year <= YEARS[1] else None
