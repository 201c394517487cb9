"""The map of elements and a camera, in Chromium: a click opens what stands there, a still becomes a report."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from grids.models import Camera, Grid, VideoGateway
from grids.rules import DEMO_STREAM
from grids.services.element_types import create_element_type
from grids.services.elements_in_bulk import put_elements
from lianqin.kernel.actors import SYSTEM
from tests.browser.conftest import HERE, Office
from tests.chromium import Browsers
from workorders.models import Attachment, WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_layers_and_a_panel(office: Office, browser: Browsers) -> None:
    for code, name in (("lamp", "路灯"), ("lid", "井盖")):
        create_element_type(data={"code": code, "name": name, "layer": "components"}, by=SYSTEM)
    lon, lat = HERE
    rows = [
        {"type": "lid", "code": f"LID-{n}", "name": f"{n}号井盖", "lon": lon + n * 1e-5, "lat": lat}
        for n in range(2100)
    ]
    lamp = {"type": "lamp", "code": "LAMP-1", "name": "文德路灯", "lon": 118.62, "lat": 32.06, "address": "文德路"}
    put_elements(rows=[*rows, lamp], by=SYSTEM)
    page = browser.page(sign_in="sysadmin")
    page.goto("/configuration/elements/")
    expect(page.locator("[data-count]")).to_have_text("本视野 2,101 个要素，放大看单个")
    page.locator("[data-type=lid]").uncheck()
    expect(page.locator("[data-count]")).to_have_text("本视野 1 个要素")
    # The lamp stands in the middle of the ground, which fills the map.
    box = page.locator("[data-canvas]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("[data-panel-box]")).to_contain_text("文德路灯")
    page.locator("[data-panel-close]").click()
    expect(page.locator("[data-panel-box]")).to_be_hidden()


def test_a_place_is_put_by_a_click(office: Office, browser: Browsers) -> None:
    create_element_type(data={"code": "lamp", "name": "路灯", "layer": "components"}, by=SYSTEM)
    page = browser.page(sign_in="sysadmin")
    page.goto("/configuration/elements/new/?type=lamp")
    page.fill("[name=name]", "新路灯")
    page.locator("[data-place-map].leaflet-container").wait_for()
    page.wait_for_timeout(800)
    page.locator("[data-place-map]").click()
    expect(page.locator("[data-place-told]")).to_contain_text("东街")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status").filter(has_text="已新建 新路灯")).to_be_visible()


def test_a_still_of_a_live_stream_becomes_a_report(office: Office, browser: Browsers) -> None:
    gateway = VideoGateway.objects.create(code="demo", name="演示", kind="hls", template=DEMO_STREAM)
    grid = Grid.objects.get(code="320999001001001")
    Camera.objects.create(
        code="C1", name="文德路口", lon=HERE[0], lat=HERE[1], grid=grid, gateway=gateway, channel="cam1"
    )
    page = browser.page(sign_in="street_dispatcher")
    page.goto("/configuration/cameras/C1/")
    shoot = page.locator("[data-shoot]")
    expect(shoot).to_be_enabled()
    shoot.click()
    expect(page.locator("[data-still]")).to_be_visible()
    page.fill("#finding-title", "路边堆放垃圾袋")
    page.get_by_role("button", name="上报", exact=True).click()
    page.wait_for_url("**/orders/*/")
    order = WorkOrder.objects.get()
    assert (order.source, order.grid_id) == ("video", grid.pk)
    picture = Attachment.objects.get(order=order)
    assert (picture.mime, picture.width, picture.height) == ("image/jpeg", 320, 176)
