"""Whistles through pages and API: who is called, who proves to be there, who did not come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from catalogue.models import Category
from dispatch.models import Notice, Summons, Whistle, WhistleRule
from dispatch.selectors.notices import sentence
from dispatch.services.whistles import sweep_summonses
from lianqin.kernel import clock
from tests.cast import centre_of
from tests.workorders.conftest import Desk
from workorders.models import WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order

LIST = "/api/v1/whistles/"
SQUAD, MARKET = "320999001-urban_management", "320999001-market"
Shift = Callable[[dt.timedelta], None]
As = Callable[[str], APIClient]


@pytest.fixture
def api(desk: Desk) -> As:
    def signed_in(who: str) -> APIClient:
        client = APIClient()
        client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


def in_minutes(minutes: int) -> str:
    return (clock.now() + dt.timedelta(minutes=minutes)).isoformat()


def asked(order: WorkOrder | None = None, **changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "community", "units": [SQUAD], "by": in_minutes(60), "note": "带警示牌"}
    if order is not None:
        told["order"] = order.number
    return {**told, **changed}


def raised(api: As, order: WorkOrder | None = None, who: str = "community_officer", **changed: Any) -> dict[str, Any]:
    answer = api(who).post(LIST, asked(order, **changed), format="json")
    assert answer.status_code == 201, answer.content.decode()[:600]
    told: dict[str, Any] = answer.json()
    return told


def act(api: As, who: str, path: str, **data: Any) -> Any:
    return api(who).post(f"/api/v1/{path}/", data, format="json")


def metres_north(order: WorkOrder, metres: float) -> dict[str, float]:
    assert order.lat is not None
    assert order.lon is not None
    return {"lon": order.lon, "lat": order.lat + metres / 110_900, "accuracy_m": 20}


def test_a_workstation_summons_a_department_to_the_place_of_an_order(desk: Desk, api: As) -> None:
    order = desk.handling()
    told = raised(api, order)

    assert (told["state"], told["matter"], told["unit"]) == ("raised", "店外经营占道", "320999001001-station")
    assert (told["lon"], told["lat"]) == (order.lon, order.lat)
    assert told["number"] == f"哨{clock.now() + dt.timedelta(hours=8):%Y}-00001"
    assert [each["unit"] for each in told["summonses"]] == [SQUAD]
    assert desk.events(order)[-1] == "whistled"
    notice = Notice.objects.get(kind="whistle")
    assert notice.unit is not None
    assert (notice.unit.code, notice.url) == (SQUAD, f"/whistles/{told['id']}/")
    assert list(verify_order(WorkOrder.objects.get(pk=order.pk))) == []
    assert list(breaches()) == []


def test_an_arrival_is_proven_at_the_place(desk: Desk, api: As) -> None:
    order = desk.handling()
    summons = raised(api, order)["summonses"][0]["id"]
    before = WorkOrder.objects.get(pk=order.pk)

    said = act(api, "handler", f"summonses/{summons}/acknowledge", minutes=15).json()
    assert said["state"] == "answered"
    far = act(api, "handler", f"summonses/{summons}/arrive", **metres_north(order, 900))
    assert (far.status_code, far.json()["code"]) == (409, "too_far")
    assert 890 <= far.json()["distance_m"] <= 910
    assert far.json()["reach_m"] == 200
    rough = act(api, "handler", f"summonses/{summons}/arrive", **{**metres_north(order, 0), "accuracy_m": 800})
    assert rough.status_code == 400
    assert "arrived" not in desk.events(order)

    there = act(api, "handler", f"summonses/{summons}/arrive", **metres_north(order, 60)).json()["summonses"][0]
    assert (there["how"], there["accuracy_m"]) == ("position", 20)
    assert 58 <= there["distance_m"] <= 62
    again = act(api, "handler", f"summonses/{summons}/arrive", **metres_north(order, 60))
    assert (again.status_code, again.json()["code"]) == (409, "arrived_before")
    after = WorkOrder.objects.get(pk=order.pk)
    assert (after.status, after.version, after.due_at) == (before.status, before.version, before.due_at)
    assert desk.events(order).count("arrived") == 1


def test_who_whistled_confirms_on_site_and_nobody_confirms_themselves(desk: Desk, api: As) -> None:
    summons = raised(api, desk.handling())["summonses"][0]["id"]
    path = f"summonses/{summons}/confirm"

    assert act(api, "handler", path, note="我到了").status_code == 403
    assert act(api, "handler2", path, note="我到了").status_code == 404
    assert act(api, "community_officer", path, note=" ").status_code == 400
    there = act(api, "community_officer", path, note="李队长带 3 人").json()["summonses"][0]
    assert (there["how"], there["witness_note"], there["distance_m"]) == ("witness", "李队长带 3 人", None)


def test_a_no_show_is_recorded_once_after_one_reminder(desk: Desk, api: As, shift: Shift) -> None:
    order = desk.handling()
    summons = raised(api, order, units=[SQUAD, MARKET])["summonses"][0]["id"]
    act(api, "handler", f"summonses/{summons}/arrive", **metres_north(order, 0))

    shift(dt.timedelta(minutes=59))
    assert sweep_summonses() == 0
    shift(dt.timedelta(minutes=61))
    assert (sweep_summonses(), sweep_summonses()) == (1, 0)
    missing = Summons.objects.get(unit__code=MARKET)
    assert missing.recalled_at is not None
    assert missing.no_show_at is None
    assert Notice.objects.filter(kind="whistle", unit__code=MARKET).count() == 2

    shift(dt.timedelta(minutes=77))
    assert (sweep_summonses(), sweep_summonses()) == (1, 0)
    assert Summons.objects.filter(pk=missing.pk, no_show_at__isnull=False).exists()
    assert desk.events(order).count("no_show") == 1
    told = Notice.objects.get(kind="no_show")
    assert told.unit is not None
    assert (told.unit.code, told.facts) == ("320999001001-station", {"unit_name": "东街市场监管中队"})

    assert act(api, "community_officer", f"summonses/{missing.pk}/accept-excuse").status_code == 409
    act(api, "handler2", f"summonses/{missing.pk}/excuse", excuse="车辆故障")
    assert act(api, "handler2", f"summonses/{missing.pk}/accept-excuse").status_code == 403
    assert act(api, "community_officer", f"summonses/{missing.pk}/accept-excuse").status_code == 200
    lines = api("street_dispatcher").get(f"{LIST}arrivals/").json()
    assert [(each["unit"], each["in_time"], each["percent"]) for each in lines] == [("东街城管中队", 1, None)]


def test_nothing_is_solved_on_the_spot_before_somebody_is_there(desk: Desk, api: As) -> None:
    told = raised(api, desk.handling())
    path = f"whistles/{told['id']}"
    refused = act(api, "community_officer", f"{path}/settle", solved=True, outcome="好了")
    assert (refused.status_code, refused.json()["code"]) == (409, "nobody_arrived")
    assert "请先确认到场" in refused.json()["detail"]
    assert Whistle.objects.get(pk=told["id"]).state == "raised"
    summons = told["summonses"][0]["id"]
    assert act(api, "community_officer", f"summonses/{summons}/confirm", note="张队长").status_code == 200
    assert act(api, "community_officer", f"{path}/settle", solved=True, outcome="好了").json()["state"] == "settled"


def test_what_is_unsolved_goes_to_a_leader_of_the_district(desk: Desk, api: As) -> None:
    order = desk.handling()
    told = raised(api, order)
    path = f"whistles/{told['id']}"
    assert act(api, "handler", f"{path}/settle", solved=True, outcome="好了").status_code == 403
    ended = act(api, "community_officer", f"{path}/settle", solved=False, outcome="产权单位不到场").json()
    assert ended["state"] == "unsolved"

    answer = act(api, "street_dispatcher", f"{path}/raise-up", reason="须区住建局协调")
    above = answer.json()
    assert (answer.status_code, above["kind"], above["raised_from"], above["summonses"]) == (
        201,
        "leader",
        told["id"],
        [],
    )
    assert Whistle.objects.get(pk=told["id"]).state == "raised_up"
    assert act(api, "street_dispatcher", f"{path}/raise-up", reason="再来").status_code == 409
    raised_to = Notice.objects.get(kind="whistle_raised")
    assert raised_to.unit is not None
    assert raised_to.unit.code == "320999-centre"

    leader = desk.cast.user("commander").pk
    send = f"whistles/{above['id']}/leader"
    assert act(api, "street_dispatcher", send, leader=leader, by=in_minutes(90)).status_code == 403
    wrong = act(api, "district_dispatcher", send, leader=desk.cast.user("handler").pk, by=in_minutes(90))
    assert "leader" in wrong.json()["errors"]
    assert act(api, "district_dispatcher", send, leader=leader, by=in_minutes(90)).status_code == 200
    assert Notice.objects.filter(kind="whistle", user=leader).count() == 1
    there = act(api, "commander", f"summonses/{Summons.objects.get(user=leader).pk}/arrive", **metres_north(order, 10))
    assert there.json()["summonses"][0]["how"] == "position"


def test_a_residents_report_summons_the_grid_worker_once(
    desk: Desk, api: As, deliver: Callable[[], int], deliver_again: Callable[[], None]
) -> None:
    WhistleRule.objects.create(category=Category.objects.get(code="T01"), minutes=30)
    lon, lat = centre_of(0, 0)
    order = desk.report(lon=lon, lat=lat)
    desk.report(lon=lon, lat=lat, source="video")
    deliver()
    deliver_again()

    whistle = Whistle.objects.get()
    assert (whistle.order_id, whistle.kind, whistle.raised_by) == (order.pk, "resident", None)
    assert [each.user for each in whistle.summonses.all()] == [desk.cast.user("grid_worker")]
    assert api("grid_worker").get(f"{LIST}?state=mine").json()["count"] == 1


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("community_officer", 1), ("handler", 1), ("street_dispatcher", 1), ("district_dispatcher", 1),
        ("handler2", 0), ("other_street_dispatcher", 0), ("other_officer", 0), ("grid_worker", 0), ("secadmin", 0),
    ],
)  # fmt: skip
def test_others_see_only_what_concerns_them(desk: Desk, api: As, who: str, sees: int) -> None:
    pk = raised(api, desk.handling())["id"]
    assert api(who).get(LIST).json()["count"] == sees
    assert api(who).get(f"{LIST}{pk}/").status_code == (200 if sees else 404)


@pytest.mark.parametrize(
    ("who", "changed", "status", "field"),
    [
        ("handler", {}, 403, ""),
        ("other_street_dispatcher", {}, 404, ""),
        ("community_officer", {"units": ["320999002-urban_management"]}, 400, "units"),
        ("community_officer", {"units": []}, 400, "units"),
        ("community_officer", {"by": "2020-01-01T00:00:00Z"}, 400, "due_at"),
    ],
)
def test_a_refused_whistle_leaves_nothing(
    desk: Desk, api: As, who: str, changed: dict[str, Any], status: int, field: str
) -> None:
    order = desk.handling()
    answer = api(who).post(LIST, asked(order, **changed), format="json")
    assert answer.status_code == status
    assert not field or field in answer.json()["errors"]
    assert not Whistle.objects.exists()
    assert "whistled" not in desk.events(order)


def test_pages_let_one_whistle_without_an_order_and_come(desk: Desk) -> None:
    lon, lat = centre_of(0, 0)
    officer, handler = Client(), Client()
    for client, who in ((officer, "community_officer"), (handler, "handler")):
        client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    due = f"{clock.now() + dt.timedelta(hours=9):%Y-%m-%dT%H:%M}"
    typed = {"matter": "楼道堆物会商", "lon": lon, "lat": lat, "units": [SQUAD], "due_at": due, "kind": "community"}

    bad = officer.post("/whistles/new/", {**typed, "matter": ""})
    assert bad.status_code == 400
    assert "请写明事由" in bad.content.decode()
    made = officer.post("/whistles/new/", typed)
    whistle = Whistle.objects.get()
    assert made["Location"] == f"/whistles/{whistle.pk}/"
    assert "楼道堆物会商" in handler.get("/whistles/?state=mine").content.decode()
    page = handler.get(f"/whistles/{whistle.pk}/").content.decode()
    assert "收到，预计 15 分钟" in page
    assert "我已到达" in page
    assert "现场已解决" not in page

    summons = whistle.summonses.get()
    handler.post(f"/whistles/{whistle.pk}/", {"do": "acknowledge", "summons": summons.pk, "minutes": 15})
    far = handler.post(
        f"/whistles/{whistle.pk}/",
        {"do": "arrive", "summons": summons.pk, "lon": lon, "lat": lat + 0.02, "accuracy_m": 10},
    )
    assert far.status_code == 409
    assert "200 米以内才能报到" in far.content.decode()
    told = {"do": "confirm", "summons": summons.pk, "text": "李队长"}
    assert officer.post(f"/whistles/{whistle.pk}/", told).status_code == 302
    assert "吹哨人现场确认：李队长" in officer.get(f"/whistles/{whistle.pk}/").content.decode()


def test_the_order_shows_its_whistles_and_the_way_to_one(desk: Desk, api: As) -> None:
    order = desk.handling()
    officer = Client()
    officer.force_login(desk.cast.user("community_officer"), backend="django.contrib.auth.backends.ModelBackend")
    assert f"/whistles/new/?order={order.number}" in officer.get(f"/orders/{order.number}/").content.decode()
    told = raised(api, order)
    page = officer.get(f"/orders/{order.number}/").content.decode()
    assert f'href="/whistles/{told["id"]}/"' in page
    assert "吹哨，召集 1 个单位到场" in page


def test_a_dispatcher_chooses_among_the_grid_people_of_the_place(desk: Desk, api: As) -> None:
    client = api("street_dispatcher")
    worker = desk.cast.user("grid_worker")
    assert f'name="people" value="{worker.pk}"' not in client.get("/whistles/new/").content.decode()
    lon, lat = centre_of(0, 0)
    shown = client.get(f"/whistles/new/?lon={lon}&lat={lat}&kind=resident&people={worker.pk}").content.decode()
    assert f'name="people" value="{worker.pk}" checked' in shown
    assert f'name="people" value="{desk.cast.user("other_grid_worker").pk}"' not in shown
    for nowhere in ("nan", "inf", "1e999", "-", "200"):
        assert client.get(f"/whistles/new/?lon={nowhere}&lat={lat}").status_code == 200


def test_a_place_without_an_address_is_a_point_on_the_map_and_nobodys_office(desk: Desk, api: As) -> None:
    lon, lat = centre_of(0, 0)
    station = desk.cast.user("community_officer").memberships.get().unit
    assert station is not None
    community = station.community
    assert community is not None
    type(community).objects.filter(pk=community.pk).update(name=f"{community.short_name}居委会")
    told = raised(api, matter="楼道堆物会商", place={"lon": lon, "lat": lat})
    where = f"{community.short_name}的地图点位"

    assert told["place"] == where
    for who, path in (("handler", f"/whistles/{told['id']}/"), ("street_dispatcher", "/whistles/")):
        page = api(who).get(path).content.decode()
        assert where in page, path
        assert "居委会" not in page, path
    notice = Notice.objects.get(kind="whistle")
    assert sentence(notice).startswith(f"{community.short_name}辖区内吹哨，请于 ")
    given = raised(api, matter="会商", place={"lon": lon, "lat": lat, "address": "东街 3 号"})
    assert given["place"] == "东街 3 号"
    assert "东街 3 号" in api("handler").get(f"/whistles/{given['id']}/").content.decode()


def test_a_whistle_of_an_order_without_an_address_names_the_map(desk: Desk, api: As) -> None:
    order = desk.handling()
    order.text.address = ""
    order.text.save(update_fields=["address"])
    page = api("community_officer").get(f"/whistles/new/?order={order.number}").content.decode()
    assert f"地点和事由取自工单：{order.community}的地图点位" in page
