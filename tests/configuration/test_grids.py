"""The page of grids: tree, filters, norms, the panel, and the forms that begin, change and end divisions."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from accounts.services import issue_token
from grids.models import Community, District, Grid, GroundVersion, Street, Unit
from tests.cast import Cast
from tests.configuration.test_overview import text, window

pytestmark = pytest.mark.django_db
GRID = "320999001001001"
COMMUNITY = "320999001001"


def api(cast: Cast, name: str) -> APIClient:
    client = APIClient()
    token, _expiry = issue_token(user=cast.user(name))
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def last(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action).latest("pk")


def rows(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('<tr data-code="')[1:]]


def test_the_list_has_every_grid_with_its_norm(cast: Cast) -> None:
    page = text(window(cast, "sysadmin"), "/configuration/grids/")
    assert len(rows(page)) == 8
    assert "8 个网格" in page
    # 400 households of 400 to 500, in town.
    assert page.count('<span class="tag tag-ok">符合</span>') == 8


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("within=320999002", 4),
        ("within=320999001002", 2),
        ("q=320999001001", 2),
        ("kind=dedicated", 1),
        ("zone=core", 2),
        ("zone=outer", 0),
        ("setting=rural", 2),
        ("norm=outside", 3),
        ("norm=over", 1),
        ("norm=under", 2),
        ("norm=unknown", 1),
        ("norm=exempt", 1),
        ("lacks=boundary", 1),
        ("lacks=worker", 6),
        ("q=机械厂", 1),
        ("q=shiyanqu", 0),
        ("page=99", 8),
    ],
)
def test_filters(cast: Cast, query: str, found: int) -> None:
    Community.objects.filter(code=COMMUNITY).update(zone="core")
    Community.objects.filter(code="320999002002").update(setting="rural")
    codes = sorted(Grid.objects.values_list("code", flat=True))
    Grid.objects.filter(code=codes[2]).update(households=700, population=1800)
    Grid.objects.filter(code=codes[3]).update(households=399, population=799, boundary=None)
    Grid.objects.filter(code=codes[4]).update(kind="dedicated", occupier_name="机械厂", households=9)
    Grid.objects.filter(code=codes[5]).update(households=0, population=0)
    # Of the two in the country one has too few households and too few people.
    Grid.objects.filter(code=codes[6]).update(households=200, population=500)
    client = window(cast, "sysadmin")
    assert len(rows(text(client, f"/configuration/grids/?{query}"))) == found
    told = client.get(f"/api/v1/setup/grids/?{query}").json()
    assert len(told) == found


def test_by_how_much_a_grid_misses_its_norm(cast: Cast) -> None:
    Grid.objects.filter(code=GRID).update(households=700, population=1800)
    (told,) = api(cast, "commander").get("/api/v1/setup/grids/?norm=outside").json()
    assert (told["code"], told["norm"], told["households_off"], told["people_off"]) == (GRID, "over", 200, 600)
    assert "多 200 户" in text(window(cast, "sysadmin"), "/configuration/grids/?norm=outside")


def test_people_alone_can_fit_the_norm(cast: Cast) -> None:
    Grid.objects.filter(code=GRID).update(households=700, population=1000)
    assert api(cast, "commander").get("/api/v1/setup/grids/?norm=outside").json() == []


def test_the_panel_of_a_grid(cast: Cast) -> None:
    Grid.objects.filter(code=GRID).update(party_branch="第一党支部")
    client = window(cast, "street_dispatcher")
    part = client.get(f"/configuration/grids/{GRID}/", headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in part
    assert "第一党支部" in part
    assert part.count("专职网格员") == 1
    assert "修改" not in part
    assert "<html" in text(client, f"/configuration/grids/{GRID}/")
    assert client.get("/configuration/grids/320999001001009/").status_code == 404


@pytest.mark.parametrize("who", ["handler", "grid_worker", "outsider", "auditadmin"])
def test_the_page_is_shut_to_others(cast: Cast, who: str) -> None:
    client = window(cast, who)
    for address in ("grids/", f"grids/{GRID}/", "grids/norms/", "boundaries/", f"divisions/grid/{GRID}/"):
        assert client.get(f"/configuration/{address}").status_code == 403, address
    assert client.get("/api/v1/setup/grids/").status_code == 403


def test_printing_shows_all_that_the_filter_leaves(cast: Cast) -> None:
    page = text(window(cast, "commander"), "/configuration/grids/?print=1&within=320999001")
    assert page.count("<tr>") == 5
    assert "网格一览表" in page


def form(**changed: str) -> dict[str, str]:
    return {
        "name": "一号网格", "short_name": "", "kind": "comprehensive", "party_branch": "", "occupier": "",
        "occupier_name": "", "households": "410", "population": "990", **changed,
    }  # fmt: skip


def test_attributes_are_changed_and_audited(cast: Cast) -> None:
    stamp = GroundVersion.objects.get().stamp
    client = window(cast, "sysadmin")
    unit = Unit.objects.get(code="320999-water")
    sent = form(kind="dedicated", occupier=unit.code, party_branch="水务党支部")
    answer = client.post(f"/configuration/divisions/grid/{GRID}/", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/configuration/grids/?grid={GRID}")
    grid = Grid.objects.get(code=GRID)
    assert (grid.name, grid.kind, grid.occupier, grid.party_branch) == ("一号网格", "dedicated", unit, "水务党支部")
    assert (grid.pinyin, grid.households, grid.population) == ("yihaowangge", 410, 990)
    assert GroundVersion.objects.get().stamp != stamp
    entry = last("grids.grid_changed")
    assert entry.actor == cast.user("sysadmin")
    assert entry.detail["before"]["households"] == 400
    assert entry.detail["after"]["occupier"] == "320999-water"
    # Once more the same: nothing is written.
    client.post(f"/configuration/divisions/grid/{GRID}/", sent)
    assert last("grids.grid_changed").pk == entry.pk


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": ""}, "请填写名称"),
        ({"name": "第2网格"}, "同一上级下已有同名的区划"),
        ({"name": "长" * 61}, "最多 60 个字"),
        ({"households": "许多"}, "请填写不小于 0 的整数"),
        ({"households": "-1"}, "请填写不小于 0 的整数"),
        ({"kind": "round"}, "请从给出的选项中选择"),
        ({"occupier_name": "机械厂"}, "只有专属网格有占用单位"),
        ({"kind": "dedicated", "occupier": "nobody"}, "没有代码为 nobody 的在用单位"),
    ],
)
def test_what_cannot_stand_is_told_beside_the_field(cast: Cast, changed: dict[str, str], told: str) -> None:
    answer = window(cast, "sysadmin").post(
        f"/configuration/divisions/grid/{GRID}/", form(party_branch="打过的字", **changed)
    )
    page = answer.content.decode()
    assert answer.status_code == 400
    assert told in page.split("field-error")[1]
    # Nothing that was typed is lost.
    assert "打过的字" in page
    assert Grid.objects.get(code=GRID).name == "第1网格"


def test_a_grid_that_turns_comprehensive_loses_its_occupier(cast: Cast) -> None:
    Grid.objects.filter(code=GRID).update(kind="dedicated", occupier_name="机械厂")
    sent = {"values": {"kind": "comprehensive"}}
    answer = api(cast, "sysadmin").patch(f"/api/v1/setup/divisions/grid/{GRID}/", sent, format="json")
    assert (answer.status_code, answer.json()["kind"], answer.json()["occupier_name"]) == (200, "comprehensive", "")


@pytest.mark.parametrize("who", ["secadmin", "commander", "street_dispatcher"])
def test_only_the_system_administrator_changes_the_ground(cast: Cast, who: str) -> None:
    client = window(cast, who)
    assert client.post(f"/configuration/divisions/grid/{GRID}/", form()).status_code == 403
    assert client.get(f"/configuration/divisions/grid/{GRID}/").status_code == 403
    assert client.post("/configuration/divisions/district/new/", {}).status_code == 403
    rest = api(cast, who)
    assert rest.patch(f"/api/v1/setup/divisions/grid/{GRID}/", {"values": {}}, format="json").status_code == 403
    assert rest.delete(f"/api/v1/setup/divisions/grid/{GRID}/").status_code == 403
    assert Grid.objects.get(code=GRID).name == "第1网格"


def test_a_boundary_is_nothing_that_a_form_changes(cast: Cast) -> None:
    sent = {"values": {"boundary": {"type": "Polygon", "coordinates": []}}}
    answer = api(cast, "sysadmin").patch(f"/api/v1/setup/divisions/grid/{GRID}/", sent, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "division_fault")
    assert list(answer.json()["errors"]) == ["boundary"]


def test_a_district_begins_on_an_empty_database(cast: Cast) -> None:
    client = window(cast, "sysadmin")
    steps = [
        ("district", {"code": "330106", "name": "新区", "number_prefix": "XQ"}),
        ("street", {"code": "330106001", "parent": "330106", "name": "湖滨街道", "kind": "street"}),
        (
            "community",
            {"code": "330106001001", "parent": "330106001", "name": "柳浪村委会", "setting": "rural", "zone": "core"},
        ),
        ("grid", {"code": "330106001001001", "parent": "330106001001", "name": "柳浪一格", "kind": "comprehensive"}),
    ]
    for level, sent in steps:
        answer = client.post(f"/configuration/divisions/{level}/new/", sent)
        assert answer.status_code == 302, answer.content.decode()
    assert Street.objects.get(code="330106001").short_name == "湖滨"
    community = Community.objects.get(code="330106001001")
    assert (community.short_name, community.setting, community.zone) == ("柳浪村", "rural", "core")
    grid = Grid.objects.get(code="330106001001001")
    assert (grid.boundary, grid.valid_to, grid.synthetic) == (None, None, False)
    assert last("grids.district_created").detail["after"]["number_prefix"] == "XQ"
    page = text(client, "/configuration/grids/?lacks=boundary")
    assert rows(page) == ["330106001001001"]


@pytest.mark.parametrize(
    ("level", "sent", "told"),
    [
        ("district", {"code": "33010", "name": "新区", "number_prefix": "XQ"}, "代码应为 6 位数字"),
        ("district", {"code": "320999", "name": "新区", "number_prefix": "XQ"}, "代码 320999 已经用过"),
        ("district", {"code": "330106", "name": "新区", "number_prefix": "SY"}, "前缀 SY 已被其他区使用"),
        ("district", {"code": "330106", "name": "新区", "number_prefix": "x1"}, "大写字母或数字"),
        ("street", {"code": "330106001", "parent": "320999", "name": "北街"}, "应以上级代码 320999 开头"),
        ("street", {"code": "330106001", "parent": "330106", "name": "北街"}, "没有代码为 330106 的上级区划"),
        ("grid", {"code": "32099900100100a", "parent": COMMUNITY, "name": "三格"}, "代码应为 15 位数字"),
    ],
)
def test_a_beginning_that_cannot_stand(cast: Cast, level: str, sent: dict[str, str], told: str) -> None:
    defaults = {"street": {"kind": "street"}, "grid": {"kind": "comprehensive"}}.get(level, {})
    answer = window(cast, "sysadmin").post(f"/configuration/divisions/{level}/new/", {**defaults, **sent})
    assert answer.status_code == 400
    assert told in answer.content.decode()
    assert District.objects.count() == 1


def test_what_is_in_use_does_not_end(cast: Cast) -> None:
    client, rest = window(cast, "sysadmin"), api(cast, "sysadmin")
    for level, code in (("grid", GRID), ("community", COMMUNITY), ("street", "320999001"), ("district", "320999")):
        answer = rest.delete(f"/api/v1/setup/divisions/{level}/{code}/")
        assert (answer.status_code, answer.json()["code"]) == (409, "division_in_use"), level
    page = client.post(f"/configuration/divisions/grid/{GRID}/", {"end": "1"}, follow=True)
    assert "该网格已有边界" in page.content.decode()
    assert Grid.objects.filter(valid_to=None).count() == 8


def test_an_empty_grid_ends_and_its_code_is_gone_for_good(cast: Cast) -> None:
    client = window(cast, "sysadmin")
    code = "320999001001009"
    sent = {"code": code, "parent": COMMUNITY, "name": "第9网格", "kind": "comprehensive"}
    assert client.post("/configuration/divisions/grid/new/", sent).status_code == 302
    assert client.post(f"/configuration/divisions/grid/{code}/", {"end": "1"}).status_code == 302
    assert code not in text(client, "/configuration/grids/")
    assert client.get(f"/configuration/divisions/grid/{code}/").status_code == 404
    assert "已经用过" in client.post("/configuration/divisions/grid/new/", sent).content.decode()


def test_a_community_gives_its_zone_and_setting_to_its_grids(cast: Cast) -> None:
    rest = api(cast, "sysadmin")
    sent = {"values": {"zone": "core", "setting": "rural"}}
    assert rest.patch(f"/api/v1/setup/divisions/community/{COMMUNITY}/", sent, format="json").status_code == 200
    found = rest.get(f"/api/v1/divisions/{GRID}/").json()
    assert (found["zone"], found["setting"]) == ("core", "rural")
    assert json.dumps(last("grids.community_changed").detail["before"]) == '{"zone": "", "setting": "urban"}'


def test_the_map_and_the_empty_page(cast: Cast, django_assert_max_num_queries: object) -> None:
    page = text(window(cast, "sysadmin"), "/configuration/grids/")
    assert 'data-boundaries="/api/v1/divisions/boundaries/"' in page
    District.objects.update(valid_to="2020-01-01")
    assert "还没有区划" in text(window(cast, "sysadmin"), "/configuration/grids/")
    assert Client().get("/configuration/grids/").status_code == 302
