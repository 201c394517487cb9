"""Elements through the API: who may, what a viewport shows, what a table finds, where things lie, what fields keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from grids import ground
from grids.models import Element, ElementTile, ElementType
from grids.services.elements_in_bulk import put_elements
from lianqin.kernel.actors import SYSTEM
from tests.cast import Cast, SmallGround, centre_of

LON, LAT = centre_of(0, 0)
FIELDS: list[dict[str, Any]] = [
    {"name": "owner", "label": "管护单位", "kind": "choice", "choices": ["城管", "水务"], "required": True},
    {"name": "built", "label": "启用年份", "kind": "number", "unit": "年"},
    {"name": "sorted", "label": "分类", "kind": "boolean"},
    {"name": "checked", "label": "检查日期", "kind": "date"},
]


@pytest.fixture(autouse=True)
def _ground_as_it_was() -> Iterator[None]:
    """What a test drew is rolled back; this process shall not remember it."""
    yield
    ground.look_again()


def signed_in(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(cast.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    return signed_in(cast, "sysadmin")


@pytest.fixture
def lamp(admin: Client) -> ElementType:
    data = {"code": "lamp", "name": "路灯", "layer": "components", "fields": FIELDS}
    assert send(admin, "setup/element-types/", data).status_code == 201
    return ElementType.objects.get(code="lamp")


def send(client: Client, path: str, data: Any, method: str = "post") -> Any:
    return getattr(client, method)(f"/api/v1/{path}", data, content_type="application/json")


def get(client: Client, path: str, **headers: str) -> Any:
    return client.get(f"/api/v1/{path}", headers=headers)


def a_lamp(**more: Any) -> dict[str, Any]:
    return {
        "type": "lamp", "code": "L1", "name": "文德路88号路灯", "lon": LON, "lat": LAT, "address": "文德路88号",
        "fields": {"owner": "城管"}, **more,
    }  # fmt: skip


def many(number: int, *, column: int = 0, row: int = 0, start: int = 0) -> None:
    """So many lamps in rows within one grid of the small ground."""
    lon, lat = centre_of(column, row)
    rows = [
        a_lamp(
            code=f"M{start + n:06d}", name=f"{n}号路灯", lon=lon + (n % 100 - 50) * 1e-5, lat=lat + (n // 100) * 1e-5
        )
        for n in range(number)
    ]
    put_elements(rows=rows, by=SYSTEM)


def test_a_new_element_lies_in_its_grid(admin: Client, lamp: ElementType, small_ground: SmallGround) -> None:
    answer = send(admin, "setup/elements/", a_lamp(fields={"owner": "城管", "built": "2019", "sorted": "是"}))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["grid"], told["values"]) == ("320999001001001", {"owner": "城管", "built": 2019, "sorted": True})
    assert [each["text"] for each in told["shown"]] == ["城管", "2019 年", "是"]
    entry = AuditEntry.objects.filter(action="grids.element_created").get()
    assert entry.detail["after"]["code"] == "L1"


def test_a_code_is_given_where_none_is_told(admin: Client, lamp: ElementType) -> None:
    first = send(admin, "setup/elements/", a_lamp(code="")).json()["code"]
    second = send(admin, "setup/elements/", a_lamp(code="")).json()["code"]
    assert first.startswith("lamp-")
    assert first != second


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fields": {}}, "fields.owner"),
        ({"fields": {"owner": "供电"}}, "fields.owner"),
        ({"fields": {"owner": "城管", "built": "去年"}}, "fields.built"),
        ({"fields": {"owner": "城管", "checked": "昨天"}}, "fields.checked"),
        ({"fields": {"owner": "城管", "colour": "红"}}, "fields.colour"),
        ({"name": ""}, "name"),
        ({"code": "灯"}, "code"),
        ({"lon": LAT, "lat": LON}, "lon"),
        ({"lon": "x"}, "lon"),
        ({"type": "nothing"}, "type"),
    ],
)
def test_what_cannot_stand(admin: Client, lamp: ElementType, wrong: dict[str, Any], field: str) -> None:
    answer = send(admin, "setup/elements/", a_lamp(**wrong))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not Element.objects.exists()


def test_a_code_is_used_once(admin: Client, lamp: ElementType) -> None:
    send(admin, "setup/elements/", a_lamp())
    assert send(admin, "setup/elements/", a_lamp()).json()["code"] == "code_taken"


@pytest.mark.parametrize("name", ["secadmin", "auditadmin", "commander", "street_dispatcher", "grid_worker", "citizen"])
def test_only_the_system_administrator_writes(cast: Cast, lamp: ElementType, name: str) -> None:
    assert send(signed_in(cast, name), "setup/elements/", a_lamp()).status_code == 403
    assert not Element.objects.exists()


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("handler", 200),
        ("grid_worker2", 200),
        ("sysadmin", 200),
        ("auditadmin", 403),
        ("citizen", 403),
        ("source", 403),
    ],
)
def test_who_sees_elements(cast: Cast, lamp: ElementType, name: str, status: int) -> None:
    client = signed_in(cast, name)
    for path in ("elements/?bbox=118,32,119,33&zoom=12", "elements/", "elements/types/"):
        assert get(client, path).status_code == status, path


def test_moving_and_retiring(admin: Client, lamp: ElementType) -> None:
    send(admin, "setup/elements/", a_lamp())
    lon, lat = centre_of(3, 1)
    moved = send(admin, "setup/elements/L1/", {"lon": lon, "lat": lat}, "patch").json()
    assert (moved["grid"], moved["name"]) == ("320999002002002", "文德路88号路灯")
    assert send(admin, "setup/elements/L1/retire/", {}).json()["active"] is False
    assert get(admin, "elements/?bbox=118,32,119,33&zoom=17").json()["total"] == 0
    assert send(admin, "setup/elements/L1/restore/", {}).json()["active"] is True
    assert get(admin, "elements/?bbox=118,32,119,33&zoom=17").json()["total"] == 1
    assert [e.action for e in AuditEntry.objects.filter(action__startswith="grids.element_").order_by("pk")] == [
        "grids.element_type_created",
        "grids.element_created",
        "grids.element_changed",
        "grids.element_retired",
        "grids.element_restored",
    ]


def test_a_definition_that_changes_keeps_old_values_readable(admin: Client, lamp: ElementType) -> None:
    send(admin, "setup/elements/", a_lamp(fields={"owner": "水务", "built": 2019}))
    changed: list[dict[str, Any]] = [{**FIELDS[0], "choices": ["城管", "园林"]}]
    assert send(admin, "setup/element-types/lamp/", {"fields": changed}, "patch").status_code == 200
    shown = {each["label"]: (each["text"], each["note"]) for each in get(admin, "elements/L1/").json()["shown"]}
    assert shown == {"管护单位": ("水务", "旧值，与现定义不符"), "启用年份": ("2019 年", "已停用的字段")}
    # Another change leaves what is not told as it was.
    assert send(admin, "setup/elements/L1/", {"name": "新名"}, "patch").status_code == 200
    assert Element.objects.get(code="L1").fields == {"owner": "水务", "built": 2019}


def test_few_are_features_and_many_are_clusters(admin: Client, lamp: ElementType) -> None:
    many(2000)
    box = "elements/?bbox=118.5,32.0,118.7,32.1&zoom=12"
    told = get(admin, box).json()
    assert (told["kind"], told["total"], len(told["features"])) == ("features", 2000, 2000)
    assert told["features"][0]["properties"] == {"name": "0号路灯", "type": "lamp", "key": False}
    many(1, start=5000)
    told = get(admin, box).json()
    assert (told["kind"], told["total"]) == ("clusters", 2001)
    assert sum(each["properties"]["cluster"] for each in told["features"]) == 2001
    west, south = told["features"][0]["geometry"]["coordinates"]
    assert abs(west - LON) < 0.01
    assert abs(south - LAT) < 0.01


@pytest.mark.parametrize("zoom", [0, 5, 12, 16, 18, 20, 24])
def test_no_answer_is_larger_than_it_may_be(admin: Client, lamp: ElementType, zoom: int) -> None:
    many(2600)
    told = get(admin, f"elements/?bbox=-180,-90,180,90&zoom={zoom}").json()
    assert told["total"] == 2600
    assert len(told["features"]) <= 2000
    assert sum(each["properties"]["cluster"] for each in told["features"]) == 2600


def test_counts_by_square_follow_every_write(admin: Client, lamp: ElementType) -> None:
    many(300)
    Element.objects.filter(code__in=["M000001", "M000002"]).update(key=True)
    Element.objects.filter(code="M000003").update(active=False)
    Element.objects.filter(code="M000004").delete()
    for level in (0, 6, 12, 18):
        tiles = ElementTile.objects.filter(level=level)
        assert sum(tile.number for tile in tiles) == 298
        assert sum(tile.number for tile in tiles if tile.key) == 2
        assert sum(tile.lon_sum for tile in tiles) == sum(
            round(lon * 1e6) for lon in Element.objects.filter(active=True).values_list("lon", flat=True)
        )
    told = get(admin, "elements/types/").json()
    assert [(each["number"], each["key_number"]) for each in told] == [(298, 2)]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("q=文德", ["L1"]), ("q=文德路 88", ["L1"]), ("q=ludeng", ["L1", "L2"]), ("q=ld", ["L1", "L2"]),
        ("q=l2", ["L2"]),
        ("q=灯", ["L1", "L2"]), ("q=路路灯灯", []), ("q='; --", []), ("key=1", ["L2"]), ("types=lamp", ["L1", "L2"]),
        ("types=other", []), ("place=320999001", ["L1"]), ("place=320999002001001", ["L2"]), ("outside=1", []),
        ("field.owner=水务", ["L2"]), ("field.built=2019", ["L1"]), ("layer=services", []), ("retired=1", ["L3"]),
    ],
)  # fmt: skip
def test_the_table_finds(admin: Client, lamp: ElementType, query: str, codes: list[str]) -> None:
    lon, lat = centre_of(2, 0)
    send(admin, "setup/elements/", a_lamp(fields={"owner": "城管", "built": 2019}))
    water = {
        "fields": {"owner": "水务"},
        "name": "公园路路灯",
        "address": "公园路",
        "key": True,
        "lon": lon,
        "lat": lat,
    }
    send(admin, "setup/elements/", a_lamp(code="L2", **water))
    send(admin, "setup/elements/", a_lamp(code="L3"))
    send(admin, "setup/elements/L3/retire/", {})
    told = get(admin, f"elements/?{query}").json()
    assert [each["code"] for each in told["results"]] == codes
    on_map = get(admin, f"elements/?{query}&bbox=118,32,119,33&zoom=14").json()
    assert [each["id"] for each in on_map["features"]] == codes


@pytest.mark.parametrize("bbox", ["1,2,3", "a,b,c,d", "119,32,118,33", "nan,1,2,3", "1,2,inf,3"])
def test_a_box_that_is_none(admin: Client, lamp: ElementType, bbox: str) -> None:
    assert get(admin, f"elements/?bbox={bbox}").status_code == 400


def test_an_unchanged_answer_is_not_sent_again(admin: Client, lamp: ElementType) -> None:
    send(admin, "setup/elements/", a_lamp())
    path = "elements/?bbox=118,32,119,33&zoom=14"
    tag = get(admin, path)["ETag"]
    assert get(admin, path, if_none_match=tag).status_code == 304
    send(admin, "setup/elements/L1/", {"name": "改名"}, "patch")
    assert get(admin, path, if_none_match=tag).status_code == 200


def test_what_a_viewport_asks(admin: Client, lamp: ElementType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    many(2100)
    for path, statements in (("bbox=118,32,119,33&zoom=12", 1), ("bbox=118.63,32.06,118.631,32.061&zoom=16", 2)):
        get(admin, f"elements/?{path}")
        with CaptureQueriesContext(connection) as asked:
            get(admin, f"elements/?{path}")
        # Session and user besides.
        assert len(asked) == statements + 2, [each["sql"][:80] for each in asked]
