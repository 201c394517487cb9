"""The wall through its doors: figures typed by hand, whose wall one sees, what half a minute of everybody costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from redis.exceptions import ConnectionError as Gone

from dispatch.rules.wall import SPLITS
from dispatch.selectors import wall_snapshot as snapshots
from dispatch.selectors.wall import wall_place
from grids.models import District, Street
from insight import services as insight
from lianqin.kernel import clock
from relay.services import drain
from tests.cast import Cast, SmallGround
from tests.dispatch.conftest import Desk
from tests.insight.conftest import set_clock
from tests.workorders.api import Door
from tests.workorders.conftest import OTHER_STREET
from workorders.models import Timer

pytestmark = pytest.mark.django_db
URL = "/api/v1/wall/"
EAST, WEST = "320999001", "320999002"


def forget() -> None:
    """Let the next who looks compute."""
    tokens = [f"d:{pk}" for pk in District.objects.values_list("pk", flat=True)]
    tokens += [f"s:{pk}" for pk in Street.objects.values_list("pk", flat=True)]
    cache.delete_many([f"wall:{token}" for token in tokens] + [f"wall:{token}:lock" for token in tokens])


@pytest.fixture(autouse=True)
def _nothing_kept(small_ground: SmallGround) -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def noon(shift: object) -> None:
    """Ten past twelve, so that no test runs over midnight or an hour."""
    set_clock("2026-11-23 12:10+08")


def look(cast: Cast, who: str = "commander", **asked: str) -> dict[str, Any]:
    """The wall of who looks, as it is now."""
    drain()
    insight.fold()
    forget()
    answer = getattr(Door(cast), who).get(URL, asked)
    assert answer.status_code == 200, answer.json()
    told: dict[str, Any] = answer.json()
    return told


def values(wall: dict[str, Any]) -> dict[str, str]:
    return {each["key"]: each["value"] + each["unit"] for each in wall["measures"]}


def on_the_spot(desk: Desk, **data: Any) -> None:
    """A grid worker finds something and settles it; the street checks."""
    order = desk.report(by=desk.cast.grid_worker, source="grid_worker", **data)
    order = desk.do(order, "handle_on_site", desk.cast.grid_worker, result="已劝离")
    desk.do(order, "verify", desk.cast.street_dispatcher)


@pytest.mark.usefixtures("noon")
def test_the_figures_of_a_day(desk: Desk) -> None:
    desk.report()
    desk.handling()
    desk.at_district()
    desk.closed()
    wall = look(desk.cast)

    assert wall["place"] == {"code": "320999", "name": "试验区", "level": "district"}
    told = values(wall)
    assert {key: told[key] for key in ("reported", "registered", "closed", "open", "escalated")} == {
        "reported": "4件", "registered": "3件", "closed": "1件", "open": "3件", "escalated": "1件",
    }  # fmt: skip
    # One closing says nothing of a rate.
    assert told["on_time"] == "\u2013"
    notes = {each["key"]: each["note"] for each in wall["measures"]}
    assert notes["on_time"] == "样本不足 30"
    assert notes["open"] == "其中区级 1"
    assert (wall["standing"], wall["late"]) == (3, 0)
    assert wall["places"] == [
        {"name": "东街", "code": EAST, "open": 3, "late": 0, "above": 1},
    ]


@pytest.mark.usefixtures("noon")
def test_three_shares_are_three_measures(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four closings: two on the spot, one of them a citizen's; one by a squad, one by water at the district."""
    monkeypatch.setattr("dispatch.selectors.wall_figures.SPLITS", _of_few())
    on_the_spot(desk)
    told = desk.report(by=desk.cast.citizen, source="citizen")
    told = desk.do(told, "claim", desk.cast.community_officer)
    told = desk.do(told, "handle_on_site", desk.cast.community_officer, result="已劝离")
    desk.do(told, "verify", desk.cast.street_dispatcher)
    desk.closed()
    above = desk.at_district()
    above = desk.do(above, "dispatch", desk.cast.district_dispatcher, lead=desk.ground.water_bureau.code, assists=[])
    above = desk.do(above, "acknowledge", desk.cast.district_handler2)
    above = desk.do(above, "submit_result", desk.cast.district_handler2, result="已修复")
    desk.do(above, "verify", desk.cast.district_dispatcher)

    splits = {each["key"]: each for each in look(desk.cast)["splits"]}
    shown = {key: [(part["name"], part["number"], part["value"]) for part in s["parts"]] for key, s in splits.items()}
    assert shown == {
        "level": [("街道", 3, "75.00"), ("区级", 1, "25.00")],
        "on_site": [("现场", 1, "100.00"), ("派单", 0, "0.00")],
        "tier": [("网格", 2, "50.00"), ("中心", 1, "25.00"), ("执法", 1, "25.00")],
    }
    assert [splits[key]["sample"] for key in ("level", "on_site", "tier")] == [4, 1, 4]
    assert [splits[key]["goal"] for key in ("level", "on_site", "tier")] == ["80/20", "90/10", "70/20/10"]
    assert all(each["definition"] and each["numerator"] and each["denominator"] for each in splits.values())


