"""The map's feeds: each tells no more than its reader sees, and no more than a map can show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from redis.exceptions import RedisError

from accounts.models import User
from dispatch.models import Position
from dispatch.selectors import map_load, map_orders, map_people
from dispatch.selectors.on_duty import OnDuty
from lianqin.kernel import clock
from tests.cast import centre_of
from tests.memory import forget
from tests.workorders.conftest import HERE, OTHER_STREET, Desk
from workorders.models import WorkOrder

pytestmark = pytest.mark.django_db
ALL = "118.0,31.5,119.5,32.6"


@pytest.fixture(autouse=True)
def _counted_anew() -> Iterator[None]:
    map_load.forget_bearings()
    forget()
    yield
    map_load.forget_bearings()
    forget()


def signed_in(desk: Desk, who: str) -> Client:
    client = Client()
    client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def asked(desk: Desk, who: str, what: str, status: int = 200) -> Any:
    answer = signed_in(desk, who).get(f"/api/v1/map/{what}")
    assert answer.status_code == status, answer.content[:300]
    return answer.json() if status == 200 else None


def numbers(told: dict[str, Any]) -> list[str]:
    return sorted(feature["id"] for feature in told["features"])


def test_orders_of_one_s_own_street(desk: Desk) -> None:
    elsewhere: dict[str, Any] = {
        "lon": OTHER_STREET[0],
        "lat": OTHER_STREET[1],
        "by": desk.cast.other_street_dispatcher,
    }
    mine, other = desk.registered(), desk.report(**elsewhere)
    desk.closed()
    assert numbers(asked(desk, "street_dispatcher", f"orders/?bbox={ALL}&zoom=12")) == [mine.number]
    assert numbers(asked(desk, "commander", f"orders/?bbox={ALL}&zoom=12")) == sorted([mine.number, other.number])
    assert asked(desk, "sysadmin", f"orders/?bbox={ALL}&zoom=12")["total"] == 0
    told = asked(desk, "commander", f"orders/?bbox={ALL}&zoom=12&within=320999001001001")["features"]
    assert [feature["id"] for feature in told] == [mine.number]
    assert told[0]["geometry"]["coordinates"] == [round(HERE[0], 6), round(HERE[1], 6)]
    assert (told[0]["properties"]["state"], told[0]["properties"]["time"]) == ("待派遣", "calm")


def test_only_what_is_in_view(desk: Desk) -> None:
    order = desk.registered()
    west, south = HERE[0] - 0.001, HERE[1] - 0.001
    assert asked(desk, "commander", f"orders/?bbox={west},{south},{west + 0.002},{south + 0.002}")["total"] == 1
    assert asked(desk, "commander", f"orders/?bbox={west - 0.002},{south},{west},{south + 0.002}")["total"] == 0
    assert order.lon is not None
    asked(desk, "commander", "orders/?bbox=1,2,3", 400)
    asked(desk, "commander", "orders/", 400)


def test_many_are_counted_by_square(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_orders, "MOST", 2)
    for _ in range(2):
        desk.registered()
    late = desk.registered()
    WorkOrder.objects.filter(pk=late.pk).update(due_at=clock.now() - dt.timedelta(minutes=5))
    desk.report(lon=OTHER_STREET[0], lat=OTHER_STREET[1])
    told = asked(desk, "commander", f"orders/?bbox={ALL}&zoom=16")
    assert (told["kind"], told["total"]) == ("clusters", 4)
    assert [feature["properties"] for feature in told["features"]] == [
        {"cluster": 3, "late": 1, "urgent": 0},
        {"cluster": 1, "late": 0, "urgent": 0},
    ]
    assert told["features"][0]["geometry"]["coordinates"] == pytest.approx(list(HERE), abs=1e-5)


def test_load_is_what_is_open_over_what_is_borne(desk: Desk) -> None:
    """The grid has one full-time worker, who bears four, and a part-time one, who bears one."""
    for _ in range(3):
        desk.registered()
    rows = {row["code"]: row for row in asked(desk, "commander", "load/?level=grid")["results"]}
    here = rows["320999001001001"]
    assert (here["open"], here["capacity"], here["percent"]) == (3, 5, 60)
    street = asked(desk, "street_dispatcher", "load/?level=street")["results"]
    assert [row["code"] for row in street] == ["320999001"]
    assert street[0]["open"] == 3


def test_load_is_for_who_sees_all_of_a_place(desk: Desk) -> None:
    desk.registered()
    assert asked(desk, "handler", "load/")["results"] == []
    assert asked(desk, "sysadmin", "load/")["results"] == []
    assert {row["code"][:12] for row in asked(desk, "community_officer", "load/")["results"]} == {"320999001001"}


def test_heat_of_the_last_days(desk: Desk) -> None:
    desk.registered()
    desk.registered()
    told = asked(desk, "commander", "heat/?days=7")
    assert (told["total"], [weight for _lon, _lat, weight in told["results"]]) == (2, [2])
    assert abs(told["results"][0][0] - HERE[0]) <= 0.001
    assert asked(desk, "other_street_dispatcher", "heat/?days=7")["total"] == 0
    asked(desk, "handler", "heat/", 403)
    asked(desk, "sysadmin", "heat/", 403)
    asked(desk, "commander", "heat/?days=4000", 400)


def test_heat_without_redis(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.registered()

    def away(*_told: Any) -> None:
        raise RedisError("away")

    for verb in ("get", "set"):
        monkeypatch.setattr(f"dispatch.selectors.map_heat.cache.{verb}", away)
    assert asked(desk, "commander", "heat/?days=7")["total"] == 1


def on_duty(user: User, unit_id: int) -> OnDuty:
    return OnDuty(user.pk, user.full_name, unit_id, "中心", "值班员", clock.now() + dt.timedelta(hours=2))


def test_people_are_told_to_who_commands_there(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    placed, unplaced = desk.cast.user("handler"), desk.cast.user("handler2")
    squad = desk.ground.urban_squad
    now = clock.now()
    at, until = now - dt.timedelta(minutes=40), now + dt.timedelta(hours=2)
    Position.objects.create(user=placed, lon=118.605, lat=32.055, accuracy_m=12, at=at, until=until)

    def there(*, at: dt.datetime, unit_ids: list[int]) -> list[OnDuty]:
        return [on_duty(each, squad.pk) for each in (placed, unplaced) if squad.pk in unit_ids]

    monkeypatch.setattr(map_people, "people_on_duty", there)
    told = asked(desk, "street_dispatcher", "people/")
    assert (told["on_duty"], told["placed"]) == (2, 1)
    first, second = told["results"]
    assert (first["lon"], first["stale"], first["age_s"] >= 2400) == (118.605, True, True)
    assert (second["lon"], second["age_s"], second["stale"]) == (None, None, False)
    assert asked(desk, "other_street_dispatcher", "people/")["results"] == []
    for nobody in ("handler", "sysadmin", "secadmin", "auditadmin"):
        asked(desk, nobody, "people/", 403)


def test_the_card_of_a_grid(desk: Desk) -> None:
    order = desk.registered()
    told = asked(desk, "street_dispatcher", "divisions/320999001001001/")
    assert told["load"]["open"] == 1
    assert [each["number"] for each in told["orders"]] == [order.number]
    assert "full_time_worker" in {each["post"] for each in told["people"]}
    foreign = asked(desk, "other_street_dispatcher", "divisions/320999001001001/")
    assert (foreign["load"], foreign["orders"]) == (None, [])
    asked(desk, "street_dispatcher", "divisions/320999009/", 404)
    asked(desk, "sysadmin", "divisions/320999001001001/", 403)


def test_finding_by_name_and_number(desk: Desk) -> None:
    order = desk.registered()
    lon, lat = centre_of(0, 0)
    found = asked(desk, "street_dispatcher", f"find/?q={order.number[-8:]}")["results"]
    assert [(each["kind"], each["code"], each["lon"], each["lat"]) for each in found] == [
        ("order", order.number, lon, lat)
    ]
    assert asked(desk, "other_street_dispatcher", f"find/?q={order.number[-8:]}")["results"] == []
    names = asked(desk, "street_dispatcher", "find/?q=320999001001")["results"]
    assert [each["kind"] for each in names][:2] == ["community", "grid"]
    asked(desk, "sysadmin", "find/?q=1", 403)


def test_the_page_offers_what_one_may_see(desk: Desk) -> None:
    def offered(who: str) -> list[str]:
        page = signed_in(desk, who).get("/map/")
        assert page.status_code == 200
        return [layer.name for layer in page.context["map"].layers]

    assert offered("commander") == ["load", "heat", "orders", "people", "whistles", "elements", "cameras"]
    assert offered("handler") == ["orders", "whistles", "elements"]
    assert signed_in(desk, "street_dispatcher").get("/map/").context["map"].home == "320999001"
    assert signed_in(desk, "sysadmin").get("/map/").status_code == 403
    card = signed_in(desk, "street_dispatcher").get("/map/divisions/320999001001001/", headers={"X-Fragment": "1"})
    told = card.content.decode()
    assert "负荷" in told
    assert "<html" not in told
