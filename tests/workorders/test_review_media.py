"""Files that lie about themselves must not spoil the order that holds them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from tests.workorders.api import Door, url
from tests.workorders.conftest import Desk
from tests.workorders.test_api_attachments import box, picture, send
from workorders.errors import AttachmentRefused
from workorders.services.media import examined


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("0001:01:01 00:00:00", ""),
        ("9999:12:31 23:59:59", "-12:00"),
        ("1899:12:31 00:00:00", ""),
        ("2026:11:20 09:00:00", "+99:99"),
    ],
)
def test_a_camera_with_an_impossible_clock(desk: Desk, moment: str, zone: str) -> None:
    door, order = Door(desk.cast), desk.report()
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = moment
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.OffsetTimeOriginal: zone})

    made = send(door.street_dispatcher, order, picture(exif=exif), stage="report")
    assert (made.status_code, made.json().get("taken_at", "")) == (201, None), made.content
    assert door.street_dispatcher.get(url(order.number, "attachments")).status_code == 200


def test_a_film_of_nothing_but_boxes_is_read_quickly() -> None:
    data = box(b"ftyp", b"isom0000") + box(b"free", b"") * 1_500_000
    before = time.process_time()
    with pytest.raises(AttachmentRefused):
        examined(data)
    assert time.process_time() - before < 1
