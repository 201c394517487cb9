"""Public numbers through the doors: what is counted, what is shown, what files say, and who cannot attack them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import random
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from citizens.apps import few_stay_unpublished
from citizens.models import Satisfaction, StatisticsMonth
from citizens.rules.open_data import Tally
from citizens.rules.suppression import Key
from citizens.services.open_data import publish_months, write_month
from grids.models import Street
from insight import services as insight
from insight.models import Booking
from relay.services import drain
from tests.citizens.attacker import Attacker
from tests.insight.conftest import set_clock
from tests.workorders.conftest import Desk

pytestmark = pytest.mark.django_db
STREETS = [("320999001", "东街"), ("320999002", "西街"), ("320999003", "南街"), ("320999004", "北街")]
KINDS = [("01", "市容环境"), ("02", "违法建设"), ("03", "市政设施")]
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 1)
DAY = 86_400


def tallies(seed: int) -> dict[Key, Tally]:
    chance = random.Random(seed)
    found = {}
    for street, _name in STREETS:
        for kind, _kind_name in KINDS:
            reported = chance.choice([0, 2, 5, 9, 14, 30, 60])
            closed = reported * 9 // 10
            found[street, kind] = Tally(reported, closed, closed // 20, closed // 3, closed // 4, [2.5 * DAY] * closed)
    return found


def publish(month: dt.date, seed: int) -> StatisticsMonth | None:
    return write_month(month=month, tallies=tallies(seed), streets=STREETS, kinds=KINDS)


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def october(small_ground: Any) -> None:
    """东街 handled 40 matters of 市容环境 and 3 of 违法建设; 西街 50 and 60."""
    counted = {
        ("320999001", "01"): Tally(44, 40, 2, 20, 18, [1.0 * DAY] * 20 + [4.0 * DAY] * 20),
        ("320999001", "02"): Tally(3, 3, 3, 3, 0, [9.0 * DAY] * 3),
        ("320999002", "01"): Tally(55, 50, 0, 25, 25, [2.0 * DAY] * 50),
        ("320999002", "02"): Tally(66, 60, 6, 30, 15, [3.0 * DAY] * 60),
    }
    write_month(month=OCTOBER, tallies=counted, streets=STREETS[:2], kinds=KINDS[:2])


# What is counted


@pytest.fixture
def year(desk: Desk, shift: object, settings: Any) -> Desk:
    """In October 2026 three public orders of 东街 were closed, one after three days; a private one was reported."""
    settings.LIANQIN_OPEN_DATA_LEAST = 1
    set_clock("2026-10-12 09:00+08")
    for code, public in (("plain", True), ("evidence", False), ("vertical", False)):
        desk.categories[code].public = public
        desk.categories[code].save()
    slow = desk.registered()
    desk.closed()
    closed = desk.closed()
    desk.report(category="T02")
    set_clock("2026-10-15 09:00+08")
    desk.do(slow, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)
    desk.do(slow, "acknowledge", desk.cast.handler)
    desk.do(slow, "submit_result", desk.cast.handler, result="已整改")
    desk.do(slow, "verify", desk.cast.street_dispatcher)
    Satisfaction.objects.create(
        order=closed, generation=0, way="page", satisfied=4, first_at=closed.reported_at, at=closed.reported_at
    )
    drain()
    insight.fold()
    return desk


def test_a_month_is_counted_when_it_is_over_and_once(year: Desk, client: Client) -> None:
    set_clock("2026-11-01 23:00+08")
    assert publish_months() == []
    set_clock("2026-11-02 00:10+08")
    assert publish_months() == [OCTOBER]
    assert publish_months() == []
    whole, of_class, *_others = rows_of(client, "/citizen/statistics/2026-10.csv")
    # The private order is in no total: 3, not 4. Two were closed at once and one after three days.
    assert (whole["street_code"], whole["class_code"]) == ("total", "total")
    assert [whole[name] for name in ("reported", "closed", "median_days")] == ["3", "3", "0.0"]
    assert (whole["answered"], whole["satisfied_percent"]) == ("1", "100")
    assert (of_class["class_code"], of_class["class"], of_class["reported"]) == ("T", "试验类", "3")
    east = [row for row in rows_of(client, "/citizen/statistics/data.csv") if row["street_code"] == "320999001"]
    told = [(row["class_code"], row["reported"], row["closed"]) for row in east]
    assert told == [("total", "3", "3"), ("T", "3", "3")]


def test_nothing_is_published_while_events_of_the_month_wait_to_be_counted(year: Desk) -> None:
    set_clock("2026-10-31 23:00+08")
    insight.book(order_id=1, seq=1)
    set_clock("2026-11-02 00:10+08")
    assert publish_months() == []
    Booking.objects.all().delete()
    assert publish_months() == [OCTOBER]


def test_as_long_as_no_matter_is_public_there_is_nothing_to_publish(year: Desk) -> None:
    year.categories["plain"].public = False
    year.categories["plain"].save()
    set_clock("2026-11-02 00:10+08")
    assert publish_months() == []


def test_a_street_that_is_no_more_is_not_named_and_what_it_left_is_counted(year: Desk, client: Client) -> None:
    Street.objects.filter(code="320999001").update(valid_to=dt.date(2026, 9, 30))
    set_clock("2026-11-02 00:10+08")
    assert publish_months() == [OCTOBER]
    told = [
        (row["street_code"], row["class_code"], row["closed"])
        for row in rows_of(client, "/citizen/statistics/2026.csv")
    ]
    assert told == [
        *(("total", "total", "3"), ("total", "T", "3"), ("320999002", "total", "0"), ("320999002", "T", "0")),
        *(("none", "total", "3"), ("none", "T", "3")),
    ]
    assert "未落到街道" in client.get("/citizen/statistics/").content.decode()


def test_what_was_published_is_never_changed(october: None) -> None:
    row = StatisticsMonth.objects.get()
    for change in (lambda: StatisticsMonth.objects.update(least=1), row.delete):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            change()
    assert publish(OCTOBER, 5) is None
    assert StatisticsMonth.objects.get().digest == row.digest


# What cannot be told from it


def test_nobody_works_out_a_number_from_all_that_was_published_in_two_months(client: Client, small_ground: Any) -> None:
    """Every margin, both months' downloads, every form of file: at least ten values remain for each number."""
    attacker = Attacker()
    assert publish(OCTOBER, 1)
    attacker.read(client.get(f"/citizen/statistics/{name}.csv").content for name in ("data", "2026", "2026-10"))
    assert publish(NOVEMBER, 2)
    # Late reports reach October: it stays what it was, or the two editions could be subtracted.
    assert publish(OCTOBER, 3) is None
    names = ("data", "2026", "2026-10", "2026-11")
    attacker.read(client.get(f"/citizen/statistics/{name}.csv").content for name in names)
    assert {month: len(editions) for month, editions in attacker.editions.items()} == {"2026-10": 1, "2026-11": 1}
    assert attacker.narrowest() >= 9
    small = [
        (name, key) for name in ("reported", "closed", "answered")
        for key, tally in tallies(1).items() if 0 < getattr(tally, name) < 10
    ]  # fmt: skip
    assert len(small) > 10
    assert all(attacker.known["2026-10", name][key] is None for name, key in small)


