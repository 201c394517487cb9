"""Orders of one matter lie in several months: what is archived stays as it is, whatever its master goes through."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable

import pytest
from django.core.management import call_command
from django.db import connection

import insight.services
from lianqin.kernel import clock
from relay.services import drain
from tests.workorders.conftest import Desk
from workorders import services
from workorders.errors import Archived
from workorders.models import Event, WorkOrder
from workorders.services import archive
from workorders.services.chain import publish_daily_root, verify_offline
from workorders.services.exporting import export_day
from workorders.services.hindrances import Refused
from workorders.services.partitions import keep_partitions

MONTH = 203103
NIGHT = dt.datetime(2031, 3, 31, 2, tzinfo=dt.UTC)
MORNING = dt.datetime(2031, 4, 1, 2, tzinfo=dt.UTC)


def to(moment: dt.datetime) -> None:
    clock.shift(moment - clock.now())


@pytest.fixture
def family(desk: Desk, shift: Callable[[dt.timedelta], None]) -> tuple[WorkOrder, WorkOrder]:
    """(master of April, merged order of March); the master is closed and March in the archive."""
    to(NIGHT)
    keep_partitions()
    merged = desk.registered()
    to(MORNING)
    master = desk.submitted()
    desk.do(merged, "merge", desk.cast.street_dispatcher, master=master.number)
    desk.do(master, "verify", desk.cast.street_dispatcher)
    for months in range(1, 4):
        to(MORNING + dt.timedelta(days=30 * months))
        services.sweep()
    drain()
    insight.services.fold()
    archive.archive_month(month=MONTH, early=True)
    return WorkOrder.objects.get(pk=master.pk), WorkOrder.objects.get(pk=merged.pk)


def test_a_master_is_reopened_when_what_it_would_answer_is_back(
    family: tuple[WorkOrder, WorkOrder], desk: Desk
) -> None:
    master, merged = family
    with pytest.raises(Archived):
        desk.do(master, "reopen", desk.cast.street_dispatcher, reason="再次出现")
    assert WorkOrder.objects.get(pk=master.pk).status == "closed"
    assert not Event.objects.filter(order=merged).exists()

    archive.restore_month(month=MONTH)
    desk.do(master, "reopen", desk.cast.street_dispatcher, reason="再次出现")
    with pytest.raises(Refused, match="merged into an order that is still open"):
        archive.archive_month(month=MONTH, early=True)
    assert desk.events(merged)[-2:] == ["merge", "answered"]


def test_a_day_can_be_exported_though_its_orders_have_left(family: tuple[WorkOrder, WorkOrder]) -> None:
    root = publish_daily_root(NIGHT.date())
    out = io.StringIO()
    assert export_day(root, out) == 2  # Reported and registered.
    assert list(verify_offline(out.getvalue().splitlines())) == []

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE archive.workorders_event_{MONTH}")
    with pytest.raises(Refused, match=f"{MONTH}.* load its dump first"):
        export_day(root, io.StringIO())


def test_what_has_left_can_be_replayed(family: tuple[WorkOrder, WorkOrder]) -> None:
    _master, merged = family

    def replayed() -> str:
        out = io.StringIO()
        call_command("replay", merged.number, "--until", "2", stdout=out)
        return json.loads(out.getvalue())["order"]["status"]  # type: ignore[no-any-return]

    assert replayed() == "registered"
    archive.restore_month(month=MONTH)
    assert replayed() == "registered"
