"""Dispatch accuracy and acceptance of suggestions: on the page, in the API, for who sees the place."""

from __future__ import annotations

import pytest
from django.test import Client

from dispatch.rules.quality import Quality
from insight import services as insight
from relay.services import drain
from tests.workorders.api import Door
from tests.workorders.conftest import OTHER_STREET, Desk
from tests.workorders.listed import listed
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
MARKET, URBAN = "320999001-market", "320999001-urban_management"
QUALITY, CORRECTED = "/api/v1/suggestions/quality/", "/api/v1/suggestions/corrections/"


def sent(desk: Desk, lead: str, **data: object) -> WorkOrder:
    return desk.do(desk.registered(), "dispatch", desk.cast.street_dispatcher, lead=lead, assists=[], **data)


@pytest.fixture
def week(desk: Desk) -> Desk:
    """Rule 3.2.1 was suggested eleven times: eight followed, of these two came back and one was upheld; three not."""
    sent(desk, URBAN)  # Nothing is listed yet.
    listed(desk.categories["plain"], "market")
    for _ in range(6):
        sent(desk, MARKET)
    for reason in ("wrong_rule", "wrong_rule", ""):
        sent(desk, URBAN, correction=reason)
    wrong, right = sent(desk, MARKET), sent(desk, MARKET)
    for order in (wrong, right):
        desk.do(order, "return_assignment", desk.cast.handler2, reason="不属本单位职责")
    desk.do(right, "contest_return", desk.cast.street_dispatcher, reason="清单写明")
    desk.do(right, "arbitrate", desk.cast.district_dispatcher, lead=MARKET, assists=[], reason="按清单执行")
    lon, lat = OTHER_STREET
    other = desk.report(by=desk.cast.other_street_dispatcher, lon=lon, lat=lat)
    other = desk.do(other, "register", desk.cast.other_street_dispatcher, conditions_confirmed=True)
    desk.do(other, "dispatch", desk.cast.other_street_dispatcher, lead="320999002-urban_management", assists=[])
    drain()
    insight.fold()
    return desk


def test_the_rates_are_those_of_the_definition(week: Desk) -> None:
    told = Door(week.cast).street_dispatcher.get(QUALITY).json()
    # Twelve dispatches and an arbitration; one came back for good.
    assert told["total"] == {
        "dispatched": 13, "wrong": 1, "suggested": 11, "followed": 8, "corrected": 3,
        "accuracy": "92.31", "acceptance": "72.73", "coverage": "84.62",
    }  # fmt: skip
    assert [(line["key"], line["quality"]["dispatched"]) for line in told["streets"]] == [("320999001", 13)]
    assert [(line["key"], line["name"]) for line in told["categories"]] == [("T", "试验类")]


def test_a_rule_tells_how_often_and_why_it_was_not_followed(week: Desk) -> None:
    (rule,) = Door(week.cast).street_dispatcher.get(QUALITY).json()["rules"]
    assert rule == {
        "version": 4, "number": "3.2.1", "text": "违停：现场处置", "suggested": 11, "followed": 8, "corrected": 3,
        "came_back": 1, "reasons": {"wrong_rule": 2},
    }  # fmt: skip


def test_few_samples_give_no_rate() -> None:
    few = Quality(dispatched=9, wrong=1, suggested=9, followed=9, corrected=0)
    assert (few.accuracy, few.acceptance, few.coverage) == ("", "", "")
    assert Quality(dispatched=10, wrong=1, suggested=10, followed=9, corrected=1).accuracy == "90.00"
    # More came back than were sent: they were sent before.
    assert Quality(dispatched=10, wrong=12, suggested=0, followed=0, corrected=0).accuracy == "0.00"


def test_the_district_sees_all_streets_and_a_street_its_own(week: Desk) -> None:
    door = Door(week.cast)
    assert [line["key"] for line in door.commander.get(QUALITY).json()["streets"]] == ["320999001", "320999002"]
    assert len(door.commander.get(CORRECTED).json()["results"]) == 4
    assert len(door.street_dispatcher.get(CORRECTED).json()["results"]) == 3
    assert len(door.other_street_dispatcher.get(CORRECTED).json()["results"]) == 1
    assert door.other_street_dispatcher.get(f"{QUALITY}?street=320999001").status_code == 404
    assert door.commander.get(f"{QUALITY}?street=320999002").json()["total"]["dispatched"] == 1


@pytest.mark.parametrize("name", ["handler", "grid_worker", "sysadmin", "outsider"])
def test_who_sees_no_whole_place_sees_none_of_it(desk: Desk, name: str) -> None:
    client = Client()
    client.force_login(desk.cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/suggestions/").status_code == 403
    assert getattr(Door(desk.cast), name).get(CORRECTED).status_code == 403


def test_corrections_are_filtered_and_paged(week: Desk) -> None:
    door = Door(week.cast).street_dispatcher
    assert len(door.get(f"{CORRECTED}?reason=wrong_rule").json()["results"]) == 2
    assert door.get(f"{CORRECTED}?rule=9.9.9").json()["results"] == []
    first = door.get(f"{CORRECTED}?limit=2").json()
    assert (len(first["results"]), first["next"]) == (2, 2)
    assert (first["results"][0]["suggested"], first["results"][0]["lead"]) == (MARKET, URBAN)
    assert door.get(f"{CORRECTED}?from=2026-01-02&to=2026-01-01").status_code == 400


def test_the_page_shows_it_and_links_to_the_orders(week: Desk, client: Client) -> None:
    client.force_login(week.cast.user("street_dispatcher"), backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/suggestions/").content.decode()
    assert "92.31<span>%</span>" in text
    assert "规则不对 2 次，未写原因 1 次" in text
    order = WorkOrder.objects.filter(assignments__correction="wrong_rule").first()
    assert order is not None
    assert f'href="/orders/{order.number}/"' in text
    fault = client.get("/suggestions/?from=2026-02-30").content.decode()
    assert "已改为最近 30 天" in fault


def test_advice_is_there_over_http_for_who_may_dispatch(week: Desk) -> None:
    order, door = week.registered(), Door(week.cast)
    told = door.street_dispatcher.get(f"/api/v1/work-orders/{order.number}/advice/").json()
    assert (told["lead"]["code"], told["lead"]["rule"], told["version"]) == (MARKET, "3.2.1", 4)
    assert told["says"] == "权责清单第 4 版规则 3.2.1 适用。"
    assert door.supervisor.get(f"/api/v1/work-orders/{order.number}/advice/").status_code == 403
    assert door.other_street_dispatcher.get(f"/api/v1/work-orders/{order.number}/advice/").status_code == 404