def test_the_page_and_the_files_say_the_same(october: None, client: Client) -> None:
    told = json.loads(client.get("/citizen/statistics/data.json").content)
    assert told["licence"] == "CC-BY-4.0"
    assert [(month["month"], month["least"]) for month in told["months"]] == [("2026-10", 10)]
    by_json = [["" if value is None else str(value) for value in row.values()] for row in told["rows"]]
    assert by_json == [list(row.values()) for row in rows_of(client, "/citizen/statistics/data.csv")]
    assert by_json == [list(row.values()) for row in rows_of(client, "/citizen/statistics/2026.csv")]
    east = {row["class_code"]: row for row in told["rows"] if row["street_code"] == "320999001"}
    # 3 of 43 are too few; with them go the 40, of which the rest is told by the total.
    assert [east[code]["closed"] for code in ("total", "01", "02")] == [43, None, None]
    assert [east[code]["satisfied_percent"] for code in ("total", "01", "02")] == [78, None, None]
    west = {row["class_code"]: row for row in told["rows"] if row["street_code"] == "320999002"}
    assert (west["total"]["closed"], west["total"]["median_days"], west["total"]["on_time_percent"]) == (110, 3.0, 95)


@pytest.mark.parametrize(("least", "refused"), [(10, []), (3, []), (2, ["citizens.E002"]), (0, ["citizens.E002"])])
def test_single_people_cannot_be_published_by_a_setting(settings: Any, least: int, refused: list[str]) -> None:
    settings.LIANQIN_OPEN_DATA_LEAST = least
    assert [message.id for message in few_stay_unpublished(None)] == refused


