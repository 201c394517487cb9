"""A map that is hidden or closed while something is on its way complains of nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
HIDE = "for (const box of document.querySelectorAll('[data-map=order]')) box.style.display = 'none'"
SHOW = "for (const box of document.querySelectorAll('[data-map=order]')) box.style.display = ''"
# Closed once with a frame asked for and drawn before its time, once with the ground of another zoom on its way.
CLOSED = """async () => {
    const asked = performance.getEntriesByType("resource").map(each => each.name);
    const { CityMap } = await import(asked.find(each => /core\\/map\\/city[^/]*\\.js/.test(each)));
    const still = { animate: false };
    const drawn = city => { city.ground.paint(); city.map.panBy([300, 0], still); };
    for (const leave of [drawn, city => city.map.setZoom(14, still)]) {
        const box = document.body.appendChild(document.createElement("div"));
        Object.assign(box.style, { width: "400px", height: "300px" });
        const city = await CityMap.open(box);
        await new Promise(requestAnimationFrame);
        leave(city);
        city.close();
        box.remove();
        await new Promise(done => setTimeout(done, 400));
    }
}"""


def test_closed_while_something_is_on_its_way(office: Office, browser: Browsers) -> None:
    screen = Screen(browser.page(sign_in="street_dispatcher"))
    screen.open(office.registered().number)
    expect(screen.page.locator(".map-target")).to_be_visible()
    screen.page.evaluate(CLOSED)  # What the page complains of fails every browser test.


def test_hidden_while_the_ground_loads(office: Office, browser: Browsers) -> None:
    order = office.registered()
    screen = Screen(browser.page(sign_in="street_dispatcher"))
    page, waiting = screen.page, list[Route]()
    # What the page before asked for is not counted.
    page.goto("about:blank")
    page.route("**/map/ground/**", lambda route: waiting.append(route))
    screen.open(order.number)
    page.wait_for_selector("[data-map=order].leaflet-container")
    page.evaluate(HIDE)
    expect(page.locator("[data-map=order]")).to_be_hidden()
    # The outlines of the district and of its streets were asked for; each goes on only now.
    while len(waiting) < 2:
        page.wait_for_timeout(20)
    for route in waiting:
        route.continue_()
    # What was asked for meanwhile goes on with it.
    page.unroute("**/map/ground/**")
    page.wait_for_timeout(500)
    expect(page.locator(".map-target")).to_have_count(0)
    page.evaluate(SHOW)
    expect(page.locator(".map-target")).to_be_visible()