def _of_few() -> tuple[Any, ...]:
    return tuple(replace(split, least=1) for split in SPLITS)


@pytest.mark.usefixtures("noon")
def test_yesterday_at_this_hour(desk: Desk) -> None:
    desk.closed()
    drain()
    insight.fold()
    assert insight.take_readings() == 3  # Two streets and what lies in none.
    assert insight.take_readings() == 0
    clock.shift(dt.timedelta(hours=2))
    desk.closed()
    clock.shift(dt.timedelta(hours=22))
    notes = {each["key"]: each["note"] for each in look(desk.cast)["measures"]}
    # The second order came two hours later: at this time of day yesterday had one.
    assert notes["reported"] == "昨日此时 1 · 日均 0"
    assert notes["closed"] == "昨日此时 1 · 日均 0"


@pytest.mark.usefixtures("noon")
def test_what_presses_and_what_is_new(desk: Desk) -> None:
    first, second = desk.registered(title="先登记"), desk.report(title="后上报")
    wall = look(desk.cast)
    assert [each["title"] for each in wall["feed"]] == ["后上报", "先登记"]
    assert wall["feed"][1]["status"] == {"text": "待派遣", "tone": "warn"}
    assert {each["number"] for each in wall["pressing"]} == {first.number, second.number}
    assert [(row["code"], row["open"], row["percent"]) for row in wall["hot"]] == [("320999001001001", 2, 40)]
    before = wall["sequence"]
    desk.do(second, "register", desk.cast.street_dispatcher, conditions_confirmed=True)
    after = look(desk.cast)
    assert after["feed"][0]["number"] == second.number
    assert after["sequence"] > before


def test_a_street_sees_its_own_wall_and_no_other(desk: Desk) -> None:
    desk.report(title="东街的")
    lon, lat = OTHER_STREET
    desk.report(title="西街的", lon=lon, lat=lat)
    own = look(desk.cast, "street_dispatcher")
    assert own["place"] == {"code": EAST, "name": "东街", "level": "street"}
    assert [each["title"] for each in own["feed"]] == ["东街的"]
    assert [each["name"] for each in own["places"]] == ["南里社区"]
    assert look(desk.cast, street=WEST)["feed"][0]["title"] == "西街的"

    door = Door(desk.cast)
    assert door.street_dispatcher.get(URL, {"street": WEST}).status_code == 404
    assert door.commander.get(URL, {"street": "999"}).status_code == 404
    for who in ("handler", "grid_worker", "community_officer", "citizen", "sysadmin", "auditadmin"):
        assert getattr(door, who).get(URL).status_code == 403, who