# The page


def test_anybody_reads_the_page_and_is_not_remembered(october: None, client: Client) -> None:
    answer = client.get("/citizen/statistics/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "lianqin_session" not in answer.cookies
    for words in ("2026 年 10 月", "153<small>件</small>", "东街", "西街", "本页数据在 ", "许可"):
        assert words in page
    street = client.get("/citizen/statistics/?month=2026-10&street=320999001").content.decode()
    assert "东街：办了多少，用了多久" in street
    assert "市容环境" in street
    assert "不公布</span>" in street
    assert "<b>3</b>" not in street


@pytest.mark.parametrize("asked", ["?month=2026-09", "?month=x", "?street=1", "?month=2026-10&street=320999009"])
def test_what_was_not_published_is_not_there(october: None, client: Client, asked: str) -> None:
    assert client.get(f"/citizen/statistics/{asked}").status_code == 404


@pytest.mark.parametrize(
    "name", ["2025.csv", "2026-09.csv", "2026-1.csv", "0000.csv", "data.xml", "x.csv", "2026-10-01.csv", "202.json"]
)
def test_no_file_of_what_was_not_published(october: None, client: Client, name: str) -> None:
    assert client.get(f"/citizen/statistics/{name}").status_code == 404


def test_before_the_first_month_the_page_says_so(small_ground: Any, client: Client) -> None:
    assert "还没有公布过数据" in client.get("/citizen/statistics/").content.decode()
    assert rows_of(client, "/citizen/statistics/data.csv") == []
    assert json.loads(client.get("/citizen/statistics/datapackage.json").content)["resources"][0]["path"] == "data.csv"


# Files for programs


@pytest.mark.parametrize("name", ["data.csv", "2026.json", "datapackage.json"])
def test_a_file_is_fetched_again_only_when_it_changed(october: None, client: Client, name: str) -> None:
    address = f"/citizen/statistics/{name}"
    first = client.get(address)
    etag = first["ETag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "public" in first["Cache-Control"]
    assert first["Access-Control-Allow-Origin"] == "*"
    assert "Cookie" not in first.get("Vary", "")
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert client.get(address, headers={"If-None-Match": packed["ETag"]}).status_code == 304
    publish(NOVEMBER, 2)
    assert client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_package_describes_every_file_that_there_is(october: None, client: Client) -> None:
    publish(NOVEMBER, 2)
    package = json.loads(client.get("/citizen/statistics/datapackage.json").content)
    assert package["profile"] == "tabular-data-package"
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"}
    ]
    assert [each["path"] for each in package["resources"]] == ["data.csv", "2026.csv", "2026-11.csv", "2026-10.csv"]
    assert len({each["name"] for each in package["resources"]}) == 4
    for resource in package["resources"]:
        fields = {each["name"]: each for each in resource["schema"]["fields"]}
        rows = rows_of(client, f"/citizen/statistics/{resource['path']}")
        assert list(rows[0]) == list(fields)
        assert fields["median_days"]["unit"] == "天"
        whole = {name for name, each in fields.items() if each["type"] == "integer"}
        assert whole == {"reported", "closed", "on_time_percent", "answered", "satisfied_percent"}
        assert all(row[name] == "" or row[name].isdecimal() for row in rows for name in whole)
        keys = [tuple(row[name] for name in resource["schema"]["primaryKey"]) for row in rows]
        assert len(set(keys)) == len(keys)
