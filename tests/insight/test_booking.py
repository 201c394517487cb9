"""What one event adds, and where: by hand, order by order, through the door and the relay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from catalogue.models import Category
from insight import services
from insight.health import rollup_bookings_age
from insight.models import Booking, Rollup
from insight.rules import COHORT
from insight.services.booking import FOLD
from insight.tasks import fold_bookings
from relay.services import drain
from tests.insight.conftest import Desk, by, nonzero, set_clock
from tests.workorders.conftest import NOWHERE, OTHER_STREET
from tests.workorders.verbs import clock_of, make_due
from workorders import services as orders
from workorders.models import Event
from workorders.rules.replay import canonical
from workorders.services import archive
from workorders.services.hindrances import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
STREET, STREET_2 = "320999001", "320999002"
LOOP = {
    "reported": 1, "registered": 1, "dispatched": 1, "submitted": 1, "closed": 1, "closed_at_street": 1,
    "closed_first_level": 1, "closed_by_enforcement": 1, "ended": 1,
}  # fmt: skip


def test_a_whole_loop_counts_once_in_every_table(desk: Desk) -> None:
    desk.closed()
    drain()

    assert by("day") == {"2026-11-23": LOOP}
    assert by("week") == {"2026-11-23": LOOP}
    assert by("month") == {"2026-11-01": LOOP}
    assert by("street") == {STREET: LOOP}
    assert by("source") == {"hotline_12345": LOOP}
    assert by("category") == {"T": LOOP}


def test_what_is_booked_is_folded_once(desk: Desk) -> None:
    desk.closed()
    drain()
    # All but the signature, which changes no number.
    assert (Booking.objects.count(), Rollup.objects.count()) == (5, 0)

    assert fold_bookings() == 5
    # A day and a month of three dimensions.
    assert (Booking.objects.count(), Rollup.objects.count()) == (0, 6)
    assert services.fold() == 0
    assert by("day") == {"2026-11-23": LOOP}


def test_seconds_are_those_from_the_report(desk: Desk) -> None:
    order = desk.submitted()
    set_clock("2026-11-23 15:00+08")
    desk.do(order, "verify", desk.cast.street_dispatcher)
    drain()
    services.fold()
    row = Rollup.objects.get(grain="day", dimension="all")
    assert 6 * 3600 - 120 <= row.closed_seconds <= 6 * 3600 + 5
    assert row.submitted_seconds < 120


def test_a_relocated_order_leaves_its_report_and_takes_itself(desk: Desk) -> None:
    order = desk.registered()
    order = desk.do(
        order, "relocate", desk.cast.street_dispatcher, lon=OTHER_STREET[0], lat=OTHER_STREET[1], reason="地址有误"
    )
    desk.do(order, "register", desk.cast.other_street_dispatcher, conditions_confirmed=True)
    drain()
    assert by("street") == {
        STREET: {"reported": 1, "registered": 1, "unregistered": 1, "moved_out": 1},
        STREET_2: {"moved_in": 1, "registered": 1},
    }


def test_what_was_in_no_street_arrives_when_it_is_placed(desk: Desk) -> None:
    order = desk.report(lon=NOWHERE[0], lat=NOWHERE[1])
    place = {"lon": OTHER_STREET[0], "lat": OTHER_STREET[1]}
    desk.do(order, "place", desk.cast.district_dispatcher, **place)
    drain()
    assert by("street") == {"": {"reported": 1, "moved_out": 1}, STREET_2: {"moved_in": 1}}


def test_a_category_given_later_counts_from_then(desk: Desk, categories: dict[str, Category]) -> None:
    order = desk.report(category="")
    desk.do(order, "register", desk.cast.street_dispatcher, category="T01", conditions_confirmed=True)
    drain()
    services.fold()
    rows = Rollup.objects.filter(grain="day", dimension="category").order_by("value")
    assert [(row.value, row.reported, row.registered, row.reclassified_out, row.reclassified_in) for row in rows] == [
        ("", 1, 0, 1, 0),
        (str(categories["plain"].pk), 0, 1, 0, 1),
    ]


def test_a_closing_is_late_by_the_due_of_its_result(desk: Desk) -> None:
    order = desk.handling()
    set_clock("2026-12-21 10:00+08")
    order = desk.do(order, "submit_result", desk.cast.handler, result="已清理完毕")
    desk.do(order, "verify", desk.cast.street_dispatcher)
    desk.closed()
    drain()
    line = by("day")["2026-12-21"]
    assert (line["submitted"], line["submitted_late"], line["closed"], line["closed_late"]) == (2, 1, 2, 1)


def test_by_the_clock_to_the_district_and_reopened_there(desk: Desk) -> None:
    order = desk.handling()
    make_due(clock_of(order, "resolve"), step=2)
    while orders.sweep():
        pass
    assert type(order).objects.get(pk=order.pk).level == "district"
    desk.at_district()
    again = desk.closed()
    desk.do(again, "reopen", desk.cast.street_dispatcher2, reason="复发")
    drain()
    (line,) = by("day").values()
    assert (line["escalated"], line["timed_out"], line["first_escalated"]) == (2, 1, 2)
    assert (line["closed"], line["reopened"], line["ended"], line["revived"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-23T15:59:59.999999+00:00", "2026-11-23"),
        ("2026-11-23T16:00:00.000000+00:00", "2026-11-24"),
        ("2027-12-31T15:59:59.999999+00:00", "2027-12-31"),
        ("2027-12-31T16:00:00.000000+00:00", "2028-01-01"),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai(desk: Desk, at: str, day: str) -> None:
    order = desk.report()
    body = canonical({"changes": {"order": {"supervision_tier": 1}}, "data": {}})
    Event.objects.create(
        order=order,
        seq=2,
        kind="supervised",
        at=dt.datetime.fromisoformat(at),
        actor_kind="system",
        body=body,
        hash="-",
    )
    services.book(order_id=order.pk, seq=2)
    assert by("day") == {day: {"supervised": 1}}


def test_nobody_counts_what_changes_nothing(desk: Desk) -> None:
    order = desk.report()
    desk.do(order, "comment", desk.cast.street_dispatcher, comment="已联系")
    drain()
    assert Booking.objects.count() == 1
    services.book(order_id=order.pk, seq=2)
    assert services.fold() == 2
    assert by("day") == {"2026-11-23": {"reported": 1}}


def test_an_event_that_is_not_there_is_not_passed_over(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    order = desk.report()
    services.book(order_id=order.pk, seq=2)
    assert services.fold() == 0
    assert Booking.objects.get().seq == 2
    assert rollup_bookings_age().ok
    shift(dt.timedelta(minutes=6))
    assert not rollup_bookings_age().ok


def test_booking_is_one_insert(desk: Desk, django_assert_num_queries: pytest.FixtureRequest) -> None:
    order = desk.report()
    with django_assert_num_queries(1):  # type: ignore[operator]
        services.book(order_id=order.pk, seq=1)


def test_folding_looks_up_each_order_in_its_partition(desk: Desk) -> None:
    """Whatever the planner believes of the tables: it never reads all of history for a handful of events."""
    order = desk.closed()
    services.book(order_id=order.pk, seq=6)
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + FOLD, {"batch": 10})
        (plan,) = cursor.fetchone()[0]
    scans = list(partitions_read(plan["Plan"]))
    assert scans == [f"workorders_event_{order.pk // 10**9}"] * 2


def partitions_read(node: dict[str, Any]) -> Iterator[str]:
    """The partitions of history that were really looked into."""
    if node.get("Relation Name", "").startswith("workorders_event") and node["Actual Loops"]:
        yield node["Relation Name"]
    for child in node.get("Plans", []):
        yield from partitions_read(child)


def test_sums_without_anything_are_empty(desk: Desk) -> None:
    assert by("day") == by("category") == {}
    assert nonzero({"closed": 0, "closed_seconds": 3}) == {}


def test_a_month_does_not_leave_before_what_it_adds_is_folded(desk: Desk) -> None:
    order = desk.closed()
    month = order.pk // COHORT
    drain()
    for day in ("2026-12-31", "2027-01-31", "2027-02-28"):
        set_clock(f"{day} 09:00+08")
        orders.sweep()
    drain()
    with pytest.raises(Refused, match=f"not counted yet: {order.number}"):
        archive.archive_month(month=month, early=True)

    services.fold()
    archive.archive_month(month=month, early=True)
    assert by("month")["2026-11-01"] == LOOP
    assert Booking.objects.count() == 0
