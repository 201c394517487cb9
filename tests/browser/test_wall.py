"""The wall: it shows figures, a change arrives, an old state is said when all is cut, and it recovers by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import axe
from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
WALL = (1920, 1080)
LIVE = "[data-state-of-data][data-state=live]"
# Two minutes pass for the clocks of the page: what it shows has not been renewed since.
LATER = "(() => { const real = Date.now; Date.now = () => real() + 125000; })()"
NEWEST = '[data-list="feed"] li:first-child [data-t="title"]'


def measure(page: Page, key: str) -> str:
    return page.locator(f'[data-measure="{key}"] [data-t="value"]').inner_text()


def test_shows_follows_says_that_it_is_old_and_recovers(office: Office, browser: Browsers) -> None:
    order = office.registered(title="门前积水")
    browser.expect("Failed to load resource|ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    page = browser.page(sign_in="commander", size=WALL)
    page.goto("/wall/")
    expect(page.locator(NEWEST)).to_have_text("门前积水")
    assert measure(page, "reported") == "1"
    expect(page.locator(LIVE)).to_be_visible()
    while page.evaluate("performance.getEntriesByName('wall:painted').length") != 1:
        page.wait_for_timeout(20)
    assert axe.violations(page) == []

    # News of others come by themselves; the line of a known order is filled anew, not doubled.
    office.report(title="井盖缺失")
    expect(page.locator(NEWEST)).to_have_text("井盖缺失")
    expect(page.locator('[data-measure="reported"] [data-t="value"]')).to_have_text("2")
    office.do(order, "dispatch", "street_dispatcher", lead=office.ground.urban_squad.code, assists=[])
    line = page.locator(f'[data-list="feed"] li[data-key="{order.number}"]')
    expect(line).to_contain_text("待签收")
    expect(line).to_have_count(1)

    # Keys of a remote control: layers, rotation, what a figure means.
    page.keyboard.press("4")
    expect(page.locator('[data-layer="heat"]')).to_have_attribute("aria-pressed", "true")
    page.keyboard.press(" ")
    expect(page.locator("[data-rotation]")).to_contain_text("已暂停")
    page.keyboard.press("i")
    expect(page.locator("dialog#measures")).to_contain_text("网格员巡查上报的全部结案")
    page.keyboard.press("Escape")

    # Stream and server are cut: it goes on trying, and says plainly what it shows.
    def cut(route: Route) -> None:
        route.abort()

    page.route(re.compile("/api/v1/|/events"), cut)
    page.context.set_offline(True)
    page.evaluate(LATER)
    expect(page.locator("[data-old]")).to_contain_text(re.compile(r"数据停在 \d\d:\d\d:\d\d，已 2分钟未更新"))
    office.report(title="路灯不亮")
    page.context.set_offline(False)
    page.unroute(re.compile("/api/v1/|/events"), cut)
    expect(page.locator("[data-old]")).to_be_hidden()
    expect(page.locator(NEWEST)).to_have_text("路灯不亮")
    expect(page.locator(LIVE)).to_be_visible()
