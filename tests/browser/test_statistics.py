"""Public numbers on a phone: the map when it is asked for, and everything but the map without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from citizens.seeding.open_data import seed_months
from tests.browser import axe
from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
LIMIT = 150 * 1024


def test_the_map_comes_when_it_is_asked_for_and_the_numbers_without_script(office: Office, browser: Browsers) -> None:
    seed_months(2)
    page = browser.phone()
    fetched: list[str] = []
    page.on("response", lambda answer: fetched.append(answer.url))
    page.goto("/citizen/statistics/")
    expect(page.locator("tr[data-street]")).to_have_count(2)
    assert not [url for url in fetched if "map" in url or "leaflet" in url]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sizes = page.evaluate("performance.getEntries().reduce((sum, each) => sum + (each.encodedBodySize || 0), 0)")
    assert 0 < sizes <= LIMIT
    page.get_by_role("button", name="在地图上看用时").click()
    expect(page.locator(".statistics-map.leaflet-container")).to_be_visible()
    expect(page.locator("[data-legend] li").first).to_contain_text("天")
    assert axe.violations(page) == []
    plain = browser.phone(java_script_enabled=False, at="/citizen/statistics/")
    expect(plain.get_by_role("button", name="在地图上看用时")).to_be_hidden()
    plain.get_by_label("街道", exact=True).select_option("320999001")
    plain.get_by_role("button", name="查看").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("东街：办了多少")
