"""Files over HTTP: what is kept, what is refused, who gets to see it."""

from __future__ import annotations

import datetime as dt
import io
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import ExifTags, Image
from rest_framework.test import APIClient

from tests.cast import Cast
from tests.workorders.api import Door, url
from tests.workorders.conftest import HERE, Desk
from tests.workorders.test_loop import proven
from workorders.models import Attachment, WorkOrder
from workorders.services.attachments import sweep_orphans
from workorders.services.media import sniff
from workorders.services.work import Work

FTYP = b"\x00\x00\x00\x10ftyp"


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def picture(size: tuple[int, int] = (64, 32), kind: str = "JPEG", exif: Image.Exif | None = None) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind, **({"exif": exif} if exif else {}))
    return out.getvalue()


def exif_of(lon: float, lat: float) -> Image.Exif:
    """A camera at a point, held sideways, at nine in the morning, with its owner's name."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Artist] = "OwnerOfThePhone"
    exif[ExifTags.Base.DateTime] = "2026:11:20 09:00:00"
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps.update({1: "N", 2: (lat, 0.0, 0.0), 3: "E", 4: (lon, 0.0, 0.0)})
    return exif


def send(client: APIClient, order: WorkOrder, data: bytes, name: str = "现场.jpg", **fields: Any) -> Any:
    headers = fields.pop("headers", {})
    body = {"file": SimpleUploadedFile(name, data, content_type="text/html"), **fields}
    return client.post(url(order.number, "attachments"), body, format="multipart", headers=headers)


def kept(media: Path) -> list[Path]:
    return sorted(path for path in media.rglob("*") if path.is_file())


def box(kind: bytes, content: bytes) -> bytes:
    return (len(content) + 8).to_bytes(4, "big") + kind + content


def film(handler: bytes, notes: bytes = b"") -> bytes:
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(13))
    return (
        FTYP + b"isom\x00\x00\x02\x00" + box(b"moov", box(b"trak", box(b"mdia", hdlr)) + notes) + box(b"mdat", b"data")
    )


def test_a_picture_loses_its_exif_and_keeps_its_place_apart(door: Door, desk: Desk, media: Path) -> None:
    order = desk.report()
    answer = send(door.street_dispatcher, order, picture(exif=exif_of(HERE[0], HERE[1] + 0.0009)), stage="report")

    assert answer.status_code == 201, answer.content.decode()
    body = answer.json()
    assert (body["kind"], body["mime"], body["file_name"]) == ("image", "image/jpeg", "现场.jpg")
    assert (body["width"], body["height"]) == (32, 64)
    assert body["place"] == {"lon": HERE[0], "lat": round(HERE[1] + 0.0009, 6)}
    assert body["taken_at"] == "2026-11-20T09:00:00+08:00"
    assert 99 <= body["distance_m"] <= 101
    for path in kept(media):
        data = path.read_bytes()
        assert b"OwnerOfThePhone" not in data
        assert not Image.open(io.BytesIO(data)).getexif()
        assert path.stat().st_mode & 0o777 == 0o600
        assert "现场" not in path.name
    assert desk.events(order) == ["report", "attach"]
    event = door.street_dispatcher.get(url(order.number, "events")).json()[1]
    assert event["data"] == {"attachment": Attachment.objects.get().pk, "stage": "report", "sha256": body["sha256"]}
    assert WorkOrder.objects.get(pk=order.pk).version == order.version
    assert proven(WorkOrder.objects.get(pk=order.pk))


def test_a_large_picture_is_made_smaller(door: Door, desk: Desk) -> None:
    body = send(door.street_dispatcher, desk.report(), picture((5000, 1000))).json()
    assert (body["width"], body["height"]) == (4096, 819)
    small = door.street_dispatcher.get(body["thumbnail_url"])
    assert Image.open(io.BytesIO(small.getvalue())).size == (480, 96)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><script>alert(1)</script>", "type_refused"),
        (b"%PDF-1.7", "type_refused"),
        (FTYP + b"heic" + bytes(20), "type_refused"),
        (FTYP + b"isom" + bytes(20), "type_refused"),
        (picture()[:200], "picture_broken"),
        (b"\xff\xd8\xff" + bytes(100), "picture_broken"),
        (picture((9000, 8000), "PNG"), "too_many_pixels"),
        (b"ID3" + bytes(10 * 1024 * 1024), "too_large"),
        (b"", "empty"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    door: Door, desk: Desk, media: Path, data: bytes, code: str
) -> None:
    order = desk.report()
    answer = send(door.street_dispatcher, order, data)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert kept(media) == []
    assert desk.events(order) == ["report"]


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (picture(), "image/jpeg"),
        (picture(kind="PNG"), "image/png"),
        (picture(kind="WEBP"), "image/webp"),
        (film(b"vide"), "video/mp4"),
        (film(b"soun"), "audio/mp4"),
        (FTYP + b"qt  ", "video/quicktime"),
        (FTYP + b"M4A ", "audio/mp4"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xff\xff\xff", ""),
        (b"GIF89a", ""),
        (b"", ""),
    ],
)
def test_types_are_read_from_the_content(data: bytes, mime: str) -> None:
    assert sniff(data) == mime


def test_a_film_loses_its_notes_and_nothing_else(door: Door, desk: Desk, media: Path) -> None:
    data = film(b"vide", box(b"udta", box(b"\xa9xyz", b"+32.0+118.6/")))
    body = send(door.street_dispatcher, desk.report(), data, "a.exe").json()
    stored = kept(media)[0].read_bytes()
    assert (body["mime"], body["file_name"], body["thumbnail_url"]) == ("video/mp4", "a.mp4", None)
    assert len(stored) == len(data)
    assert b"+32.0" not in stored
    assert stored.endswith(box(b"mdat", b"data"))


def test_files_go_only_to_those_who_see_the_order(door: Door, desk: Desk) -> None:
    order = desk.report()
    body = send(door.street_dispatcher, order, picture()).json()
    mine = door.street_dispatcher2.get(body["url"], headers={"Accept": "image/png"})

    assert (mine.status_code, mine["Content-Type"]) == (200, "image/jpeg")
    assert mine["X-Content-Type-Options"] == "nosniff"
    assert mine["Cache-Control"] == "private, max-age=300"
    assert mine["Content-Disposition"].startswith("inline; filename*=utf-8''")
    assert mine["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(mine).startswith(b"\xff\xd8\xff")
    assert door.street_dispatcher.get(body["url"], headers={"If-None-Match": mine["ETag"]}).status_code == 304
    for who in ("other_street_dispatcher", "outsider", "sysadmin"):
        client = getattr(door, who)
        assert client.get(body["url"]).status_code == 404
        assert client.get(body["thumbnail_url"]).status_code == 404
        assert client.get(url(order.number, "attachments")).status_code == 404
        assert send(client, order, picture()).status_code == 404
    assert APIClient().get(body["url"]).status_code == 401
    other = desk.report()
    assert door.street_dispatcher.get(body["url"].replace(order.number, other.number)).status_code == 404


def test_a_film_can_be_asked_for_in_parts(door: Door, desk: Desk) -> None:
    data = film(b"vide")
    address = send(door.street_dispatcher, desk.report(), data, "a.mp4").json()["url"]

    def part(asked: str) -> tuple[int, bytes, str]:
        answer = door.street_dispatcher.get(address, headers={"Range": asked})
        return answer.status_code, b"".join(answer), answer.get("Content-Range", "")

    size = len(data)
    assert part("bytes=0-3") == (206, data[:4], f"bytes 0-3/{size}")
    assert part("bytes=-4") == (206, b"data", f"bytes {size - 4}-{size - 1}/{size}")
    assert part(f"bytes={size - 2}-") == (206, b"ta", f"bytes {size - 2}-{size - 1}/{size}")
    assert part("bytes=9999-") == (416, b"", f"bytes */{size}")
    assert part("lines=1-2") == (200, data, "")


def test_evidence_comes_from_who_handles_the_order(door: Door, desk: Desk) -> None:
    order = desk.dispatched()
    assert send(door.handler, order, picture(), stage="after").json()["assignment"] == order.assignments.get().pk
    assert send(door.street_dispatcher, order, picture(), stage="after").status_code == 201
    assert send(door.commander, order, picture(), stage="after").status_code == 201
    for who in ("community_officer", "grid_worker"):
        answer = send(getattr(door, who), order, picture(), stage="after")
        assert (answer.status_code, answer.json()["code"]) == (403, "not_the_handler")
        assert send(getattr(door, who), order, picture(), stage="note").status_code == 201
    found = desk.report()
    assert send(door.grid_worker, found, picture(), stage="after").status_code == 201
    assert send(door.community_officer, found, picture(), stage="after").status_code == 403


def test_a_finished_order_takes_no_more(door: Door, desk: Desk, media: Path) -> None:
    answer = send(door.street_dispatcher, desk.closed(), b"no picture at all")
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_not_allowed")
    assert answer.json()["current"]["status"] == "closed"
    assert kept(media) == []


def test_twenty_files_are_enough(door: Door, desk: Desk) -> None:
    order = desk.report()
    for _ in range(20):
        desk.picture(order, "note")
    answer = send(door.street_dispatcher, order, picture())
    assert (answer.status_code, answer.json()["code"]) == (400, "too_many_files")


def test_wrong_fields_are_named(door: Door, desk: Desk) -> None:
    order = desk.report()
    assert list(send(door.street_dispatcher, order, picture(), stage="later").json()["errors"]) == ["stage"]
    assert list(send(door.street_dispatcher, order, picture(), assignment=7).json()["errors"]) == ["assignment"]
    empty = door.street_dispatcher.post(url(order.number, "attachments"), {}, format="multipart")
    assert list(empty.json()["errors"]) == ["file"]
    assert door.street_dispatcher.post(url(order.number, "attachments"), {}, format="json").status_code == 415


def test_the_same_upload_twice_is_one_file(door: Door, desk: Desk, media: Path) -> None:
    order, data = desk.report(), picture()
    first, again = (send(door.street_dispatcher, order, data, headers={"Idempotency-Key": "photo"}) for _ in range(2))
    assert (first.json()["key"], again["Idempotent-Replayed"]) == (again.json()["key"], "true")
    assert len(kept(media)) == 2
    assert desk.events(order) == ["report", "attach"]


def test_a_transaction_that_fails_leaves_no_file(
    door: Door, desk: Desk, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the disk of the database is full")

    order = desk.report()
    monkeypatch.setattr(Work, "write", fail)
    door.street_dispatcher.raise_request_exception = False
    assert send(door.street_dispatcher, order, picture()).status_code == 500
    assert kept(media) == []
    assert not Attachment.objects.exists()


def test_orphans_are_swept(door: Door, desk: Desk, media: Path) -> None:
    assert sweep_orphans() == 0
    send(door.street_dispatcher, desk.report(), picture())
    mine = kept(media)
    orphan, fresh = media / "attachments/ab/abc.jpg", media / "attachments/ab/abd.jpg"
    orphan.parent.mkdir(exist_ok=True)
    long_ago = (dt.datetime.now(dt.UTC) - dt.timedelta(hours=7)).timestamp()
    for path in (orphan, fresh):
        path.write_bytes(b"x")
    for path in (orphan, *mine):
        os.utime(path, (long_ago, long_ago))

    assert sweep_orphans() == 1
    assert kept(media) == sorted([*mine, fresh])


def test_a_file_costs_few_statements(door: Door, desk: Desk) -> None:
    body = send(door.street_dispatcher, desk.report(), picture()).json()
    with CaptureQueriesContext(connection) as caught:
        b"".join(door.street_dispatcher.get(body["url"]))
    assert len(caught) <= 6