def test_unchanged_is_not_told_again(desk: Desk) -> None:
    desk.report()
    drain()
    door = Door(desk.cast)
    answer = door.commander.get(URL)
    again = door.commander.get(URL, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["X-Snapshot-At"] >= answer["X-Snapshot-At"]
    desk.report()
    drain()
    forget()
    assert door.commander.get(URL, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 200


def test_many_walls_cost_one_computation(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(snapshots, "_made", _counting(made, snapshots._made))
    door = Door(desk.cast)
    for who in ("commander", "district_dispatcher", "supervisor", "commander"):
        assert getattr(door, who).get(URL).status_code == 200
    assert made == ["320999"]
    assert door.street_dispatcher.get(URL).status_code == 200
    assert made == ["320999", EAST]


def test_a_computation_is_a_handful_of_statements(desk: Desk) -> None:
    desk.handling()
    drain()
    place = wall_place(desk.cast.commander)
    snapshots.wall_snapshot(place)
    forget()
    with CaptureQueriesContext(connection) as asked:
        snapshots.wall_snapshot(place)
    # Number and clock; month, readings, open orders, reports; due, news, their lines; grids; who is on duty.
    assert len(asked) == 11


def _counting(made: list[str], make: Any) -> Any:
    def counted(place: Any) -> Any:
        made.append(place.code)
        return make(place)

    return counted


def test_without_redis_everybody_computes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_given: Any, **_named: Any) -> None:
        raise Gone

    for name in ("get", "set", "add", "delete"):
        monkeypatch.setattr(f"django.core.cache.cache.{name}", gone)
    assert Door(desk.cast).commander.get(URL).status_code == 200


def test_the_page_brings_its_figures(desk: Desk, client: Client) -> None:
    desk.report(title="门前积水")
    client.force_login(desk.cast.user("commander"))
    drain()
    page = client.get("/wall/")
    text = page.content.decode()
    assert page.status_code == 200
    for said in ("试验区联勤指挥中心", "门前积水", "今日上报", "70/20/10", "指标说明", "wall-data"):
        assert said in text
    assert client.get("/wall/", {"street": EAST}).status_code == 200
    assert client.get("/wall/", {"street": "nowhere"}).status_code == 404
    client.force_login(desk.cast.user("grid_worker"))
    assert client.get("/wall/").status_code == 403


def test_who_heard_of_news_is_not_told_what_was_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    door = Door(desk.cast)
    before = door.commander.get(URL)
    desk.report(title="刚刚上报")
    drain()
    # Half a second has passed, for one who has heard: for the others what is kept is young enough.
    monkeypatch.setattr(snapshots, "APART_SECONDS", 0.0)
    assert door.commander.get(URL).json()["feed"] == before.json()["feed"]
    news = int(before["X-Snapshot-Sequence"]) + 1
    answer = door.commander.get(URL, {"after": news})
    assert answer.json()["feed"][0]["title"] == "刚刚上报"
    assert int(answer["X-Snapshot-Sequence"]) >= news


def test_the_wall_and_the_workbench_mean_the_same_by_late(desk: Desk, shift: Callable[[dt.timedelta], None]) -> None:
    """A stage that is late inside the limit of its order is called so, and counted as late by neither."""
    order = desk.at_district()
    own, stage = order.due_at, Timer.objects.get(order=order, stage="dispatch", state="pending").due_at
    assert own is not None
    assert stage < own
    client = Client()
    client.force_login(desk.cast.user("commander"), backend="django.contrib.auth.backends.ModelBackend")

    def seen() -> tuple[int, int, int, str, str]:
        late = look(desk.cast)["late"]
        page = client.get("/orders/?tab=registered&sort=overdue").content.decode()
        board = client.get("/orders/?tab=registered").content.decode()
        head = client.get(f"/orders/{order.number}/").content.decode()
        counted = client.get("/api/v1/work-orders/counts/").json()["overdue"]
        return int(late), page.count("data-row="), counted, head, board

    shift(stage - clock.now() + dt.timedelta(minutes=1))
    *numbers, head, board = seen()
    assert numbers == [0, 0, 0]
    assert "派遣已逾期" in head
    assert "已超时" not in head
    assert 'class="row-stage"' in board

    shift(own - stage + dt.timedelta(minutes=2))
    *numbers, head, _board = seen()
    assert numbers == [1, 1, 1]
    assert "已超时" in head
    assert "已逾期" not in head
