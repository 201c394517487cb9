"""The tabs of one browser share one stream; two people in one browser do not."""

from __future__ import annotations

import re
import threading
from itertools import groupby

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.timeout(240)]


def streams(context: BrowserContext) -> list[Page]:
    """Collect the tabs that open a connection to the stream from now on."""
    opened: list[Page] = []
    context.on("request", lambda request: opened.append(request.frame.page) if "/events?" in request.url else None)
    return opened


def leaders(opened: list[Page]) -> list[Page]:
    """Who held the stream, one after the other. A leader may read again for a tab that joins; two never take turns."""
    return [page for page, _ in groupby(opened)]


def test_one_stream_for_all_tabs_and_another_leader_takes_over(office: Office, browser: Browsers) -> None:
    order = office.registered()
    first = Screen(browser.page(sign_in="street_dispatcher", at="/")).live()
    opened = streams(first.page.context)
    first.open(order.number).live()
    second = Screen(browser.tab(first.page)).open(order.number).live()
    third = Screen(browser.tab(first.page)).open(order.number).live()
    assert leaders(opened) == [first.page]
    office.comment(order, "三个标签页都要看到")
    for screen in (first, second, third):
        expect(screen.timeline).to_contain_text("三个标签页都要看到")
    assert leaders(opened) == [first.page]

    for screen in (second, third):
        screen.page.evaluate("window.unbroken = true")
    first.page.close()
    office.comment(order, "换人的空当")
    for screen in (second, third):
        expect(screen.timeline).to_contain_text("换人的空当")
    assert len(leaders(opened)) == 2
    # The next leader began where it stood, so nothing of what was written meanwhile is skipped.
    second.page.close()
    office.comment(order, "再换一次")
    office.comment(order, "又一条")
    expect(third.timeline).to_contain_text("再换一次")
    expect(third.timeline).to_contain_text("又一条")
    assert leaders(opened)[-1] is third.page
    assert len(leaders(opened)) == 3
    assert third.page.evaluate("window.unbroken") is True


def test_a_tab_that_joins_late_is_told_what_it_missed(office: Office, browser: Browsers) -> None:
    """The leader stands on a page without a number; the tab that joins was rendered before the last change."""
    order = office.registered()
    leader = browser.page(sign_in="street_dispatcher", at="/")
    leader.goto("/orders/new/")
    Screen(leader).live()
    leader.evaluate("window.heard = 0; document.addEventListener('lianqin:order', () => { window.heard += 1; })")
    late = Screen(browser.tab(leader))
    held: list[Route] = []
    goes_on = threading.Event()

    def hold(route: Route) -> None:
        if goes_on.is_set():
            route.continue_()
        else:
            held.append(route)

    late.page.route(re.compile(r"/core/stream\..*js"), hold)
    late.page.goto(f"/orders/{order.number}/", wait_until="commit")
    expect(late.timeline).to_contain_text("立案")
    office.comment(order, "页面生成之后，脚本运行之前")
    # The leader has heard it and will not hear it again by itself.
    while not leader.evaluate("window.heard > 0"):  # The page forbids what wait_for_function does while it waits.
        leader.wait_for_timeout(20)
    assert held
    # However often it was asked for, and may still be.
    goes_on.set()
    for route in held:
        route.continue_()
    expect(late.timeline).to_contain_text("页面生成之后，脚本运行之前")


def test_two_people_in_one_browser_do_not_share_a_stream(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of 404")
    order = office.registered()
    page = browser.page(sign_in="street_dispatcher", at="/")
    mine = Screen(page).live()
    opened = streams(page.context)
    mine.open(order.number).live()
    assert leaders(opened) == [page]

    # Somebody else signs in in another tab: a stream of their own, and the rights of their own.
    other = Screen(browser.tab(page))
    other.page.goto("/orders/")
    sign_out(other.page)
    browser.sign_in(other.page, "other_street_dispatcher")
    other.page.goto("/orders/?tab=all")
    other.live()
    assert len(opened) >= 2
    assert other.page.locator("html").get_attribute("data-stream-user") == str(
        office.cast.user("other_street_dispatcher").pk
    )
    # The first tab is theirs now: it shows what they may see, and that is not this order.
    expect(page.get_by_role("heading", name="没有找到")).to_be_visible()
    page.goto("/orders/")
    mine.live()
    other.page.evaluate("window.heard = 0; document.addEventListener('lianqin:order', () => { window.heard += 1; })")
    office.comment(order, "只给东街看")
    theirs = office.report(lon=118.625, lat=32.055, title="西街的事")
    for screen in (mine, other):
        expect(screen.row(theirs.number)).to_be_visible()
    assert other.page.evaluate("window.heard") == 1


def test_a_ticket_is_renewed_only_for_the_person_of_the_page(office: Office, browser: Browsers) -> None:
    """The session changed without a page that could say so, as after a sign-in on another port or by a program."""
    browser.expect(r"status of (401|403|404)")
    order = office.registered()
    page = browser.page()
    page.clock.install()
    browser.sign_in(page, "street_dispatcher")
    screen = Screen(page).open(order.number).live()
    opened = streams(page.context)
    page.clock.fast_forward("00:09:00")
    screen.live()
    assert len(opened) == 1
    office.comment(order, "换了凭证以后")
    expect(screen.timeline).to_contain_text("换了凭证以后")

    page.context.clear_cookies()
    page.clock.fast_forward("00:09:00")
    page.wait_for_url(re.compile("/accounts/signin/"))
    assert len(opened) == 1


def sign_out(page: Page) -> None:
    page.get_by_label("我的").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(re.compile("/accounts/"))
