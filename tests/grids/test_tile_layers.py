"""Base maps of others: who names them, what is refused, and that only our server speaks to their provider."""

from __future__ import annotations

import http.server
import struct
import threading
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from redis.exceptions import RedisError

from accounts.models import AuditEntry
from grids.models import TileLayer
from grids.services import tile_limit, tiles
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def png(side: int = 1) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"\xff\0\0" * side for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class _Provider(http.server.BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        status, kind, body = 200, "image/png", png()
        if "/html/" in self.path:
            kind, body = "text/html", b"<p>sign in</p>"
        elif "/gone/" in self.path:
            status = 404
        elif "/away/" in self.path:
            status = 302
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/xyz/0/0/0.png")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def provider(settings: Any) -> Iterator[tuple[str, list[str]]]:
    """A tile server of this machine, which the settings allow, and what it was asked."""
    asked: list[str] = []
    handler = type("Provider", (_Provider,), {"asked": asked})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}"
    settings.LIANQIN_TILE_HOSTS = [address]
    tiles.gate.failed.clear()
    yield address, asked
    server.shutdown()
    server.server_close()


def signed_in(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(cast: Cast, who: str = "sysadmin", **data: Any) -> Any:
    return signed_in(cast, who).post("/api/v1/setup/tile-layers/", data, content_type="application/json")


def test_a_tile_comes_through_our_door(cast: Cast, provider: tuple[str, list[str]]) -> None:
    address, asked = provider
    template = address + "/xyz/{layer}/{z}/{x}/{y}.png?tk={key}"
    made = put(cast, code="city", name="城市", template=template, layers="vec,cva", key="s3cret", crs="gcj02")
    assert made.status_code == 201, made.content
    assert made.json()["has_key"] is True
    told = signed_in(cast, "handler").get("/api/v1/map/basemaps/")
    assert b"s3cret" not in told.content + made.content
    assert address.encode() not in told.content
    base = told.json()["results"][0]
    assert (base["code"], base["crs"]) == ("city", "gcj02")
    assert base["urls"] == [f"/api/v1/map/tiles/city/{part}/{{z}}/{{x}}/{{y}}/" for part in (0, 1)]
    tile = signed_in(cast, "handler").get("/api/v1/map/tiles/city/1/12/3400/1660/")
    assert (tile.status_code, tile["Content-Type"], tile.content) == (200, "image/png", png())
    assert asked == ["/xyz/cva/12/3400/1660.png?tk=s3cret"]
    assert "s3cret" not in TileLayer.objects.get().key_sealed
    assert "s3cret" not in str(AuditEntry.objects.latest("pk").detail)


@pytest.mark.parametrize("path", ["city/0/30/1/1/", "city/0/5/32/1/", "city/1/5/1/1/", "other/0/5/1/1/"])
def test_there_is_no_such_tile(cast: Cast, provider: tuple[str, list[str]], path: str) -> None:
    put(cast, code="city", name="城市", template=provider[0] + "/xyz/{z}/{x}/{y}.png")
    assert signed_in(cast, "handler").get(f"/api/v1/map/tiles/{path}").status_code == 404
    assert provider[1] == []


@pytest.mark.parametrize("kind", ["html", "away"])
def test_what_is_no_picture_is_not_passed_on(cast: Cast, provider: tuple[str, list[str]], kind: str) -> None:
    """A provider that fails four times in a row is left alone for a while."""
    put(cast, code="city", name="城市", template=provider[0] + f"/{kind}/{{z}}/{{x}}/{{y}}.png")
    client = signed_in(cast, "handler")
    answers = [client.get("/api/v1/map/tiles/city/0/5/1/1/") for _ in range(6)]
    assert {answer.status_code for answer in answers} == {503}
    assert len(provider[1]) == 4


def test_a_tile_that_the_provider_has_not_says_nothing_about_the_provider(
    cast: Cast, provider: tuple[str, list[str]]
) -> None:
    put(cast, code="city", name="城市", template=provider[0] + "/gone/{z}/{x}/{y}.png")
    client = signed_in(cast, "handler")
    answers = [client.get("/api/v1/map/tiles/city/0/5/1/1/") for _ in range(6)]
    assert {answer.status_code for answer in answers} == {404}
    assert len(provider[1]) == 6


def test_so_many_tiles_a_minute_for_an_account(
    cast: Cast, provider: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cast, code="city", name="城市", template=provider[0] + "/xyz/{z}/{x}/{y}.png")
    # A 4K screen of 16 x 10 tiles in two layers, a fresh one every other second.
    assert tile_limit.MOST_A_MINUTE >= 30 * 16 * 10 * 2
    monkeypatch.setattr(tile_limit, "MOST_A_MINUTE", 3)
    now = 1_800_000_000 + cast.user("handler").pk * 60  # A minute begins; nobody has counted in it.
    monkeypatch.setattr("grids.services.tile_limit.time.time", lambda: now + 12.7)
    client = signed_in(cast, "handler")
    answers = [client.get(f"/api/v1/map/tiles/city/0/5/{x}/1/") for x in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert (answers[4]["Retry-After"], answers[4].json()["code"]) == ("48", "tiles_enough")
    assert len(provider[1]) == 3
    assert signed_in(cast, "street_dispatcher").get("/api/v1/map/tiles/city/0/5/1/1/").status_code == 200
    monkeypatch.setattr("grids.services.tile_limit.time.time", lambda: now + 60)
    assert client.get("/api/v1/map/tiles/city/0/5/1/1/").status_code == 200


def test_tiles_come_while_nothing_can_be_counted(
    cast: Cast, provider: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    put(cast, code="city", name="城市", template=provider[0] + "/xyz/{z}/{x}/{y}.png")

    def away(*_told: Any) -> None:
        raise RedisError("away")

    monkeypatch.setattr("grids.services.tile_limit.cache.add", away)
    assert signed_in(cast, "handler").get("/api/v1/map/tiles/city/0/5/1/1/").status_code == 200


def test_tiles_are_for_staff(cast: Cast, provider: tuple[str, list[str]]) -> None:
    """The quota of a key is not spent by citizens and sources, who are shown no base map."""
    put(cast, code="city", name="城市", template=provider[0] + "/xyz/{z}/{x}/{y}.png")
    for who in ("citizen", "source"):
        assert signed_in(cast, who).get("/api/v1/map/tiles/city/0/5/1/1/").status_code == 403
    assert provider[1] == []


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"template": "https://elsewhere.example/{z}/{x}/{y}.png"}, "template"),
        ({"template": "http://127.0.0.1:1/{z}/{x}/{y}.png"}, "template"),
        ({"template": "file:///etc/{z}/{x}/{y}"}, "template"),
        ({"template": "{at}/{z}/{x}.png"}, "template"),
        ({"template": "{at}/{z}/{x}/{y}.png?k={key}"}, "key"),
        ({"template": "{at}/{layer}/{z}/{x}/{y}.png"}, "layers"),
        ({"template": "{at}/{z}/{x}/{y}.png", "min_zoom": 9, "max_zoom": 3}, "max_zoom"),
        ({"template": "{at}/{z}/{x}/{y}.png", "crs": "bd09"}, "crs"),
        ({"template": "{at}/{z}/{x}/{y}.png", "name": ""}, "name"),
    ],
)
def test_what_cannot_stand_is_named(
    cast: Cast, provider: tuple[str, list[str]], data: dict[str, Any], field: str
) -> None:
    told = {"code": "city", "name": "城市", **data, "template": data["template"].replace("{at}", provider[0])}
    answer = put(cast, **told)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert not TileLayer.objects.exists()


