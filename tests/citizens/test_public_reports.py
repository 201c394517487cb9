"""A report with pictures: once, in quarantine, made anew by a worker, refused with a reason."""

from __future__ import annotations

import datetime as dt
import io
import os
import uuid
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from citizens import services
from citizens.models import Receipt, Upload, UploadState
from citizens.rules.reporting import divided, kind_of
from citizens.services import examining, quarantine
from citizens.services.quarantine import Incoming
from grids.selectors.people import passer_by
from lianqin.kernel.errors import Invalid, NotVisible
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment, Event, WorkOrder
from workorders.services.media import Media

KEY = uuid.UUID("7a6e3c1e-0000-4000-8000-000000000002")
TOLD = {"words": "路灯不亮。已经三天了，晚上看不清路。", "lon": HERE[0], "lat": HERE[1], "category": "T01"}


@pytest.fixture(autouse=True)
def _own_disk(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#8a6").save(out, kind, **more)
    return out.getvalue()


def waiting(data: bytes, kind: str = "image") -> Incoming:
    name = uuid.uuid4().hex
    path = quarantine.place_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return Incoming(name, kind, len(data))


def told(*files: Incoming, key: uuid.UUID = KEY, **more: Any) -> tuple[Receipt, str]:
    return services.report_publicly(by=passer_by(), client_key=key, told={**TOLD, **more}, uploads=files)


def in_quarantine() -> int:
    return sum(path.is_file() for path in (quarantine.place_of("00").parent.parent).glob("*/*"))


def test_the_first_sentence_is_the_title() -> None:
    assert divided("路灯不亮。已经三天了！") == ("路灯不亮", "已经三天了！")
    assert divided(" 门口堆了建筑垃圾 ") == ("门口堆了建筑垃圾", "")
    long = "坑" * 100
    assert divided(long) == ("坑" * 79 + "…", long)


def test_the_first_bytes_tell_the_kind() -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 12
    assert [kind_of(film, ""), kind_of(b"<svg", ""), kind_of(b"\xff\xd8\xff", "image/jpeg")] == ["video", "", "image"]
    assert [kind_of(b"\x00\x00\x00\x18ftypM4A ", ""), kind_of(b"\x00\x00\x00\x18ftypheic", "")] == ["audio", ""]


def test_a_repeat_is_given_the_first_receipt_and_leaves_no_file(desk: Desk) -> None:
    first = told(waiting(picture()))
    again = told(waiting(picture()), waiting(picture()))
    assert again == first
    assert (WorkOrder.objects.count(), Upload.objects.count(), in_quarantine()) == (1, 1, 1)
    order = first[0].order
    assert (order.source, order.reporter_id, order.text.title) == ("citizen", None, "路灯不亮")
    assert order.text.description == "已经三天了，晚上看不清路。"


def test_what_is_missing_is_said_by_field_and_nothing_is_kept(desk: Desk) -> None:
    with pytest.raises(Invalid) as raised:
        told(waiting(picture()), words=" ", lon="", lat="")
    assert sorted(raised.value.fields) == ["address", "words"]
    assert (WorkOrder.objects.count(), Receipt.objects.count(), in_quarantine()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("where", "title"),
    [({}, "语音反映：东街街道 · 南里社区"), ({"address": "人民路 5 号"}, "语音反映：人民路 5 号")],
)
def test_a_recording_needs_no_words_and_says_where_it_was_made(desk: Desk, where: dict[str, Any], title: str) -> None:
    order = told(waiting(b"RIFF", "audio"), words=" ", **where)[0].order
    assert (order.text.title, order.text.description) == (title, "")
    with pytest.raises(Invalid) as raised:
        told(waiting(picture()), words=" ", key=uuid.uuid4())
    assert list(raised.value.fields) == ["words"], "a picture alone does not tell"


def test_a_worker_makes_pictures_anew_and_keeps_them_once(desk: Desk) -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script>"
    receipt, _code = told(waiting(picture(exif=exif)))
    assert not Attachment.objects.exists(), "nobody is shown what no worker has made"
    assert examining.examine_waiting() == 1
    assert examining.examine_waiting() == 0
    upload = Upload.objects.get()
    attachment = Attachment.objects.get()
    assert (upload.state, upload.attachment) == (UploadState.ATTACHED, attachment)
    assert attachment.order_id == receipt.order_id
    assert (attachment.stage, attachment.mime, attachment.width) == ("report", "image/jpeg", 640)
    kept = (Path(quarantine.place_of("x").parents[2]) / attachment.path).read_bytes()
    assert b"script" not in kept
    assert in_quarantine() == 0
    assert Event.objects.filter(order=receipt.order, kind="attach").count() == 1


def test_what_cannot_be_read_is_refused_with_a_reason(desk: Desk) -> None:
    whole = picture()
    told(waiting(whole[: len(whole) // 2]), waiting(b"\xff\xd8\xff" + b"x" * 100))
    examining.examine_waiting()
    assert [each.state for each in Upload.objects.all()] == ["refused", "refused"]
    assert {each.code for each in Upload.objects.all()} == {"picture_broken"}
    assert examining.reason_of(Upload.objects.all()[0]) == "文件已损坏，无法读取"
    assert (Attachment.objects.count(), in_quarantine()) == (0, 0)


def test_a_picture_that_unfolds_without_end_harms_nobody(desk: Desk) -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    told(waiting(out.getvalue()))
    examining.examine_waiting()
    assert Upload.objects.get().code == "too_many_pixels"


def test_a_file_that_takes_its_worker_with_it_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("citizens.services.sandbox.examined", lambda data: os._exit(9))
    told(waiting(picture()))
    examining.examine_waiting()
    assert Upload.objects.get().code == "unreadable"


def test_what_a_dead_worker_held_is_taken_over(desk: Desk, shift: Any) -> None:
    told(waiting(picture()))
    held = examining._taken()
    assert held is not None
    assert examining.examine_waiting() == 0, "somebody has it at hand"
    shift(dt.timedelta(minutes=3))
    assert examining.examine_waiting() == 1
    examining._keep(held, Media("image/jpeg", picture()))
    assert Attachment.objects.count() == 1, "who comes back late changes nothing"


def test_who_joins_follows_and_says_nothing_of_themselves(desk: Desk) -> None:
    receipt, _code = told()
    offer = services.reporting.offer_of(receipt.order_id)
    key = uuid.uuid4()
    joined, code = services.join_report(by=passer_by(), client_key=key, offer=offer)
    assert services.join_report(by=passer_by(), client_key=key, offer=offer) == (joined, code)
    assert (joined.order_id, joined.joined, joined.user_id) == (receipt.order_id, True, None)
    events = Event.objects.filter(order=receipt.order, kind="comment")
    assert [(each.actor_kind, each.user_id) for each in events] == [("system", None)]
    with pytest.raises(NotVisible):
        services.join_report(by=passer_by(), client_key=uuid.uuid4(), offer=str(receipt.order_id))


def test_who_signed_in_joins_once(desk: Desk) -> None:
    receipt, _code = told()
    offer = services.reporting.offer_of(receipt.order_id)
    first, again = (services.join_report(by=desk.cast.citizen, client_key=uuid.uuid4(), offer=offer) for _ in range(2))
    assert first == again
    assert Event.objects.filter(order=receipt.order, kind="comment").count() == 1, "one resident is one"


def test_files_without_a_report_are_swept(desk: Desk) -> None:
    kept, lost = waiting(picture()), waiting(picture())
    told(kept)
    for each in (kept, lost):
        os.utime(quarantine.place_of(each.path), (0, 0))
    assert quarantine.sweep_quarantine() == 1
    assert in_quarantine() == 1
