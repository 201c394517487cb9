"""A month that is over goes to the archive and comes back, and nothing of it is lost on the way."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

import insight.services
from lianqin.kernel import clock
from relay.services import drain
from tests.workorders.api import Door, url
from tests.workorders.conftest import Desk
from workorders import services
from workorders.errors import Archived
from workorders.models import ArchivedMonth, Event, Timer, WorkOrder
from workorders.services import archive
from workorders.services.attachments import attach
from workorders.services.erasure import erase_texts
from workorders.services.hindrances import Refused, Unproven
from workorders.services.partitions import keep_partitions

MONTH = 203103
DURING = dt.datetime(2031, 3, 4, 2, tzinfo=dt.UTC)
AFTER = dt.datetime(2034, 4, 4, 2, tzinfo=dt.UTC)


def to(moment: dt.datetime) -> None:
    clock.shift(moment - clock.now())


def three_orders(desk: Desk) -> list[WorkOrder]:
    """Closed, declined, and merged into the closed one; all their clocks have run out since."""
    to(DURING)
    keep_partitions()
    by = desk.cast.street_dispatcher
    closed, other = desk.submitted(), desk.registered()
    desk.do(other, "merge", by, master=closed.number)
    desk.do(closed, "verify", by)
    asked = desk.do(desk.report(source="portal"), "decline", by, reason="不属于受理范围")
    services.decide(request_id=asked.requests.get().pk, approve=True, by=desk.cast.street_dispatcher2, answer="同意")
    return list(WorkOrder.objects.order_by("pk"))


def quiet(_orders: object = None) -> None:
    """Years later: what had to fire has fired, what had to be told is told."""
    for days in (30, 20, 10, 0):  # A callback is tried several times.
        to(AFTER - dt.timedelta(days=days))
        services.sweep()
    keep_partitions()
    drain()
    insight.services.fold()


@pytest.fixture
def month(desk: Desk, shift: Callable[[dt.timedelta], None]) -> list[WorkOrder]:
    orders = three_orders(desk)
    quiet()
    return [WorkOrder.objects.get(pk=order.pk) for order in orders]


def rows(query: str, *values: str | int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def everything(schema: str = "public") -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the three tables, each as one text."""
    tail = f"_{MONTH}" if schema == "archive" else ""
    tables = ("workorders_event", "workorders_eventtext", "workorders_timer")
    return {table: rows(f"SELECT t::text FROM {schema}.{table}{tail} t ORDER BY 1") for table in tables}


def command(*words: str) -> str:
    out = io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except CommandError as error:
        raise CommandError(f"{error}\n{out.getvalue()}") from error
    return out.getvalue()


def test_a_month_goes_and_comes_back_as_it_was(month: list[WorkOrder]) -> None:
    before, orders = everything(), rows("SELECT o::text FROM workorders_workorder o ORDER BY id")
    counts = {name: len(found) for name, found in before.items()}
    assert min(counts.values()) >= 3

    told = command("archive_month", str(MONTH))

    manifest = ArchivedMonth.objects.get(month=MONTH)
    assert f"{MONTH} archived: 3 orders, {counts['workorders_event']} events" in told
    assert (manifest.state, manifest.orders, len(manifest.heads)) == ("archived", 3, 64)
    assert (manifest.events, manifest.texts, manifest.timers) == tuple(counts.values())
    assert everything("archive") == before
    assert everything() == {name: [] for name in before}
    assert command("verify_chain") == "0 orders, 0 events: every chain holds, every table follows from it\n"
    assert "1 months: every chain holds" in command("verify_chain", "--archived")

    assert command("restore_month", str(MONTH)).startswith(f"{MONTH} is back: 3 orders")
    assert everything() == before
    assert rows("SELECT o::text FROM workorders_workorder o ORDER BY id") == orders
    assert rows("SELECT tableoid::regclass::text FROM workorders_event")[0] == (f"workorders_event_{MONTH}",)
    assert rows("SELECT count(*) FROM pg_class WHERE relnamespace = 'archive'::regnamespace") == [(0,)]
    assert command("verify_chain").startswith("3 orders,")
    # And goes again, as if for the first time.
    assert archive.archive_month(month=MONTH).heads == manifest.heads


def test_people_are_told_and_nothing_is_changed(month: list[WorkOrder], desk: Desk, client: Client) -> None:
    archive.archive_month(month=MONTH)
    order = WorkOrder.objects.get(pk=month[0].pk)
    door, cast = Door(desk.cast), desk.cast

    answer = door.street_dispatcher.get(url(order.number, "events"))
    assert (answer.status_code, answer.json()["code"]) == (409, "archived")
    assert "已归档" in answer.json()["detail"]
    assert door.street_dispatcher.get(url(order.number)).json()["status"] == "closed"
    # Who may not see it learns nothing.
    assert door.outsider.get(url(order.number, "events")).status_code == 404

    client.force_login(cast.user("street_dispatcher"), "django.contrib.auth.backends.ModelBackend")
    for page in (f"/orders/{order.number}/", f"/orders/{order.number}/print/"):
        assert "办理过程已于2034年4月4日归档" in client.get(page).content.decode()

    upload = SimpleUploadedFile("x.txt", b"x", "text/plain")
    for change in (
        lambda: desk.do(order, "reopen", cast.street_dispatcher, reason="再次出现"),
        lambda: attach(order_id=order.pk, by=cast.street_dispatcher, upload=upload, stage="note", written=[]),
        lambda: erase_texts(number=order.number, reason="依法"),
    ):
        with pytest.raises(Archived):
            change()
    assert Event.objects.count() == 0
    assert door.street_dispatcher.get(url(order.number, "actions")).json()["actions"] == []


