"""The history is partitioned by the month that an order's id carries; a missing partition refuses nobody."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.workorders.conftest import Desk
from workorders.api.histories import HISTORY
from workorders.health import history_months_ahead
from workorders.models import Alarm, Event, EventText, WorkOrder
from workorders.rules.months import between, ids_of, later, month_at, month_of
from workorders.services import partitions
from workorders.services.chain import verify_order
from workorders.services.erasure import erase_texts
from workorders.services.numbers import open_number

Shift = Callable[[dt.timedelta], None]
FAR = dt.datetime(2031, 2, 28, 20, tzinfo=dt.UTC)  # The first of March in Shanghai.


def to(moment: dt.datetime, shift: Shift) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lianqin_now()")
        shift(moment - cursor.fetchone()[0])


def tables_of(order: WorkOrder) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM workorders_event WHERE order_id = %(order)s"
            " UNION SELECT tableoid::regclass::text FROM workorders_eventtext WHERE order_id = %(order)s",
            {"order": order.pk},
        )
        return {name for (name,) in cursor.fetchall()}


def test_months_are_counted_over_the_turn_of_the_year() -> None:
    assert [later(202611, n) for n in (-11, -10, 0, 1, 2, 14)] == [202512, 202601, 202611, 202612, 202701, 202801]
    assert between(202611, 202702) == [202611, 202612, 202701, 202702]
    assert ids_of(202612) == (202612000000000, 202701000000000)
    assert [month_of(pk) for pk in (7, 202611000000001)] == [None, 202611]
    # Half past midnight there is still the month before in UTC.
    assert month_at(dt.datetime(2026, 11, 30, 16, 30, tzinfo=dt.UTC)) == 202612


def test_an_id_carries_the_month_of_its_report(desk: Desk, shift: Shift) -> None:
    to(FAR, shift)
    first, second = desk.report(), desk.report()

    assert (first.pk // 10**9, second.pk - first.pk) == (203103, 1)


def test_a_report_at_the_turn_of_the_month_is_of_one_month(desk: Desk) -> None:
    """Midnight comes while the statement runs: every look at the clock falls on the other side."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE looks")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION lianqin_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$"
            " SELECT '2026-12-01 00:00+08'::timestamptz - (nextval('looks') % 2) * interval '1 us' $$"
        )
    for _ in range(2):
        opening = open_number(desk.ground.district.pk)
        assert opening.order_id // 10**9 == month_at(opening.stored.now) == int(opening.number[2:8])
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('looks')")


def test_ids_go_on_after_the_sequences_were_set_to_the_tables(desk: Desk) -> None:
    first = desk.report()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [WorkOrder, Event, EventText]):
            cursor.execute(statement)

    assert desk.report().pk == first.pk + 1


def test_old_ids_stay_and_have_a_partition(desk: Desk) -> None:
    order = desk.report()
    copy = WorkOrder(**{f.attname: getattr(order, f.attname) for f in WorkOrder._meta.concrete_fields})
    copy.pk, copy.number = 17, "PK20200101-000001"
    copy.save(force_insert=True)
    desk.do(copy, "register", desk.cast.street_dispatcher, conditions_confirmed=True)

    assert tables_of(copy) == {"workorders_event_earlier"}


def test_without_a_partition_nothing_is_refused_and_everything_comes_home(desk: Desk, shift: Shift) -> None:
    to(FAR, shift)
    order = desk.submitted()
    events = list(Event.objects.filter(order=order).values_list("pk", "hash"))
    texts = list(EventText.objects.filter(order=order).values_list("pk", "text"))
    assert tables_of(order) == {"workorders_event_default", "workorders_eventtext_default"}
    assert not history_months_ahead().ok

    kept = partitions.keep_partitions()

    assert (kept.made, kept.moved) == ((203104, 203105, 203106), len(events) + len(texts))
    assert tables_of(order) == {"workorders_event_203103", "workorders_eventtext_203103"}
    assert list(Event.objects.filter(order=order).values_list("pk", "hash")) == events
    assert list(EventText.objects.filter(order=order).values_list("pk", "text")) == texts
    assert (history_months_ahead().ok, history_months_ahead().value) == (True, 3)
    assert desk.do(order, "verify", desk.cast.street_dispatcher).status == "closed"
    assert list(verify_order(WorkOrder.objects.get(pk=order.pk))) == []
    assert partitions.keep_partitions() == partitions.Kept((), 0)


@pytest.mark.parametrize("table", ["workorders_event", "workorders_event_203103", "workorders_event_default"])
def test_every_partition_is_append_only(table: str, desk: Desk, shift: Shift) -> None:
    to(FAR, shift)
    order = desk.report()
    if not table.endswith("default"):
        partitions.keep_partitions()
    for statement in (f"UPDATE {table} SET kind = 'x'", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} WHERE order_id = %s", [order.pk])


