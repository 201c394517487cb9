"""Coming in, being kept out, and pages for those who have nothing to do here."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.browser.test_tabs import sign_out
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
SIDEWAYS = """() => [
    document.documentElement.scrollWidth - document.documentElement.clientWidth, innerWidth,
    [...document.querySelectorAll(".shell > :not(nav)")].filter((node) => node.scrollWidth > node.clientWidth + 1
        && getComputedStyle(node).overflowX === "visible").map((node) => node.className),
]"""
SIGN_IN = "/accounts/signin/"


def try_password(page: Page, username: str, password: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def test_signing_in_and_out(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of (401|403|429)")
    order = office.registered()
    page = browser.page()
    # A deep link leads through the sign-in and on to where it pointed.
    page.goto(f"/orders/{order.number}/")
    expect(page).to_have_url(re.compile(SIGN_IN))
    browser.sign_in(page, "street_dispatcher")
    page.goto(f"/orders/{order.number}/")
    Screen(page).live()
    expect(page.get_by_role("heading", name="夜间油烟扰民")).to_be_visible()
    sign_out(page)
    expect(page.get_by_role("button", name="登录")).to_be_visible()
    page.goto(f"/orders/{order.number}/")
    expect(page).to_have_url(re.compile(SIGN_IN))

    for _attempt in range(4):
        try_password(page, "handler", "not-the-password")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("用户名")).to_have_value("handler")
        expect(page.get_by_label("密码")).to_have_value("")
        assert "锁定" not in page.get_by_role("alert").inner_text()
    try_password(page, "handler", "not-the-password")
    expect(page.get_by_role("alert")).to_contain_text("账号已暂时锁定")


def test_who_has_nothing_to_do_here_sees_why(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of (403|404)")
    order = office.registered()

    officer = browser.page(sign_in="secadmin", at="/")
    expect(officer).to_have_url(re.compile("/configuration/overview/"))
    expect(officer.locator("body")).not_to_contain_text("夜间油烟扰民")

    outsider = browser.page(sign_in="outsider", at="/")
    expect(outsider.locator(".state").first).to_be_visible()
    expect(outsider.locator("[data-row]")).to_have_count(0)
    outsider.goto(f"/orders/{order.number}/")
    expect(outsider.get_by_role("heading", name="没有找到")).to_be_visible()
    outsider.goto("/district/")
    expect(outsider.get_by_role("heading", name="您没有查看此页的权限")).to_be_visible()
    outsider.get_by_role("link", name="回到首页").click()
    expect(outsider).to_have_url(re.compile("/orders/"))

    elsewhere = browser.page(sign_in="other_street_dispatcher")
    elsewhere.goto(f"/orders/{order.number}/")
    expect(elsewhere.get_by_role("heading", name="没有找到")).to_be_visible()


def test_the_keyboard_goes_through_the_queue(office: Office, browser: Browsers) -> None:
    orders = [office.registered(title=f"第{number}件油烟") for number in range(1, 4)]
    screen = Screen(browser.page(sign_in="street_dispatcher", at="/")).live()
    page = screen.page
    rows = [row.get_attribute("data-row") for row in page.locator("[data-rows] [data-row]").all()]
    assert sorted(map(str, rows)) == [order.number for order in orders]

    selected = page.locator("[data-row][data-selected]")
    expect(selected).to_have_attribute("data-row", str(rows[0]))  # A desk begins with the most pressing one open.
    for key, index in (("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(selected).to_have_attribute("data-row", str(rows[index]))
        expect(page.locator("[data-part=order] [data-order]")).to_have_attribute("data-order", str(rows[index]))
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator("[data-main-action]")).to_be_focused()

    page.keyboard.press("/")
    expect(page.locator("[data-find]")).to_be_focused()
    page.keyboard.type("第3件")
    page.keyboard.press("Enter")
    expect(page.locator("[data-rows] [data-row]")).to_have_count(1)
    expect(page.locator("[data-rows]")).to_contain_text("第3件油烟")


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)], ids=["phone", "office"])
def test_nothing_scrolls_sideways(office: Office, browser: Browsers, size: tuple[int, int]) -> None:
    long = "文德路与凤凰大街交叉口东南角地下通道出入口旁非机动车停放区以及相邻绿化带" * 2
    order = office.report(title=long, address=long, description=long * 3)
    order = office.do(order, "register", "street_dispatcher", conditions_confirmed=True)
    office.do(order, "escalate", "street_dispatcher", reason=long)
    office.report(title=long)
    phone = size[0] < 500
    page = browser.phone(sign_in="commander") if phone else browser.page(sign_in="commander")
    for address in ("/orders/", f"/orders/{order.number}/", "/orders/new/", "/district/"):
        page.goto(address)
        Screen(page).live()
        wide = page.evaluate(SIDEWAYS)
        assert wide == [0, size[0], []], address