def test_the_archive_is_sealed(month: list[WorkOrder]) -> None:
    archive.archive_month(month=MONTH)
    table = f"archive.workorders_event_{MONTH}"
    for statement in (
        f"UPDATE {table} SET kind = 'x'",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table}",
        f"DELETE FROM archive.workorders_timer_{MONTH}",
    ):
        with pytest.raises(DatabaseError, match="sealed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def refused(match: str, **options: Any) -> None:
    before = everything()
    with pytest.raises(Refused, match=match):
        archive.archive_month(month=MONTH, **options)
    assert everything() == before
    assert not WorkOrder.objects.exclude(archived_at=None).exists()
    assert not ArchivedMonth.objects.exists()


def test_a_month_stays_that_is_not_over_or_not_old_enough(desk: Desk, shift: Any, settings: Any) -> None:
    three_orders(desk)
    refused("is not over", early=True)
    quiet()
    clock.shift(dt.timedelta(days=-10))  # Still March 2034: kept for 36 months, counted after its own.
    refused("kept at hand for 36 months")
    settings.LIANQIN_HISTORY_MONTHS = 35
    assert archive.archive_month(month=MONTH).state == "archived"


def test_a_month_stays_while_anything_may_still_happen(desk: Desk, shift: Any) -> None:
    by = desk.cast.street_dispatcher
    to(DURING)
    keep_partitions()
    opened = desk.submitted()
    clock.shift(dt.timedelta(days=31))
    refused("1 orders still open: SY20310304-000001", early=True)

    to(DURING + dt.timedelta(days=31))
    master = desk.submitted()
    desk.do(opened, "verify", by)
    declined = desk.report(source="portal")
    Timer.objects.filter(order=opened).update(state="done")
    refused("with news that is not delivered", early=True)
    drain()
    WorkOrder.objects.filter(pk=opened.pk).update(status="merged", master_id=declined.pk)
    WorkOrder.objects.filter(pk=declined.pk).update(status="merged", master_id=master.pk)
    refused("merged into an order that is still open", early=True)
    WorkOrder.objects.filter(pk=opened.pk).update(status="closed", master_id=None)
    Timer.objects.filter(order=opened, stage="accept").update(state="pending")
    refused("with a running clock", early=True)


def test_a_chain_that_does_not_hold_keeps_its_month(month: list[WorkOrder]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE workorders_eventtext SET text = 'x' WHERE order_id = %s", [month[0].pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(Unproven) as unproven:
        archive.archive_month(month=MONTH)
    assert {finding.order for finding in unproven.value.findings} == {month[0].number}
    assert not WorkOrder.objects.exclude(archived_at=None).exists()
    with pytest.raises(CommandError, match=f"not archived: {MONTH}"):
        command("archive_month", "--before", "203104")


def test_a_manifest_that_does_not_fit_is_found(month: list[WorkOrder]) -> None:
    archive.archive_month(month=MONTH)
    WorkOrder.objects.filter(pk=month[0].pk).update(last_hash="0" * 64)
    with pytest.raises(CommandError):
        command("verify_chain", "--archived", str(MONTH))
    with pytest.raises(CommandError, match="heads differ"):
        command("restore_month", str(MONTH))
    WorkOrder.objects.filter(pk=month[0].pk).update(last_hash=month[0].last_hash)
    # What was already back stays; the rest follows.
    assert archive.restore_month(month=MONTH).state == "restored"
    assert min(len(found) for found in everything().values()) >= 3


def test_a_month_that_was_dumped_and_dropped_is_named(month: list[WorkOrder]) -> None:
    archive.archive_month(month=MONTH)
    with connection.cursor() as cursor:
        for table in ("event", "eventtext", "timer"):
            cursor.execute(f"DROP TABLE archive.workorders_{table}_{MONTH}")

    assert f"{MONTH}: not in the database" in command("verify_chain", "--archived")
    with pytest.raises(CommandError, match="load its dump first"):
        command("restore_month", str(MONTH))
    assert ArchivedMonth.objects.get().state == "archived"


def test_all_before_a_month(month: list[WorkOrder]) -> None:
    told = command("archive_month", "--before", "203106", "--anyway")
    # Those without orders go as well: an archive has no gaps.
    assert [line.split()[0] for line in told.splitlines() if "archived:" in line][-3:] == ["203103", "203104", "203105"]
    with pytest.raises(Refused, match="not in the archive"):
        archive.restore_month(month=203106)
