"""The map of the district in a browser: drill-down, layers, and a base map in GCJ-02 under boundaries in WGS-84."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, Route, expect

from grids.coordinates import wgs84_to_gcj02
from grids.models import TileLayer
from grids.selectors.viewport import column, row
from tests.browser.conftest import Office
from tests.cast import centre_of
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SPOT = centre_of(0, 0)


class _Provider(http.server.BaseHTTPRequestHandler):
    """Tiles in GCJ-02: white, with a red disc where SPOT lies on such a map."""

    def do_GET(self) -> None:
        z, x, y = (int(part) for part in self.path.strip("/").removesuffix(".png").split("/"))
        lon, lat = wgs84_to_gcj02(*SPOT)
        fine = 8
        across = column(lon, z + fine) - (x << fine)
        down = row(lat, z + fine) - (y << fine)
        picture = Image.new("RGB", (256, 256), "white")
        ImageDraw.Draw(picture).ellipse((across - 7, down - 7, across + 7, down + 7), fill=(255, 0, 0))
        kept = BytesIO()
        picture.save(kept, "PNG")
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(kept.getvalue())))
        self.end_headers()
        self.wfile.write(kept.getvalue())

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture
def provider() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def crumbs(page: Page) -> list[str]:
    return page.locator("[data-path] button").all_inner_texts()


def test_down_to_a_grid_and_back(office: Office, browser: Browsers) -> None:
    order = office.registered()
    page = browser.page(sign_in="commander")
    page.goto("/map/")
    expect(page.locator("[data-count=orders]")).to_have_text("1")
    expect(page.locator("[data-legend]")).to_contain_text("在办 ÷ 通常可承担")
    # The list beside the map is what the map shows.
    expect(page.locator("[data-list] a")).to_contain_text(order.text.title)
    page.keyboard.press("/")
    expect(page.get_by_role("combobox", name="在地图上查找")).to_be_focused()
    page.keyboard.type("320999001001001")
    expect(page.locator("[data-found] li").first).to_contain_text("网格")
    page.keyboard.press("Enter")
    expect(page.locator("[data-card-box]")).to_contain_text("第1网格")
    expect(page.locator("[data-card-box]")).to_contain_text(order.text.title)
    assert len(crumbs(page)) == 4
    assert "grid=320999001001001" in page.url
    page.locator("[data-canvas]").focus()
    page.keyboard.press("Backspace")
    expect(page.locator("[data-path] button")).to_have_count(3)
    page.locator("[data-path] button").first.click()
    expect(page.locator("[data-path] button")).to_have_count(1)
    page.locator("input[name=heat]").check()
    expect(page.locator("[data-count=heat]")).to_have_text("1")
    page.get_by_role("button", name="30 天").click()
    expect(page.locator("[data-legend]")).to_contain_text("近 30 天 1 件")
    page.locator("input[name=orders]").uncheck()
    assert "layers=load%2Cheat" in page.url
    page.reload()
    expect(page.locator("input[name=heat]")).to_be_checked()
    expect(page.locator("input[name=orders]")).not_to_be_checked()
    page.locator("[data-find]").fill(order.number[-6:])
    expect(page.locator("[data-found] li").first).to_contain_text(order.text.title)
    page.keyboard.press("Enter")
    expect(page.locator(".map-target")).to_be_visible()


ROUND_TRIP = """
async () => {
  const page = document.querySelector('script[src*="dispatch/map"]').src;
  const { toGcj, fromGcj } = await import(page.replace(/dispatch\\/map.*$/, 'core/map/gcj.js'));
  let worst = 0;
  for (let i = 0; i < 4000; i += 1) {
    const [lon, lat] = [73 + 62 * ((i * 0.618034) % 1), 18 + 35 * ((i * 0.754878) % 1)];
    const [x, y] = fromGcj(...toGcj(lon, lat));
    worst = Math.max(worst, Math.hypot((x - lon) * 111320 * Math.cos(lat * Math.PI / 180), (y - lat) * 110574));
  }
  return { worst, at: toGcj(116.404, 39.915) };
}
"""


def red_middle(page: Page) -> tuple[float, float]:
    """Where the red disc of the tiles lies, in pixels of the window."""
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    wide, high = picture.size
    pixels = picture.tobytes()
    found = [
        (at % wide, at // wide)
        for at in range(wide * high)
        if pixels[3 * at] > 220 and pixels[3 * at + 1] < 60 and pixels[3 * at + 2] < 60
    ]
    assert found, f"no red disc in {wide} × {high}"
    return sum(x for x, _ in found) / len(found), sum(y for _, y in found) / len(found)


def test_boundaries_lie_on_a_base_in_gcj02(office: Office, browser: Browsers, provider: str) -> None:
    """What lies at a place in WGS-84 stands on the same pixel as that place on tiles in GCJ-02, some 500 m away."""
    TileLayer.objects.create(
        code="gcj", name="试验底图", template=provider + "/{z}/{x}/{y}.png", crs="gcj02", min_zoom=3, max_zoom=18
    )
    page = browser.page(sign_in="commander")
    page.goto("/map/?layers=-")
    page.locator("[data-base]").select_option("gcj")
    told = page.evaluate(ROUND_TRIP)
    assert told["worst"] < 0.001
    assert told["at"] == pytest.approx([116.41024449916938, 39.91640428150164], abs=1e-9)
    # The door asks for patience at first: what it refused comes after all.
    refusals = iter(range(6))

    def patience(route: Route) -> None:
        if next(refusals, None) is None:
            route.continue_()
        else:
            route.fulfill(status=429, headers={"Retry-After": "1"})

    browser.expect(r"status of 429 .*/map/tiles/")
    page.route("**/api/v1/map/tiles/**", patience)
    page.goto("/map/?layers=-&grid=320999001001001")
    expect(page.locator("[data-card-box]")).to_be_visible()
    page.wait_for_function("""() => {
        const tiles = [...document.querySelectorAll(".map-tiles img.leaflet-tile")];
        return tiles.length > 3 && tiles.every((tile) => tile.naturalWidth);
    }""")
    assert next(refusals, None) is None
    page.wait_for_timeout(600)
    x, y = red_middle(page)
    # The grid is framed, and SPOT is its middle: so it is the middle of the map.
    box = page.locator("[data-canvas]").bounding_box()
    assert box is not None
    assert (x, y) == pytest.approx((box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), abs=4)