def test_an_event_has_its_number_once_in_every_partition(desk: Desk) -> None:
    event = Event.objects.get(order=desk.report())
    event.pk = None
    with pytest.raises(DatabaseError, match="duplicate key"), transaction.atomic():
        event.save(force_insert=True)


def test_past_months_are_made_by_the_command(db: None, shift: Shift) -> None:
    to(FAR, shift)
    out = io.StringIO()
    call_command("keep_partitions", "--ahead", "1", "--from", "203012", stdout=out)

    assert out.getvalue() == "made: 203012, 203101, 203102, 203103, 203104; moved home: 0 rows\n"


@pytest.fixture
def somebody_writes(db: None) -> Iterator[psycopg.Connection[Any]]:
    """Another connection, in the middle of a long transaction that has written an order."""
    other = psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None, "context": None})
    other.execute("LOCK TABLE workorders_workorder IN ROW EXCLUSIVE MODE")
    yield other
    other.close()


def test_a_month_that_cannot_be_made_raises_an_alarm(somebody_writes: Any, shift: Shift) -> None:
    to(FAR, shift)
    with pytest.raises(OperationalError), transaction.atomic():
        partitions.keep_partitions()
    with transaction.atomic():
        partitions._tell_missing(203104)
    alarms = Alarm.objects.filter(kind="month_without_partition", cleared_at=None)
    assert [alarm.subject for alarm in alarms] == ["203104"]

    somebody_writes.rollback()
    partitions.keep_partitions()
    assert not alarms.all().exists()


ONE = re.compile(r"workorders_event(?:text)?_(?:\d{6}|earlier|default)")


def partitions_read(statement: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        return set(ONE.findall("\n".join(line for (line,) in cursor.fetchall())))


def test_whoever_reads_a_history_reads_one_partition(desk: Desk, cast: Cast, client: Client) -> None:
    order = desk.submitted()
    number = order.number
    client.force_login(cast.user("street_dispatcher"), "django.contrib.auth.backends.ModelBackend")
    reads: dict[str, Callable[[], Any]] = {
        "page": lambda: client.get(f"/orders/{number}/"),
        "print": lambda: client.get(f"/orders/{number}/print/"),
        "chain": lambda: list(verify_order(order)),
        "replay": lambda: call_command("replay", number, stdout=io.StringIO()),
        "erasure": lambda: erase_texts(number=number, reason="依法"),
    }
    for name, read in reads.items():
        with CaptureQueriesContext(connection) as seen:
            read()
        statements = [
            query["sql"]
            for query in seen.captured_queries
            if "workorders_event" in query["sql"]
            and not query["sql"].startswith(("INSERT", "WITH"))
            # Prepared ones are pruned when they run: below.
            and "$1" not in query["sql"]
        ]
        assert statements, name
        for statement in statements:
            months = {table.rpartition("_")[2] for table in partitions_read(statement)}
            assert months == {str(month_of(order.pk))}, (name, statement)


KEPT = {
    "the moment of a change": "SELECT at FROM workorders_event WHERE order_id = $1 AND seq = $2",
    "the history for the API": HISTORY.replace("%(order)s", "$1").replace("%(after)s", "$2"),
}


@pytest.mark.parametrize("statement", KEPT.values(), ids=KEPT)
def test_a_plan_that_is_kept_reads_one_partition_too(desk: Desk, statement: str) -> None:
    order = desk.report()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        cursor.execute(f"PREPARE kept(bigint, integer) AS {statement}")
        cursor.execute("EXPLAIN (ANALYZE, COSTS OFF) EXECUTE kept(%s, 0)", [order.pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())
        cursor.execute("DEALLOCATE kept")
    assert "Subplans Removed: 4" in plan  # Of five: earlier, default, and three months.
    assert {table.rpartition("_")[2] for table in ONE.findall(plan)} == {str(month_of(order.pk))}


@pytest.mark.timeout(300)
def test_the_migration_loses_nothing_in_either_direction(desk: Desk) -> None:
    desk.submitted()
    events = list(Event.objects.order_by("pk").values_list("pk", "order_id", "seq", "hash", "body"))
    texts = list(EventText.objects.order_by("pk").values_list("pk", "event_id", "field", "text", "salt"))
    executor = MigrationExecutor(connection)
    here = executor.loader.graph.leaf_nodes()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    executor.migrate([("workorders", "0003_indexes_of_lists")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, order_id, seq, hash, body FROM workorders_event ORDER BY id")
        assert cursor.fetchall() == events
        cursor.execute("SELECT id, event_id, field, text, salt FROM workorders_eventtext ORDER BY id")
        assert cursor.fetchall() == texts

    executor.loader.build_graph()
    executor.migrate(here)
    assert list(Event.objects.order_by("pk").values_list("pk", "order_id", "seq", "hash", "body")) == events
    assert list(EventText.objects.order_by("pk").values_list("pk", "event_id", "field", "text", "salt")) == texts
    assert {month_of(pk) for pk in WorkOrder.objects.values_list("pk", flat=True)} == {partitions.this_month()}