def test_nothing_leaves_unless_the_settings_say_so(cast: Cast, settings: Any) -> None:
    settings.LIANQIN_TILE_HOSTS = []
    answer = put(cast, code="tdt", name="天地图", kind="tianditu", key="k")
    assert "LIANQIN_TILE_HOSTS" in answer.json()["errors"]["template"][0]
    settings.LIANQIN_TILE_HOSTS = ["t0.tianditu.gov.cn"]
    made = put(cast, code="tdt", name="天地图", kind="tianditu", key="k").json()
    assert (made["layers"], made["subdomains"]) == ("vec,cva", "0")
    assert made["template"].startswith("https://t{s}.tianditu.gov.cn/{layer}_w/wmts?")


@pytest.mark.parametrize("who", ["secadmin", "auditadmin", "commander", "street_dispatcher"])
def test_only_the_system_administrator(cast: Cast, provider: tuple[str, list[str]], who: str) -> None:
    answer = put(cast, who, code="city", name="城市", template=provider[0] + "/{z}/{x}/{y}.png")
    assert answer.status_code == 403
    assert signed_in(cast, who).get("/configuration/basemaps/").status_code == 403
    assert not TileLayer.objects.exists()


def test_the_page_saves_keeps_the_key_and_switches(cast: Cast, provider: tuple[str, list[str]]) -> None:
    client = signed_in(cast, "sysadmin")
    form = {"code": "city", "name": "城市", "kind": "xyz", "crs": "wgs84", "active": "1", "key": "s3cret"}
    form["template"] = provider[0] + "/xyz/{z}/{x}/{y}.png?k={key}"
    assert client.post("/configuration/basemaps/", form)["Location"].endswith("?code=city")
    page = client.get("/configuration/basemaps/?code=city").content.decode()
    assert "s3cret" not in page
    sealed = TileLayer.objects.get().key_sealed
    client.post("/configuration/basemaps/?code=city", {**form, "key": "", "name": "城市二"})
    kept = TileLayer.objects.get()
    assert (kept.name, kept.key_sealed) == ("城市二", sealed)
    client.post("/configuration/basemaps/", {"switch": "city"})
    assert not TileLayer.objects.get().active
    refused = client.post("/configuration/basemaps/", {**form, "code": "b", "template": "https://x.example/{z}"})
    assert refused.status_code == 400
    assert "https://x.example/{z}" in refused.content.decode()
