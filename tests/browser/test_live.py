"""Live within a second, and nothing lost when the connection is."""

from __future__ import annotations

import os
import signal
import statistics

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from redis import Redis

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.timeout(240)]
# Notes when a text appears, and when a form is sent, by the clock that all windows of this machine share.
WATCH = """() => {
    window.unbroken = true;
    window.seen = {};
    const look = () => {
        for (const node of document.querySelectorAll(".timeline .event p, .timeline .event-text")) {
            for (const word of node.textContent.match(/第[0-9]+次复核/g) ?? []) window.seen[word] ??= Date.now();
        }
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
}"""
SENT = "() => document.addEventListener('submit', () => { window.sent = Date.now(); }, true)"


def latency(here: Screen, there: Page, text: str) -> float:
    """Write a note here; return the seconds until it stands there."""
    here.act("comment", comment=text)
    expect(there.locator(".timeline")).to_contain_text(text)
    return float(there.evaluate("text => window.seen[text]", text) - here.page.evaluate("window.sent")) / 1000


def test_a_change_shows_elsewhere_within_a_second(office: Office, browser: Browsers) -> None:
    order = office.do(office.registered(), "dispatch", "street_dispatcher", lead=office.ground.market_squad.code)
    here = Screen(browser.page(sign_in="street_dispatcher")).open(order.number).live()
    there = Screen(browser.page(sign_in="handler2")).open(order.number).live()
    here.page.evaluate(SENT)
    there.page.evaluate(WATCH)
    times = [latency(here, there.page, f"第{number}次复核") for number in range(1, 8)]
    print(f"live latency: median {statistics.median(times):.3f} s, worst {max(times):.3f} s of {len(times)}")
    assert statistics.median(times) < 1
    assert max(times) < 5
    assert there.page.evaluate("window.unbroken") is True


def test_a_dropped_connection_catches_up(office: Office, browser: Browsers) -> None:
    browser.expect(r"ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE")
    order = office.registered()
    screen = Screen(browser.page(sign_in="street_dispatcher")).open(order.number).live()
    page = screen.page
    page.evaluate("window.unbroken = true")

    web = next(process for process in office.platform.processes if process.name == "web")
    assert web.popen is not None
    os.killpg(web.popen.pid, signal.SIGKILL)
    web.popen.wait()
    expect(page.locator("[data-stream-state]")).not_to_have_attribute("data-state", "live")
    office.comment(order, "断线期间的说明")
    office.do(order, "dispatch", "street_dispatcher2", lead=office.ground.market_squad.code)
    office.platform.start("web")
    expect(screen.timeline).to_contain_text("断线期间的说明", timeout=30_000)
    expect(screen.status).to_contain_text("待签收")
    screen.live()
    expect(page.locator("[data-part=counts]")).to_contain_text("待派遣0")

    # Redis forgets everything and drops everybody; the database still knows.
    with Redis.from_url(settings.REDIS_URL) as redis:
        number = redis.connection_pool.connection_kwargs.get("db", 0)
        for round_ in range(3):
            redis.flushdb()
            for client in redis.client_list():
                if int(client["db"]) == number and int(client["sub"]):
                    redis.client_kill(client["addr"])
            office.comment(order, f"清空之后的说明{round_}")
            expect(screen.timeline).to_contain_text(f"清空之后的说明{round_}")
    assert page.evaluate("window.unbroken") is True
