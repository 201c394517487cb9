"""A mail that no order could be made of: what came with it waits, goes along when it is mended, and goes with it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User, UserKind
from citizens.models import IntakeMessage, IntakePlatform, Receipt, Upload
from citizens.rules.mails import Mail
from citizens.services.mails import take_mail
from citizens.services.quarantine import sweep_quarantine
from relay.models import Channel, OutgoingMessage
from relay.services.letters import letter
from tests.citizens.platforms import opened
from tests.workorders.conftest import Desk
from workorders.models import OrderText, WorkOrder

WRITER = "office@street.example"
PICTURE, SOUND = b"\xff\xd8\xff\xe0" + bytes(400), b"ID3" + bytes(300)


@pytest.fixture
def box(desk: Desk, tmp_path: Path, settings: Any) -> IntakePlatform:
    settings.MEDIA_ROOT = tmp_path
    Channel.objects.create(kind="mail", name="邮件", address="smtp://mail.example:25", active=True)
    return opened(
        desk, "governance_platform", mailbox="report@lianqin.example", mail_senders=["@street.example"]
    ).platform


def come(box: IntakePlatform, text: str = "", files: Sequence[bytes] = (PICTURE, SOUND)) -> Any:
    mail = Mail(
        key="mail-1", message_id="<1@street.example>", sender=WRITER, name="街道办", subject="", text=text,
        is_automatic=False, attachments=list(files),
    )  # fmt: skip
    return take_mail(platform=IntakePlatform.objects.select_related("account").get(pk=box.pk), mail=mail)


def allow(box: IntakePlatform, *, reporting: bool) -> None:
    """Whose account may not report has all that comes wait for a person."""
    User.objects.filter(pk=box.account_id).update(kind=UserKind.SOURCE if reporting else UserKind.STAFF)


def waiting(folder: Path) -> int:
    return sum(1 for each in (folder / "quarantine").glob("??/*"))


def clerk(desk: Desk) -> Client:
    found = Client()
    found.force_login(desk.cast.user("district_dispatcher"))
    return found


def test_what_came_with_a_dead_letter_goes_along_when_it_is_mended(
    desk: Desk, box: IntakePlatform, tmp_path: Path
) -> None:
    allow(box, reporting=False)
    assert (come(box).order, come(box).order, waiting(tmp_path)) == (None, None, 2)
    allow(box, reporting=True)
    message = IntakeMessage.objects.get()
    assert (message.state, OutgoingMessage.objects.count()) == ("dead", 0)
    for path in tmp_path.glob("quarantine/??/*"):
        os.utime(path, (0, 0))
    # Nobody comes for it in a hurry.
    assert (sweep_quarantine(), waiting(tmp_path)) == (0, 2)
    address, desk_client = f"/citizen-desk/letters/{message.pk}/", clerk(desk)
    assert "附件 2 个" in desk_client.get(address).content.decode()
    desk_client.post(address, {"act": "retry", "title": "路灯不亮"})
    order = WorkOrder.objects.get()
    assert OrderText.objects.get(order=order).title == "路灯不亮"
    uploads = Upload.objects.order_by("place")
    assert [(each.kind, each.size, each.receipt.order_id) for each in uploads] == [
        ("image", 404, order.pk),
        ("audio", 303, order.pk),
    ]
    # And who wrote it hears back as everybody does.
    to, text = letter(OutgoingMessage.objects.get())
    assert (to, order.number in text, Receipt.objects.get().order_id) == (WRITER, True, order.pk)
    assert come(box).order == order
    assert (waiting(tmp_path), Upload.objects.count(), OutgoingMessage.objects.count()) == (2, 2, 1)


def test_all_that_is_tried_again_takes_its_files_along(desk: Desk, box: IntakePlatform, tmp_path: Path) -> None:
    allow(box, reporting=False)
    come(box)
    later = come(box, text="两盏", files=[PICTURE])
    assert (later.order, waiting(tmp_path)) == (None, 3)
    allow(box, reporting=True)
    clerk(desk).post("/citizen-desk/letters/", {"platform": box.pk})
    # What was added meanwhile came along with its picture.
    assert [each.place for each in Upload.objects.order_by("place")] == [1, 2, 3]
    # And what is added to an order that is there lies with it as well.
    come(box, text="又有一盏", files=[PICTURE])
    assert [each.place for each in Upload.objects.order_by("place")] == [1, 2, 3, 4]
    assert (Receipt.objects.count(), OutgoingMessage.objects.count()) == (1, 1)


def test_what_is_discarded_goes_with_its_files(
    desk: Desk, box: IntakePlatform, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    allow(box, reporting=False)
    come(box)
    message = IntakeMessage.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        clerk(desk).post(f"/citizen-desk/letters/{message.pk}/", {"act": "discard", "reason": "测试件"})
    assert (IntakeMessage.objects.get().state, waiting(tmp_path)) == ("discarded", 0)
    # It comes again, as mails do: nothing of it stays.
    come(box)
    assert waiting(tmp_path) == 0
