"""Observers remark in a minute and hear what comes of it."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import TestCase
from PIL import Image

from catalogue.calendars import current
from citizens.models import Receipt, Remark, Standing, Upload
from citizens.rules.codes import spelled
from citizens.selectors.observers import share
from citizens.services.examining import examine_waiting
from citizens.services.receipts import open_receipt
from citizens.services.standing import end_terms
from grids.models import Community
from relay.models import OutboxMessage
from tests.cast import centre_of
from tests.citizens.community import is_a, plain, window
from tests.workorders.conftest import HERE, Desk
from workorders.models import Attachment, WorkOrder
from workorders.services.erasure import erase_texts

Shift = Callable[[dt.timedelta], None]
PAGE, DESK = "/citizen/remarks/", "/citizen-desk/remarks/"


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def jpeg() -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(data, "JPEG")
    return SimpleUploadedFile("a.jpg", data.getvalue(), "image/jpeg")


def told(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()), "community": desk.ground.community.pk, "words": "健身角的灯坏了两盏", "place": "东门",
        "lon": HERE[0], "lat": HERE[1], **more,
    }  # fmt: skip


def test_a_remark_is_made_once_and_answered(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    author, officer = window(desk, "citizen"), window(desk, "community_officer")
    form = told(desk)
    assert author.post(PAGE, {**form, "picture": jpeg()}).status_code == 302
    assert author.post(PAGE, form).status_code == 302
    row = Remark.objects.get()
    assert row.due_at == current().add(row.created_at, 3 * current().day_seconds)
    assert "健身角的灯坏了两盏" in plain(officer.get(DESK))
    assert "健身角" not in plain(window(desk, "other_officer").get(DESK))
    picture = f"{PAGE}{row.pk}/picture/"
    assert "no-store" in author.get(picture)["Cache-Control"]
    seen = {name: window(desk, name).get(picture).status_code for name in ("citizen", "community_officer", "citizen2")}
    assert seen == {"citizen": 200, "community_officer": 200, "citizen2": 404}
    answer = {"do": "accept", "remark": row.pk, "answer": "本周修好"}
    assert window(desk, "other_officer").post(DESK, answer).status_code == 404
    assert officer.post(DESK, {**answer, "answer": " "}).status_code == 400
    assert officer.post(DESK, answer).status_code == 302
    assert officer.post(DESK, answer).status_code == 409
    assert "本周修好" in plain(author.get(PAGE))
    news = OutboxMessage.objects.get(topic="citizens.community").payload
    assert news == {"kind": "remark_accepted", "remark": row.pk, "user": desk.cast.user("citizen").pk}


def test_a_remark_becomes_an_order_once(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    author, officer = window(desk, "citizen"), window(desk, "community_officer")
    author.post(PAGE, {**told(desk), "picture": jpeg()})
    row = Remark.objects.get()
    deed = {"do": "order", "remark": row.pk, "answer": "已派单"}
    assert (officer.post(DESK, deed).status_code, officer.post(DESK, deed).status_code) == (302, 409)
    order = WorkOrder.objects.get()
    assert (order.source, order.reporter_id, order.community_id) == ("citizen", row.author_id, row.community_id)
    assert (Receipt.objects.get().client_key, Upload.objects.get().kind) == (row.client_key, "image")
    page = author.get(PAGE).content.decode()
    assert "看办到哪一步" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.filter(pk=row.pk).update(order=None)


def test_what_is_erased_by_law_is_erased_of_the_remark_and_of_its_waiting_picture(desk: Desk, tmp_path: Path) -> None:
    is_a(desk, "citizen", "observer")
    window(desk, "citizen").post(PAGE, {**told(desk), "picture": jpeg()})
    row = Remark.objects.get()
    deed = {"do": "order", "remark": row.pk, "answer": "已与王某说好"}
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert window(desk, "community_officer").post(DESK, deed).status_code == 302
    assert sum(path.is_file() for path in tmp_path.rglob("*")) == 2
    with TestCase.captureOnCommitCallbacks(execute=True):
        erase_texts(number=WorkOrder.objects.get().number, reason="依法删除")
    row.refresh_from_db()
    gone = "（内容已依法删除）"
    assert (row.words, row.place, row.answer, row.picture) == (gone, gone, gone, "")
    assert Upload.objects.get().state == "refused"
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
    examine_waiting()
    assert not Attachment.objects.exists()
    assert "健身角" not in plain(window(desk, "citizen").get(PAGE))


def test_a_key_that_another_report_has_keeps_nobody_from_ordering(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    author, officer = window(desk, "citizen"), window(desk, "community_officer")
    form = told(desk)
    author.post(PAGE, form)
    other = desk.report(desk.cast.citizen)
    _receipt, code = open_receipt(order_id=other.pk, client_key=uuid.UUID(form["key"]))
    row = Remark.objects.get()
    assert officer.post(DESK, {"do": "order", "remark": row.pk, "answer": "已派单"}).status_code == 302
    row.refresh_from_db()
    assert Receipt.objects.get(order=row.order).user_id == row.author_id
    page = author.get(PAGE).content.decode()
    assert ("看办到哪一步" in page, spelled(code) in page) == (True, False)


def test_who_is_no_observer_remarks_nothing(desk: Desk, shift: Shift) -> None:
    is_a(desk, "citizen", "observer")
    stranger = window(desk, "citizen2")
    assert stranger.post(PAGE, told(desk)).status_code == 403
    assert window(desk, "citizen").post(PAGE, told(desk, community=desk.ground.community2.pk)).status_code == 403
    shift(dt.timedelta(days=302))
    assert window(desk, "citizen").post(PAGE, told(desk)).status_code == 403
    assert "您还不是观察员" in plain(window(desk, "citizen").get(PAGE))
    assert (end_terms(), Standing.objects.get().state) == (1, "ended")
    assert not Remark.objects.exists()


@pytest.mark.parametrize("wrong", [{"words": ""}, {"words": "x" * 301}, {"place": "", "lon": ""}, {"key": "1"}])
def test_what_is_wrong_is_said_and_kept_on_screen(desk: Desk, wrong: dict[str, str]) -> None:
    is_a(desk, "citizen", "observer")
    form = told(desk, **wrong)
    answer = window(desk, "citizen").post(PAGE, form)
    assert (answer.status_code, Remark.objects.exists()) == (400, False)
    assert form["place"] in answer.content.decode()


def test_what_is_no_picture_is_refused(desk: Desk, tmp_path: Any) -> None:
    is_a(desk, "citizen", "observer")
    client = window(desk, "citizen")
    for file in (
        SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>"),
        SimpleUploadedFile("b.jpg", b"\xff\xd8\xff" + b"x" * 50),
    ):
        assert client.post(PAGE, {**told(desk), "picture": file}).status_code == 400
    assert not Remark.objects.exists()
    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []


def test_another_site_makes_no_remark(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    answer = window(desk, "citizen").post(PAGE, told(desk), headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, Remark.objects.exists()) == (403, False)


def test_few_answers_make_no_share() -> None:
    assert (share(4, 4), share(5, 6), share(1, 8)) == (None, "83.33", "12.50")


def test_a_point_is_named_and_one_elsewhere_is_warned_of(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    author, officer = window(desk, "citizen"), window(desk, "community_officer")
    there = {"community": desk.ground.community.pk, "lon": HERE[0], "lat": HERE[1]}
    assert author.post(f"{PAGE}place/", there).json() == {"place": "东街街道 · 南里社区", "warning": ""}
    away = {"lon": centre_of(0, 1)[0], "lat": centre_of(0, 1)[1]}
    said = author.post(f"{PAGE}place/", {**there, **away}).json()
    warned = "这里不在南里社区。确实要说这里的事，也可以发给社区。"
    assert said == {"place": "东街街道 · 北里社区", "warning": warned}
    nowhere = author.post(f"{PAGE}place/", {**there, "lon": 100, "lat": 20}).json()
    assert nowhere == {"place": "", "warning": warned}
    assert author.post(f"{PAGE}place/", {**there, "lon": "x"}).json() == {"place": "", "warning": ""}
    author.post(PAGE, told(desk, place="", **away))
    assert "东街街道 · 北里社区" in plain(author.get(PAGE))
    Community.objects.filter(pk=desk.ground.community.pk).update(label_lon=HERE[0], label_lat=HERE[1])
    page = officer.get(DESK)
    assert "东街街道 · 北里社区 · 第1网格" in plain(page)
    assert re.search(r"不在南里社区，离它的中心约 [\d.]+ (公里|米)", plain(page))
    assert f'data-lon="{away["lon"]:.6f}"' in page.content.decode()
    Remark.objects.update(place="小亭子", lon=None, lat=None)
    page = officer.get(DESK)
    assert ("南里社区 · 小亭子 ·" in plain(page), "data-lon" in page.content.decode()) == (True, False)


def test_all_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    is_a(desk, "citizen", "observer")
    svg = SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>")
    page = plain(window(desk, "citizen").post(PAGE, {**told(desk, place="", lon=""), "picture": svg}))
    assert ("请写在哪里" in page, "只接受照片（JPEG、PNG、WebP）" in page) == (True, True)
    assert ("视频" in page, "录音" in page) == (False, False)
    broken = SimpleUploadedFile("b.jpg", b"\xff\xd8\xff" + b"x" * 50)
    page = plain(window(desk, "citizen").post(PAGE, {**told(desk, words=""), "picture": broken}))
    assert ("请用一两句话" in page, "图片已损坏，无法读取" in page) == (True, True)
    film = SimpleUploadedFile("c.jpg", b"\x00\x00\x00\x18ftypisom" + b"x" * 50)
    page = plain(window(desk, "citizen").post(PAGE, {**told(desk), "picture": film}))
    assert "只接受照片（JPEG、PNG、WebP）" in page
