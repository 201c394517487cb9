"""What was kept long enough goes, what was not stays, and a line says so."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from citizens import services
from citizens.models import Receipt, RetentionRun
from citizens.services import retention
from citizens.services.contacts import citizen_of
from lianqin.kernel import clock
from relay.models import Channel, OutgoingMessage
from tests.workorders.conftest import Desk
from workorders.models import ReporterContact, WorkOrder

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
    for key, days, state in (("old", 8, "sent"), ("new", 6, "sent"), ("waits", 8, "queued")):
        row = OutgoingMessage.objects.create(
            channel=channel, key=key, template="citizen_code", subject="s", text="t", state=state
        )
        OutgoingMessage.objects.filter(pk=row.pk).update(created_at=clock.now() - dt.timedelta(days=days))
    found = retention.keep_retention()
    assert (found["receipts"], found["letters"]) == (1, 1)
    assert Receipt.objects.get().user_id is None
    assert set(OutgoingMessage.objects.values_list("key", flat=True)) == {"new", "waits"}


def test_the_page_shows_what_was_done(desk: Desk) -> None:
    ended(desk, 181)
    retention.keep_retention()
    page = Client()
    page.force_login(desk.cast.user("commander"))
    assert "清理 1 条" in page.get("/citizen-desk/privacy/").content.decode()
