"""Two dispatchers at one order: the second is told, loses nothing of what was typed, and goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers

pytestmark = pytest.mark.browser


def test_the_second_keeps_what_was_typed_and_goes_on(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of 409")
    order = office.registered()
    first = Screen(browser.page(sign_in="street_dispatcher")).open(order.number).live()
    second = Screen(browser.page(sign_in="street_dispatcher2")).open(order.number).live()
    form = second.start("dispatch")
    second.fill(form, instruction="请带检测仪, 晚八点前到场")

    first.act("reclassify", category="0402", reason="实为工地夜间施工")
    expect(first.timeline).to_contain_text("实为工地夜间施工")
    second.confirm(form)
    expect(form.locator("[data-form-error]")).to_contain_text("更新")
    expect(form.locator("[name=instruction]")).to_have_value("请带检测仪, 晚八点前到场")
    # The page behind shows what happened; the same form, sent once more, goes through.
    expect(second.timeline).to_contain_text("实为工地夜间施工")
    version = second.page.locator("[data-order]").get_attribute("data-version") or ""
    expect(form.locator("[name=version]")).to_have_value(version)
    second.confirm(form)
    form.wait_for(state="hidden")
    expect(second.status).to_contain_text("待签收")
    expect(second.timeline).to_contain_text("请带检测仪, 晚八点前到场")


def test_an_action_that_is_no_longer_possible_says_so(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of 409")
    order = office.registered()
    second = Screen(browser.page(sign_in="street_dispatcher2")).open(order.number).live()
    form = second.start("dispatch")
    second.fill(form, instruction="马上去")
    office.do(order, "dispatch", "street_dispatcher", lead=office.ground.market_squad.code)
    expect(second.page.locator("[data-toasts]")).to_contain_text("此操作目前不可用")
    second.confirm(form)
    expect(form.locator("[data-form-error]")).to_be_visible()
    expect(form.locator("[name=instruction]")).to_have_value("马上去")
    form.locator("[data-close-dialog]").first.click()
    expect(second.status).to_contain_text("待签收")
    assert not second.is_offered("dispatch")
    assert list(order.assignments.values_list("unit__code", flat=True)) == [office.ground.market_squad.code]
