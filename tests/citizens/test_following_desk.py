"""Calls and pictures: what staff does after the end of a citizen's report."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from citizens.models import Callback, Flag, PublishedPicture, Satisfaction
from citizens.services import publishing
from citizens.services.moderated import flag_order
from citizens.services.publishing import redacted
from tests.citizens.test_following import Report
from tests.workorders.conftest import Desk
from workorders.models import Attachment, Event, Timer
from workorders.services.attachments import attach
from workorders.services.erasure import erase_texts

Shift = Callable[[dt.timedelta], None]
CALLS = "/citizen-desk/callbacks/"


@pytest.fixture
def report(desk: Desk) -> Report:
    found = Report(desk, reporter_phone="13812341234")
    found.close()
    return found


@pytest.fixture
def staff(desk: Desk) -> Callable[[str], Client]:
    def client(name: str) -> Client:
        found = Client()
        found.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return found

    return client


Staff = Callable[[str], Client]


def call(client: Client, report: Report, do: str, **more: str) -> int:
    return client.post(CALLS, {"do": do, "number": report.order.number, **more}).status_code


def test_a_call_is_taken_by_one_and_released_by_time(report: Report, staff: Staff, shift: Shift) -> None:
    first, second = staff("street_dispatcher"), staff("street_dispatcher2")
    assert report.order.number in first.get(CALLS).content.decode()
    assert call(first, report, "reached", solved="5") == 409
    assert call(first, report, "claim") == 302
    assert call(second, report, "claim") == 409
    assert "别人正在回访" in second.get(CALLS).content.decode()
    shift(dt.timedelta(minutes=16))
    assert call(second, report, "claim") == 302


def test_a_call_that_reaches_keeps_three_answers_and_ends_the_clock(report: Report, staff: Staff) -> None:
    client = staff("street_dispatcher")
    call(client, report, "claim")
    assert call(client, report, "reached") == 400
    assert call(client, report, "reached", solved="1", attitude="5", words="还没亮") == 302
    kept = Satisfaction.objects.get()
    assert (kept.solved, kept.satisfied, kept.attitude, kept.way) == (1, None, 5, "call")
    assert kept.caller == report.desk.cast.user("street_dispatcher")
    assert Desk.events(report.order)[-1] == "callback"
    assert Timer.objects.get(order=report.order, stage="callback").state == "done"
    assert '"satisfied":false' in Event.objects.filter(order=report.order).latest("seq").body
    assert report.order.number not in client.get(CALLS).content.decode()


def test_nobody_answers_three_times(report: Report, staff: Staff, shift: Shift) -> None:
    client = staff("street_dispatcher")
    for tries in (1, 2, 3):
        assert call(client, report, "claim") == 302
        assert call(client, report, "missed") == 302
        assert Callback.objects.get().tries == tries
        assert report.order.number not in client.get(CALLS).content.decode()
        shift(dt.timedelta(hours=2, minutes=1))
    assert Callback.objects.get().outcome == "missed"
    assert '"reached":false' in Event.objects.filter(order=report.order, kind="callback").get().body
    assert Timer.objects.get(order=report.order, stage="callback").state == "done"


def test_who_left_no_number_is_not_called(desk: Desk, report: Report, staff: Staff) -> None:
    silent = Report(desk, title="没留电话")
    silent.close()
    client = staff("street_dispatcher")
    page = client.get(CALLS).content.decode()
    assert (report.order.number in page, silent.order.number in page, "13812341234" in page) == (True, False, False)
    assert "没有留下电话，不用回访" in client.get(f"/orders/{silent.order.number}/").content.decode()
    assert "这一件现在不用打电话" in client.get(CALLS, {"number": silent.order.number}).content.decode()


def test_the_page_of_an_order_leads_to_the_three_questions(desk: Desk, report: Report, staff: Staff) -> None:
    client = staff("street_dispatcher")
    page = client.get(f"/orders/{report.order.number}/").content.decode()
    there = f"{CALLS}?number={report.order.number}"
    assert (f'href="{there}"' in page, 'id="form-callback"' in page) == (True, False)
    other = Report(desk, title="另一盏", reporter_phone="13812341234")
    other.close()
    listed = client.get(there).content.decode()
    assert (report.order.number in listed, other.order.number in listed) == (True, False)
    assert client.post(CALLS, {"do": "claim", "number": report.order.number})["Location"] == there
    assert "问题解决了吗" in client.get(there).content.decode()
    assert call(client, report, "reached", solved="5") == 302
    assert there not in client.get(f"/orders/{report.order.number}/").content.decode()


def test_who_is_no_citizen_is_called_from_the_page_of_the_order(desk: Desk, staff: Staff) -> None:
    order = desk.closed(source="inspection")
    assert 'id="form-callback"' in staff("street_dispatcher").get(f"/orders/{order.number}/").content.decode()


def test_calls_are_for_who_checks_there(report: Report, staff: Staff) -> None:
    assert staff("outsider").get(CALLS).status_code == 403
    assert staff("handler").get(CALLS).status_code == 403
    other = staff("other_street_dispatcher")
    assert report.order.number not in other.get(CALLS).content.decode()
    assert call(other, report, "claim") == 403


def colourful() -> bytes:
    """Red and blue stripes of one pixel."""
    image = Image.new("RGB", (200, 100))
    image.putdata([(255, 0, 0) if x % 2 else (0, 0, 255) for _y in range(100) for x in range(200)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_what_is_blurred_cannot_be_made_out() -> None:
    with Image.open(io.BytesIO(redacted(colourful(), [[0, 0, 500, 1000]]))) as image:
        blue = [image.getpixel((x, 50))[2] for x in range(200)]  # type: ignore[index]
        light = list(image.convert("L").crop((0, 50, 200, 51)).tobytes())
    assert all(100 < each < 156 for each in blue[10:90])
    assert max(light[10:90]) - min(light[10:90]) < 12
    assert max(light[110:190]) - min(light[110:190]) > 20


@pytest.fixture
def with_picture(desk: Desk, settings: Any, tmp_path: Path) -> tuple[Report, Attachment]:
    settings.MEDIA_ROOT = str(tmp_path)
    report = Report(desk)
    upload = SimpleUploadedFile("a.png", colourful(), "image/png")
    kept = attach(order_id=report.order.pk, by=desk.cast.street_dispatcher, upload=upload, stage="before", written=[])
    report.close()
    return report, kept


def test_pictures_are_shown_when_staff_says_so(with_picture: tuple[Report, Attachment], staff: Staff) -> None:
    report, kept = with_picture
    client = staff("street_dispatcher")
    page = report.page()
    assert ("<h2>处理前后</h2>" in page, "处理前后的照片经遮挡后会在这里公开" in page) == (False, True)
    assert report.order.number in client.get("/citizen-desk/pictures/").content.decode()
    address = f"/citizen-desk/pictures/{report.order.number}/"
    assert client.get(address).status_code == 200
    box = {"left": ["100"], "top": ["0"], "width": ["950"], "height": ["500"]}
    told = {"do": "publish", "attachment": kept.pk}
    assert client.post(address, {**told, **box}).status_code == 400
    assert staff("handler").post(address, told).status_code == 403
    assert client.post(address, {**told, **box, "width": ["500"]}).status_code == 302
    shown = PublishedPicture.objects.get()
    assert shown.rectangles == [[100, 0, 500, 500]]
    assert shown.path != kept.path
    picture = report.client.get(f"{report.address}shown/{shown.key}/")
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    page = report.page()
    assert ("<h2>处理前后</h2>" in page, "经遮挡后会在这里公开" in page) == (True, False)
    assert report.client.get(f"{report.address}shown/{kept.key}/").status_code == 404
    assert client.post(address, told).status_code == 409
    assert client.post(address, {"do": "withdraw", "decision": shown.pk}).status_code == 302
    assert report.client.get(f"{report.address}shown/{shown.key}/").status_code == 404


def test_pictures_kept_back_are_not_asked_for_again(with_picture: tuple[Report, Attachment], staff: Staff) -> None:
    report, kept = with_picture
    client = staff("street_dispatcher")
    client.post(f"/citizen-desk/pictures/{report.order.number}/", {"do": "keep", "attachment": kept.pk})
    assert PublishedPicture.objects.get().path == ""
    assert report.order.number not in client.get("/citizen-desk/pictures/").content.decode()
    assert "处理前后" not in report.page()


def test_nobody_is_asked_for_ever_about_old_pictures(
    with_picture: tuple[Report, Attachment], staff: Staff, shift: Shift
) -> None:
    report, _kept = with_picture
    number, client = report.order.number, staff("street_dispatcher")
    shift(dt.timedelta(days=80))
    assert number in client.get("/citizen-desk/pictures/").content.decode()
    shift(dt.timedelta(days=45))
    assert number not in client.get("/citizen-desk/pictures/").content.decode()
    assert client.get(f"/citizen-desk/pictures/{number}/").status_code == 200


def test_what_is_erased_is_shown_no_more(with_picture: tuple[Report, Attachment], staff: Staff) -> None:
    report, kept = with_picture
    address = f"/citizen-desk/pictures/{report.order.number}/"
    staff("street_dispatcher").post(address, {"do": "publish", "attachment": kept.pk})
    report.post(do="answer", solved="1", words="又坏了")
    erase_texts(number=report.order.number, reason="依法删除")
    assert (PublishedPicture.objects.get().path, Satisfaction.objects.get().words) == ("", "")
    page = report.page()
    assert "又坏了" not in page
    assert "处理前后" not in page


def test_what_is_taken_away_while_it_is_blurred_is_not_shown(
    with_picture: tuple[Report, Attachment], staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, kept = with_picture
    number, address = report.order.number, f"/citizen-desk/pictures/{report.order.number}/"
    meanwhile: list[Callable[[], object]] = [
        lambda: flag_order(number=number, pictures=True, note="拍到证件", by=report.desk.cast.supervisor),
        lambda: erase_texts(number=number, reason="依法删除"),
    ]

    def slowly(data: bytes, rectangles: Any) -> bytes:
        meanwhile.pop(0)()
        return redacted(data, rectangles)

    monkeypatch.setattr(publishing, "redacted", slowly)
    told = {"do": "publish", "attachment": kept.pk}
    assert staff("street_dispatcher").post(address, told).status_code == 409
    Flag.objects.all().delete()
    assert staff("street_dispatcher").post(address, told).status_code == 404
    assert not PublishedPicture.objects.exists()
    assert not list(Path(settings.MEDIA_ROOT).glob("published/*/*"))


def test_who_hides_a_picture_waits_for_who_is_showing_it(with_picture: tuple[Report, Attachment]) -> None:
    report, kept = with_picture
    with CaptureQueriesContext(connection) as asked:
        flag_order(number=report.order.number, pictures=True, note="拍到证件", by=report.desk.cast.supervisor)
    locks = [each["sql"] for each in asked if each["sql"].rstrip().endswith("FOR UPDATE")]
    assert any('"workorders_attachment"' in each and str(kept.pk) in each for each in locks)
