"""The rollups are what the events say: after any history, after a rebuild, and whoever altered them is named."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from insight import services
from insight.health import rollup_differences, rollups_reconciled
from insight.models import Reconciliation, Rollup
from insight.rules import NAMES, spans
from insight.selectors import open_orders
from insight.services.reconciling import ALARM, chosen_cohorts
from lianqin.kernel.actors import SYSTEM
from relay.services import deliver_due, drain, sequence_pending
from tests.insight.conftest import Desk, by, rollups, set_clock
from tests.insight.histories import anything, everything_once
from tests.insight.oracle import expected
from workorders.models import Alarm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]


def deliver_in_any_order(random: Random) -> None:
    while sequence_pending():
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [random.random()])
        cursor.execute("UPDATE relay_delivery SET next_at = '2026-01-01'::timestamptz + random() * interval '1 day'")
    while deliver_due(limit=random.randrange(1, 9)):
        if random.random() < 0.1:
            services.fold()
    services.fold()


@pytest.mark.parametrize("seed", range(2))
def test_any_history_in_any_order_of_delivery(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workorders.services.effects.intake.drawn", lambda number: False)
    anything(desk, seed, 100)
    deliver_in_any_order(Random(seed))

    told = expected()
    assert rollups() == told
    assert [each for cohort in services.cohorts() for each in services.differences(cohort)] == []
    assert in_stock() == {(line or ""): number for line, number in open_now().items()}

    Rollup.objects.all().delete()
    for cohort in services.cohorts():
        services.rebuild(cohort)
    assert rollups() == told


def test_every_measure_counts_as_in_plain_words(desk: Desk) -> None:
    everything_once(desk)
    deliver_in_any_order(Random(7))
    told = expected()
    assert {name for sums in told.values() for name in sums} == set(NAMES)
    assert rollups() == told
    assert in_stock() == {(line or ""): number for line, number in open_now().items()}


def in_stock() -> dict[str, int]:
    """The open orders of each street, from flows alone."""
    found: dict[str, int] = {}
    for street, sums in by("street").items():
        count = {name: sums.get(name, 0) for name in ("reported", "moved_in", "moved_out", "ended", "revived")}
        number = count["reported"] + count["moved_in"] - count["moved_out"] - count["ended"] + count["revived"]
        found |= {street: number} if number else {}
    return found


def open_now() -> dict[str | None, int]:
    found: dict[str | None, int] = {}
    for line in open_orders(SYSTEM):
        found[line.street] = found.get(line.street, 0) + line.open
    return found


@pytest.fixture
def history(desk: Desk) -> Desk:
    """A closed order on Monday, an escalated one on Tuesday, both folded."""
    desk.closed()
    first = desk.registered()
    set_clock("2026-11-24 09:00+08")
    desk.do(first, "escalate", desk.cast.street_dispatcher, reason="街道力量不足")
    drain()
    services.fold()
    return desk


def the_month() -> int:
    (cohort,) = services.cohorts()
    return cohort


def plant(**where: object) -> None:
    assert Rollup.objects.filter(**where).update(closed=F("closed") + 2, escalated=F("escalated") - 1) == 1


@pytest.mark.parametrize("grain", ["day", "month"])
def test_a_planted_error_is_found_named_and_mended_only_when_asked(history: Desk, grain: str) -> None:
    assert services.reconcile(the_month()) == []
    assert not Alarm.objects.filter(kind=ALARM).exists()
    day = "2026-11-24" if grain == "day" else "2026-11-01"
    plant(grain=grain, dimension="all", day=day)
    wrong = rollups()

    found = services.reconcile(the_month())

    named = {(each.grain, str(each.day), each.dimension, tuple(each.missing.items())) for each in found}
    planted = (("escalated", 1), ("closed", -2))
    assert (grain, day, "all", planted) in named
    # A wrong day is also at odds with its month.
    assert named <= {
        (grain, day, "all", planted),
        ("month", "2026-11-01", "all", (("escalated", -1), ("closed", 2))),
    }
    assert rollups() == wrong
    alarm = Alarm.objects.get(kind=ALARM, cleared_at=None)
    assert alarm.subject == str(the_month())
    assert f"{grain} {day}" in alarm.detail
    assert "closed -2" in alarm.detail
    assert not rollup_differences().ok

    assert services.rebuild(the_month()) > 0
    assert rollups() == expected()
    assert services.reconcile(the_month()) == []
    assert not Alarm.objects.filter(kind=ALARM, cleared_at=None).exists()
    assert rollup_differences().ok


def test_rows_that_no_event_accounts_for_are_found(history: Desk) -> None:
    Rollup.objects.create(
        grain="day", dimension="all", day="2026-11-20", district_id=1, street_id=None, value="", cohort=the_month(),
        reported=3,
    )  # fmt: skip
    (first, *_rest) = services.differences(the_month())
    assert (str(first.day), dict(first.missing)) == ("2026-11-20", {"reported": -3})


def test_days_that_are_not_asked_for_stay_as_they_are(history: Desk) -> None:
    plant(grain="day", dimension="all", day="2026-11-23")
    plant(grain="day", dimension="all", day="2026-11-24")
    services.rebuild(the_month(), dt.date(2026, 11, 24), dt.date(2026, 11, 25))
    left = services.differences(the_month())
    assert [str(each.day) for each in left] == ["2026-11-23"]


def test_the_rollups_of_an_archived_month_stay(history: Desk) -> None:
    month = the_month()
    before = rollups()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE workorders_event DETACH PARTITION workorders_event_{month}")
    assert services.differences(month) == []
    assert services.rebuild(month) == 0
    assert rollups() == before


def test_the_commands(history: Desk) -> None:
    out = StringIO()
    call_command("reconcile_rollups", stdout=out)
    assert out.getvalue() == "1 order months: the rollups are what the events say\n"
    plant(grain="day", dimension="all", day="2026-11-24")
    with pytest.raises(CommandError, match="2 cells differ"):
        call_command("reconcile_rollups", stderr=StringIO())
    out = StringIO()
    call_command("rebuild_rollups", "--from", "2026-11-24", "--to", "2026-11-24", stdout=out, stderr=StringIO())
    assert "1 order months compared, 2 cells were wrong" in out.getvalue()
    assert rollups() == expected()
    with pytest.raises(CommandError, match="before"):
        call_command("rebuild_rollups", "--from", "2026-11-24", "--to", "2026-11-23")
    with pytest.raises(CommandError, match="no orders of 209901"):
        call_command("reconcile_rollups", "209901")


def test_the_nightly_reconciliation_runs_once_a_day_and_comes_round(history: Desk) -> None:
    assert rollups_reconciled().note == "has not run yet"
    assert services.reconcile_if_due() == [the_month()]
    assert services.reconcile_if_due() == []
    assert rollups_reconciled().ok
    set_clock("2026-11-25 00:00+08")
    assert services.reconcile_if_due() == [the_month()]
    set_clock("2026-11-26 12:00+08")
    assert not rollups_reconciled().ok


@pytest.fixture
def looked_at() -> None:
    moment = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    for days, cohort in enumerate((202606, 202605, 202607)):
        Reconciliation.objects.create(cohort=cohort, checked_at=moment + dt.timedelta(days=days), differences=0)


@pytest.mark.usefixtures("looked_at")
def test_the_month_not_looked_at_for_longest_has_its_turn() -> None:
    today = dt.date(2026, 11, 21)
    known = [202605, 202606, 202607, 202610, 202611]
    assert chosen_cohorts(known, today) == [202606, 202610, 202611]
    assert chosen_cohorts([202604, *known], today) == [202604, 202610, 202611]
    assert chosen_cohorts([0, 202612], dt.date(2027, 1, 3)) == [0, 202612]
    assert chosen_cohorts([], today) == []


@pytest.mark.parametrize(
    ("since", "until", "read"),
    [
        ("2026-11-03", "2026-11-20", ["day 2026-11-03 2026-11-20"]),
        ("2026-11-01", "2026-12-01", ["month 2026-11-01 2026-12-01"]),
        (
            "2026-10-31", "2026-12-02",
            ["day 2026-10-31 2026-11-01", "month 2026-11-01 2026-12-01", "day 2026-12-01 2026-12-02"],
        ),
        ("2026-11-15", "2026-12-15", ["day 2026-11-15 2026-12-15"]),
        ("2025-12-31", "2027-01-01", ["day 2025-12-31 2026-01-01", "month 2026-01-01 2027-01-01"]),
    ],
)  # fmt: skip
def test_a_time_is_read_in_months_where_they_are_whole(since: str, until: str, read: list[str]) -> None:
    found = spans(dt.date.fromisoformat(since), dt.date.fromisoformat(until))
    assert [f"{span.grain} {span.since} {span.until}" for span in found] == read
