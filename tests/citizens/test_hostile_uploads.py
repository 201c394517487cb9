"""What is meant to hurt is refused in plain words; nothing of it is stored, nothing of it runs."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from pathlib import Path
from typing import Any, cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from citizens.models import Receipt, Upload
from citizens.rules.reporting import MEGABYTE
from citizens.services import examining
from lianqin.kernel import clock
from tests.citizens.programs import make_public
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment, WorkOrder

REPORT = "/citizen/report/"
SCRIPT = b"<script>alert(document.domain)</script>"


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def send(client: Client, *files: bytes, **more: Any) -> Any:
    named = [SimpleUploadedFile("照片.jpg", data, "image/jpeg") for data in files]
    told = {"words": "路灯不亮", "lon": HERE[0], "lat": HERE[1], "client_key": str(uuid.uuid4())}
    return client.post(REPORT, {**told, "files": named, **more})


def picture(kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "#3a7").save(out, kind, **more)
    return out.getvalue()


def files_of(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html>" + SCRIPT,
        b"GIF89a/*" + SCRIPT,
        b"%PDF-1.7\n" + SCRIPT,
        b"PK\x03\x04" + b"\x00" * 64,
        b"MZ" + b"\x00" * 64,
        b"\x7fELF" + b"\x00" * 64,
        b"\x00\x00\x00\x18ftypheic" + b"\x00" * 64,
    ],
)
def test_wrong_types_are_refused_and_nothing_typed_is_lost(client: Client, desk: Desk, disk: Path, data: bytes) -> None:
    answer = send(client, data)
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "只接受照片（JPEG、PNG、WebP）" in page
    assert "路灯不亮</textarea>" in page
    assert (WorkOrder.objects.count(), Receipt.objects.count(), files_of(disk)) == (0, 0, [])


def test_a_good_file_beside_a_bad_one_is_not_kept_either(client: Client, desk: Desk, disk: Path) -> None:
    assert send(client, picture(), SCRIPT).status_code == 400
    assert files_of(disk) == []


def test_too_large_and_too_many_are_said_so(client: Client, desk: Desk, disk: Path) -> None:
    large = send(client, picture() + b"\x00" * (10 * MEGABYTE))
    assert (large.status_code, "照片不能超过 10 MB" in large.content.decode()) == (413, True)
    many = send(client, *[picture()] * 7)
    assert (many.status_code, "一次最多 6 个文件" in many.content.decode()) == (400, True)
    assert files_of(disk) == []


def test_half_a_gigabyte_is_refused_before_it_is_read(client: Client, desk: Desk) -> None:
    class Body(io.BytesIO):
        def read(self, *size: Any) -> bytes:
            raise AssertionError("not a byte of it is wanted")

    answer = client.generic(
        "POST", REPORT, b"", CONTENT_LENGTH=str(500 * MEGABYTE), **cast("Any", {"wsgi.input": Body()})
    )
    assert answer.status_code == 413
    assert "加起来不能超过 60 MB" in answer.content.decode()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_is_a_page_as_well_is_made_a_picture(client: Client, desk: Desk, disk: Path, kind: str) -> None:
    assert send(client, picture(kind) + SCRIPT).status_code == 302
    examining.examine_waiting()
    assert Attachment.objects.count() == 1
    assert all(b"script" not in path.read_bytes() for path in files_of(disk))


def test_exif_with_scripts_is_gone(client: Client, desk: Desk, disk: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = exif[0x8298] = SCRIPT.decode()
    send(client, picture(exif=exif, comment=SCRIPT))
    examining.examine_waiting()
    assert Attachment.objects.count() == 1
    assert all(b"script" not in path.read_bytes() for path in files_of(disk))


def test_bombs_are_refused_by_the_worker(client: Client, desk: Desk, disk: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    answer = send(client, out.getvalue())
    assert answer.status_code == 302
    examining.examine_waiting()
    assert (Upload.objects.get().code, files_of(disk)) == ("too_many_pixels", [])
    assert "像素过多" in client.get(answer["Location"]).content.decode()


def test_another_site_cannot_report_in_somebodys_name(client: Client, desk: Desk) -> None:
    told = {"words": "路灯不亮", "address": "人民路", "client_key": str(uuid.uuid4())}
    assert client.post(REPORT, told, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(REPORT, told, headers={"origin": "https://example.com"}).status_code == 403
    assert WorkOrder.objects.count() == 0


def test_a_repeat_leads_to_the_same_receipt(client: Client, desk: Desk) -> None:
    key = str(uuid.uuid4())
    first, again = send(client, picture(), client_key=key), send(client, picture(), client_key=key)
    assert first["Location"] == again["Location"]
    assert (WorkOrder.objects.count(), "sessionid" in client.cookies) == (1, False)
    page = client.get(first["Location"]).content.decode()
    assert "1 个文件正在检查" in page
    assert WorkOrder.objects.get().number in page


def test_near_by_tells_matter_distance_and_age_and_no_words(client: Client, desk: Desk) -> None:
    make_public("T01")
    send(client, words="张三家门口路灯不亮", category="T01")
    WorkOrder.objects.update(reported_at=clock.now() - dt.timedelta(minutes=12, seconds=5))
    told = {"lon": HERE[0], "lat": HERE[1], "category": "T01", "words": ""}
    answer = client.post("/citizen/report/near/", told).json()
    (row,) = answer["near"]
    assert sorted(row) == ["category", "offer", "picture", "told"]
    assert row["told"] == "南里社区 · 约 10 米 · 12 分钟前 · 已收到"
    assert answer["place"] == "东街街道 · 南里社区"
    joined = client.post("/citizen/report/join/", {"offer": row["offer"], "client_key": str(uuid.uuid4())})
    assert joined.status_code == 302
    assert "已加入，谢谢您" in client.get(joined["Location"]).content.decode()


def test_near_by_tells_nothing_of_matters_that_are_not_public(client: Client, desk: Desk) -> None:
    """Whoever asks point by point would else learn where a family quarrels."""
    make_public("T02")
    send(client, words="楼上夫妻天天打架", category="T01")
    for category, words in (("T01", ""), ("", "楼上夫妻天天打架")):
        told = {"lon": HERE[0], "lat": HERE[1], "category": category, "words": words}
        assert client.post("/citizen/report/near/", told).json()["near"] == []
