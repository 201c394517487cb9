"""Totals and counts as the cast reads them: whose they may see, what they say, what they cost."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from insight import services
from insight.errors import NotAllowed, NotVisible
from insight.rules import NAMES
from insight.selectors import By, open_orders, totals
from lianqin.kernel.actors import SYSTEM, Actor
from relay.services import drain
from tests.cast import Cast
from tests.insight.conftest import Desk, nonzero, set_clock
from tests.workorders.api import Door
from tests.workorders.conftest import NOWHERE, OTHER_STREET

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]
STREET, STREET_2 = "320999001", "320999002"
WHOLE = ("commander", "district_dispatcher", "district_dispatcher2", "supervisor")
OF_STREET = ("street_dispatcher", "street_dispatcher2", "street_supervisor")
OF_STREET_2 = ("other_street_dispatcher",)


@pytest.fixture
def week(desk: Desk) -> Desk:
    """On Monday one closed in street 1, one open in street 2, one in no street; a week later one more in street 1."""
    desk.closed()
    desk.report(lon=OTHER_STREET[0], lat=OTHER_STREET[1], source="citizen")
    desk.report(lon=NOWHERE[0], lat=NOWHERE[1])
    set_clock("2026-11-30 09:00+08")
    desk.registered()
    drain()
    assert services.fold() == 9
    return desk


def read(actor: Actor, by: By = By.STREET, **where: Any) -> dict[str, int]:
    found = totals(actor, since=dt.date(2026, 11, 1), until=dt.date(2026, 12, 1), by=by, **where)
    assert found.total["reported"] == sum(line.sums["reported"] for line in found.lines)
    return {line.key: line.sums["reported"] for line in found.lines}


def test_everybody_sees_the_totals_of_their_own_places(week: Desk, cast: Cast) -> None:
    allowed = {}
    for name, actor in cast.all():
        try:
            allowed[name] = read(actor)
        except NotAllowed:
            with pytest.raises(NotAllowed):
                open_orders(actor)
    assert allowed == {
        **{name: {"": 1, STREET: 2, STREET_2: 1} for name in WHOLE},
        **{name: {STREET: 2} for name in OF_STREET},
        **{name: {STREET_2: 1} for name in OF_STREET_2},
    }


def test_one_street_is_asked_for_by_who_may_see_it(week: Desk, cast: Cast) -> None:
    assert read(cast.commander, street=STREET_2) == {STREET_2: 1}
    assert read(cast.other_street_dispatcher, street=STREET_2) == {STREET_2: 1}
    for actor, street in ((cast.street_dispatcher, STREET_2), (cast.commander, "000"), (cast.handler, STREET)):
        with pytest.raises(NotVisible):
            read(actor, street=street)


def test_by_time_by_source_and_by_category(week: Desk, cast: Cast) -> None:
    assert read(cast.commander, By.DAY) == {"2026-11-23": 3, "2026-11-30": 1}
    assert read(cast.commander, By.WEEK) == {"2026-11-23": 3, "2026-11-30": 1}
    assert read(cast.commander, By.MONTH) == {"2026-11-01": 4}
    assert read(cast.commander, By.SOURCE) == {"hotline_12345": 3, "citizen": 1}
    assert read(cast.commander, By.CATEGORY) == {"T": 4}
    assert read(cast.street_dispatcher, By.SOURCE) == {"hotline_12345": 2}


def test_a_part_of_a_month_is_read_by_days(week: Desk, cast: Cast) -> None:
    asked: dict[str, Any] = {"until": dt.date(2026, 11, 30), "by": By.MONTH}
    assert totals(SYSTEM, since=dt.date(2026, 11, 1), **asked).total["reported"] == 3
    assert totals(SYSTEM, since=dt.date(2026, 10, 1), **asked).total["reported"] == 3
    assert totals(SYSTEM, since=dt.date(2026, 11, 24), **asked).total["reported"] == 0


def test_open_orders_are_counted_by_place_level_and_status(week: Desk, cast: Cast) -> None:
    week.handling()
    week.at_district()
    set_clock("2026-12-10 09:00+08")

    def shown(actor: Actor) -> list[tuple[str | None, str, str, int, int]]:
        return [(line.street, line.level, line.status, line.open, line.overdue) for line in open_orders(actor)]

    in_street = [
        (STREET, "street", "registered", 1, 1),
        (STREET, "street", "handling", 1, 1),
        (STREET, "district", "registered", 1, 1),
    ]
    assert shown(cast.street_dispatcher) == in_street
    assert shown(cast.other_street_dispatcher) == [(STREET_2, "street", "reported", 1, 1)]
    assert shown(cast.commander) == [
        (None, "street", "reported", 1, 1),
        *in_street,
        (STREET_2, "street", "reported", 1, 1),
    ]


def queries(actor: Actor, by: By, **where: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        read(actor, by, **where)
    return len(seen)


def test_statements_do_not_grow_with_history(week: Desk, cast: Cast) -> None:
    def count() -> dict[str, int]:
        return {by.value: queries(cast.commander, by) for by in By} | {
            "one street": queries(cast.commander, By.STREET, street=STREET)
        }

    assert cast.commander
    few = {"day": 1, "week": 1, "month": 1, "street": 2, "source": 1, "category": 2, "one street": 3}
    assert count() == few
    grow()
    assert count() == few
    with CaptureQueriesContext(connection) as seen:
        open_orders(cast.commander)
    assert len(seen) == 1


GROW = """
INSERT INTO insight_rollup (grain, dimension, day, district_id, street_id, value, cohort, {names})
SELECT DISTINCT grain, dimension, first, district_id, nullif(street, 0), value, to_char(first, 'YYYYMM')::int, {ones}
FROM (SELECT district_id, street_id FROM insight_rollup WHERE street_id IS NOT NULL LIMIT 1) AS place
CROSS JOIN generate_series('2021-01-01'::date, '2025-12-31'::date, '1 day') AS day
CROSS JOIN LATERAL (VALUES ('day', day::date), ('month', date_trunc('month', day)::date)) AS span (grain, first)
CROSS JOIN LATERAL (VALUES (street_id), (0)) AS streets (street)
CROSS JOIN (VALUES ('all', ''), ('source', 'citizen'), ('category', '1')) AS face (dimension, value)
"""


def grow() -> None:
    """Five years of every day and every month, in a street and in none."""
    with connection.cursor() as cursor:
        cursor.execute(GROW.format(names=", ".join(NAMES), ones=", ".join("1" for _ in NAMES)))
        cursor.execute("ANALYZE insight_rollup")


def rows_read(since: dt.date, until: dt.date, by: By) -> int:
    """How many rows of the rollups the statement reads, by its plan."""
    with CaptureQueriesContext(connection) as seen:
        totals(SYSTEM, since=since, until=until, by=by)
    query = next(each["sql"] for each in seen.captured_queries if "insight_rollup" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}".replace("%", "%%"))
        (plan,) = cursor.fetchone()[0]
    return _scanned(plan["Plan"])


def _scanned(node: dict[str, Any]) -> int:
    here = 0
    if node.get("Relation Name") == "insight_rollup":
        assert node["Node Type"] != "Seq Scan"
        here = int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    return here + sum(_scanned(child) for child in node.get("Plans", []))


def test_a_board_reads_the_rows_of_its_time_only(week: Desk) -> None:
    grow()
    # Two rows a day, two a month.
    assert rows_read(dt.date(2022, 3, 7), dt.date(2022, 3, 14), By.DAY) == 14
    assert rows_read(dt.date(2022, 1, 1), dt.date(2023, 1, 1), By.STREET) <= 26
    assert rows_read(dt.date(2022, 1, 1), dt.date(2023, 1, 1), By.CATEGORY) <= 26
    assert rows_read(dt.date(2021, 1, 1), dt.date(2026, 1, 1), By.MONTH) <= 130


URL = "/api/v1/totals/"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


def test_the_api(week: Desk, cast: Cast) -> None:
    door = Door(cast)
    answer = door.street_dispatcher.get(URL, NOVEMBER | {"by": "month"})
    assert answer.status_code == 200
    (line,) = answer.json()["lines"]
    assert (line["key"], line["name"]) == ("2026-11-01", "2026-11-01")
    assert nonzero(line["sums"]) == {
        "reported": 2, "registered": 2, "dispatched": 1, "submitted": 1, "closed": 1, "closed_at_street": 1,
        "closed_first_level": 1, "closed_by_enforcement": 1, "ended": 1,
    }  # fmt: skip
    assert answer.json()["total"] == line["sums"]

    named = door.commander.get(URL, NOVEMBER | {"by": "street"}).json()["lines"]
    assert [(each["key"], each["name"]) for each in named] == [("", ""), (STREET, "东街"), (STREET_2, "西街")]
    named = door.commander.get(URL, NOVEMBER | {"by": "source"}).json()["lines"]
    assert [each["name"] for each in named] == ["居民上报", "12345 热线"]
    assert door.commander.get(URL, NOVEMBER | {"by": "category"}).json()["lines"][0]["name"] == "试验类"

    open_now = door.other_street_dispatcher.get(f"{URL}open/").json()
    assert open_now == {
        "lines": [{"street": STREET_2, "level": "street", "status": "reported", "open": 1, "overdue": 1}],
        "open": 1,
        "overdue": 1,
    }


@pytest.mark.parametrize(
    ("who", "asked", "status", "fault"),
    [
        ("street_dispatcher", {"by": "street", "street": STREET_2}, 404, "not_found"),
        ("commander", {"by": "street", "street": "999"}, 404, "not_found"),
        ("handler", {"by": "day"}, 403, "permission_denied"),
        ("grid_worker", {"by": "day"}, 403, "permission_denied"),
        ("citizen", {"by": "day"}, 403, "permission_denied"),
        ("sysadmin", {"by": "day"}, 403, "permission_denied"),
        ("commander", {"by": "hour"}, 400, "invalid"),
        ("commander", {}, 400, "invalid"),
        ("commander", {"by": "day", "from": "2026-12-01"}, 400, "invalid"),
        ("commander", {"by": "day", "from": "2020-01-01"}, 400, "invalid"),
        ("commander", {"by": "month", "from": "0001-01-01"}, 400, "invalid"),
        ("commander", {"by": "month", "to": "9999-12-31"}, 400, "invalid"),
    ],
)
def test_refusals(week: Desk, cast: Cast, who: str, asked: dict[str, str], status: int, fault: str) -> None:
    answer = getattr(Door(cast), who).get(URL, NOVEMBER | asked)
    assert (answer.status_code, answer.json()["code"]) == (status, fault)


def test_nobody_reads_totals_unseen() -> None:
    for url in (URL, f"{URL}open/"):
        assert APIClient().get(url, NOVEMBER | {"by": "day"}).status_code == 401
