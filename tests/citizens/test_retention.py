"""What was kept long enough goes, what was not stays, and a line says so."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from citizens import services
from citizens.models import Consent, PrivacyNotice, Receipt, RetentionRun
from citizens.services import retention
from citizens.services.contacts import citizen_of
from lianqin.kernel import clock
from relay.models import Channel, OutgoingMessage
from tests.workorders.conftest import Desk
from workorders.models import Attachment, ReporterContact, WorkOrder

PERSONAL: dict[str, Any] = {"reporter_name": "刘德华", "reporter_phone": "13812341234"}


def ended(desk: Desk, days: int) -> WorkOrder:
    order = desk.report(**PERSONAL)
    WorkOrder.objects.filter(pk=order.pk).update(status="voided", ended_at=clock.now() - dt.timedelta(days=days))
    return order


def test_contacts_go_180_days_after_the_end(desk: Desk) -> None:
    old, young, open_one = ended(desk, 181), ended(desk, 179), desk.report(**PERSONAL)
    assert retention.keep_retention()["contacts"] == 1
    left = set(ReporterContact.objects.values_list("pk", flat=True))
    assert left == {young.pk, open_one.pk}
    page = Client()
    page.force_login(desk.cast.user("street_dispatcher"))
    assert "138****1234" not in page.get(f"/orders/{old.number}/").content.decode()
    line = AuditEntry.objects.get(action="retention")
    assert (line.object_label, line.detail) == ("contacts", {"count": 1, "days": 180})


def test_a_night_is_run_once_and_finished_when_it_was_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _each in range(3):
        ended(desk, 200)
    monkeypatch.setattr(retention, "BATCH", 1)
    steps = retention.PERIODS[0].step
    calls: list[int] = []

    def cut_off(before: dt.datetime) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the worker is gone")
        return steps(before)

    broken = retention.Period("contacts", "", "LIANQIN_CONTACT_KEPT_DAYS", cut_off)
    monkeypatch.setattr(retention, "PERIODS", (broken,))
    with pytest.raises(RuntimeError):
        retention.keep_retention()
    run = RetentionRun.objects.get()
    assert (run.count, run.ended_at, ReporterContact.objects.count()) == (1, None, 2)
    assert retention.keep_retention() == {"contacts": 2}
    assert retention.keep_retention() == {}
    assert not ReporterContact.objects.exists()


def test_receipts_lose_their_user_and_messages_their_row(desk: Desk) -> None:
    user = citizen_of("13900001111")
    order = ended(desk, 3 * 365 + 1)
    services.open_receipt(order_id=order.pk, client_key=uuid.uuid4(), user_id=user.pk)
    channel = Channel.objects.create(kind="sms", name="短信", address="https://sms.example.com/")
    for key, days, state, template in (
        ("old", 8, "sent", "citizen_code"), ("new", 6, "sent", "citizen_code"), ("waits", 8, "queued", "citizen_code"),
        ("news", 8, "suppressed", "news_closed"), ("notice", 8, "sent", "dispatched"),
        ("community", 8, "sent", "citizen_community"),
    ):  # fmt: skip
        row = OutgoingMessage.objects.create(
            channel=channel, key=key, template=template, subject="s", text="t", state=state
        )
        OutgoingMessage.objects.filter(pk=row.pk).update(created_at=clock.now() - dt.timedelta(days=days))
    found = retention.keep_retention()
    assert (found["receipts"], found["letters"]) == (1, 3)
    assert Receipt.objects.get().user_id is None
    assert set(OutgoingMessage.objects.values_list("key", flat=True)) == {"new", "waits", "notice"}


def recording(order: WorkOrder, mime: str, folder: Path) -> Attachment:
    """What came with a report, with its file."""
    name = f"{uuid.uuid4().hex}.bin"
    (folder / name).write_bytes(b"spoken")
    return Attachment.objects.create(
        order=order, stage="report", mime=mime, path=name, thumbnail_path="", file_name="我家门口.m4a", size=6,
        sha256=uuid.uuid4().hex * 2, created_at=clock.now(),
    )  # fmt: skip


def test_voices_and_videos_go_180_days_after_the_end(
    desk: Desk, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    old, young = ended(desk, 181), ended(desk, 179)
    voice, video = recording(old, "audio/mp4", tmp_path), recording(old, "video/mp4", tmp_path)
    kept = [recording(old, "image/jpeg", tmp_path), recording(young, "audio/mp4", tmp_path)]
    with django_capture_on_commit_callbacks(execute=True):
        assert retention.keep_retention()["recordings"] == 2
    for gone in (voice, video):
        row = Attachment.objects.get(pk=gone.pk)
        assert (row.path, row.file_name, row.erased_at is None) == ("", "", False)
        assert not (tmp_path / gone.path).exists()
    for each in kept:
        row = Attachment.objects.get(pk=each.pk)
        assert (row.erased_at, (tmp_path / row.path).read_bytes()) == (None, b"spoken")
    assert retention.keep_retention(force=True)["recordings"] == 0


def test_proofs_of_consent_go_three_years_after_they_are_over(desk: Desk) -> None:
    notice, now = PrivacyNotice.objects.get(version=1), clock.now()
    three_years, a_day = dt.timedelta(days=3 * 365), dt.timedelta(days=1)
    stays, gone = citizen_of("13900001111"), citizen_of("13900002222")
    for user, withdrawn in ((stays, now - three_years + a_day), (gone, now - three_years - a_day)):
        Consent.objects.create(notice=notice, user=user, at=now - 2 * three_years, withdrawn_at=withdrawn)
    Consent.objects.create(notice=notice, user=gone, at=now - 2 * three_years)
    for days in (3 * 365 + 1, 3 * 365 - 1):
        receipt, _code = services.open_receipt(order_id=ended(desk, days).pk, client_key=uuid.uuid4())
        Consent.objects.create(notice=notice, receipt=receipt, at=now - 2 * three_years)
    assert retention.keep_retention()["consents"] == 2
    left = Consent.objects.order_by("pk").values_list("user", "withdrawn_at", "receipt__order__ended_at")
    assert [(user, bool(withdrawn), bool(of_order)) for user, withdrawn, of_order in left] == [
        (stays.pk, True, False), (gone.pk, False, False), (None, False, True),
    ]  # fmt: skip


def test_the_page_shows_what_was_done(desk: Desk) -> None:
    ended(desk, 181)
    retention.keep_retention()
    page = Client()
    page.force_login(desk.cast.user("commander"))
    assert "清理 1 条" in page.get("/citizen-desk/privacy/").content.decode()
