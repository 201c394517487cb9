"""A legal deletion takes the words and the files, and breaks no proof."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import AuditEntry, IdempotencyRecord
from tests.cast import Cast
from tests.workorders.api import REPORT, ROOT, Door, url
from tests.workorders.conftest import Desk
from tests.workorders.test_api_attachments import picture, send
from tests.workorders.test_loop import proven
from workorders.models import Assignment, Attachment, EventText, OrderText, ReporterContact, Request, WorkOrder

SECRET = "住在三单元的刘德华"


@pytest.fixture
def door(cast: Cast) -> Door:
    return Door(cast)


def test_words_and_files_go_and_the_chain_stands(
    door: Door,
    desk: Desk,
    settings: Any,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    told = REPORT | {"title": SECRET, "description": SECRET, "reporter_name": "刘德华", "reporter_phone": "13812341234"}
    number = door.street_dispatcher.post(ROOT, told, headers={"Idempotency-Key": "k"}).json()["number"]
    order = WorkOrder.objects.get(number=number)
    desk.do(order, "void", desk.cast.street_dispatcher, reason=SECRET)
    desk.do(order, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code, instruction=SECRET)
    desk.do(order, "acknowledge", desk.cast.handler)
    file = send(door.handler, order, picture(), name="刘德华.jpg", stage="after").json()
    desk.do(order, "submit_result", desk.cast.handler, result=SECRET)
    version = WorkOrder.objects.get(pk=order.pk).version

    out = io.StringIO()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_texts", number, reason="个人信息删除申请 2026-1", by="sysadmin", stdout=out)

    assert "erased, event 8" in out.getvalue()
    text = OrderText.objects.get(pk=order.pk)
    assert (text.title, text.description, text.search) == ("（内容已依法删除）", "", None)
    assert not ReporterContact.objects.exists()
    assert text.erased_at is not None
    assert {(part.instruction, part.result) for part in Assignment.objects.all()} == {("", "")}
    assert {(asked.reason, asked.answer) for asked in Request.objects.all()} == {("", "")}
    assert [(each.field, each.text) for each in EventText.objects.all()] == [("reason", "个人信息删除申请 2026-1")]
    assert not IdempotencyRecord.objects.exists()
    attachment = Attachment.objects.get()
    assert (attachment.path, attachment.thumbnail_path, attachment.file_name) == ("", "", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert door.street_dispatcher.get(file["url"]).status_code == 404

    order.refresh_from_db()
    assert desk.events(order)[-1] == "erased"
    assert (order.status, order.version) == ("submitted", version)
    assert proven(order)
    shown = door.street_dispatcher.get(url(number)).content + door.street_dispatcher.get(url(number, "events")).content
    assert "刘" not in shown.decode()
    listed = door.street_dispatcher.get(url(number, "attachments")).json()
    assert (listed[0]["url"], listed[0]["thumbnail_url"], listed[0]["file_name"]) == (None, None, "")
    assert door.commander.get(f"{ROOT}?q=刘德华").json()["results"] == []
    entry = AuditEntry.objects.get(action="texts_erased")
    assert (entry.object_label, entry.actor and entry.actor.username) == (number, "sysadmin")


def test_only_a_system_administrator_answers_for_it_and_says_why(desk: Desk) -> None:
    order = desk.report()
    for arguments in ({"reason": " "}, {"reason": "依据", "by": "commander"}):
        with pytest.raises(CommandError):
            call_command("erase_texts", order.number, **arguments)
    with pytest.raises(CommandError):
        call_command("erase_texts", "PK20200101-000001", reason="依据")
    assert desk.events(order) == ["report"]
    assert not AuditEntry.objects.filter(action="texts_erased").exists()
