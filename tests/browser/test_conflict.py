"""Two dispatchers at one order: the second is told, loses nothing of what was typed, and goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Office
from tests.browser.screens import NUMBER, Screen
from tests.chromium import Browsers
from workorders.models import WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_the_second_is_refused_keeps_what_was_typed_and_goes_on(office: Office, browser: Browsers) -> None:
    browser.expect(r"status of 409|ERR_FAILED")
    order = office.registered()
    first = Screen(browser.page(sign_in="street_dispatcher")).open(order.number).live()
    second = Screen(browser.page(sign_in="street_dispatcher2"))
    # Without the stream the second knows nothing until the answer comes.
    second.page.context.route("**/events?*", lambda route: route.abort())
    second.open(order.number)
    form = second.start("dispatch")
    second.fill(form, instruction="请带检测仪，晚八点前到场")
    first.act("reclassify", category="0402", urgency="urgent", reason="实为工地夜间施工")
    expect(first.timeline).to_contain_text("实为工地夜间施工")

    second.confirm(form)
    told = form.get_by_role("alert").filter(has_text="工单已被他人更新")
    expect(told).to_contain_text("更正事项")
    expect(told.get_by_role("listitem")).to_have_count(1)
    expect(form.locator("[data-submit]")).to_be_disabled()
    expect(form.locator("[name=instruction]")).to_have_value("请带检测仪，晚八点前到场")
    form.get_by_role("button", name="按最新状态继续").click()
    second.confirm(form)
    form.wait_for(state="hidden")
    expect(second.status).to_contain_text("待签收")
    expect(second.timeline).to_contain_text("请带检测仪，晚八点前到场")


def test_an_open_form_hears_that_it_is_too_late(office: Office, browser: Browsers) -> None:
    order = office.registered()
    second = Screen(browser.page(sign_in="street_dispatcher2")).open(order.number).live()
    form = second.start("dispatch")
    second.fill(form, instruction="马上去")
    office.do(order, "dispatch", "street_dispatcher", lead=office.ground.market_squad.code)
    expect(form.get_by_role("alert")).to_contain_text("现在的状态不再允许此操作")
    expect(form.locator("[data-submit]")).to_be_disabled()
    expect(form.locator("[name=instruction]")).to_have_value("马上去")
    form.locator("[data-close-dialog]").first.click()
    expect(second.status).to_contain_text("待签收")
    expect(form).to_have_count(0)
    assert not second.is_offered("dispatch")
    assert list(order.assignments.values_list("unit__code", flat=True)) == [office.ground.market_squad.code]


def test_a_lost_answer_is_never_a_second_order(office: Office, browser: Browsers) -> None:
    browser.expect(r"ERR_FAILED|ERR_CONNECTION")
    page = browser.page(sign_in="street_dispatcher")
    page.goto("/orders/new/")
    page.get_by_label("标题").fill("答复丢在路上")

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/v1/work-orders/", swallow, times=1)
    page.get_by_role("button", name="提交上报").click()
    expect(page.locator("[data-form-error]")).to_contain_text("网络不通")
    expect(page.get_by_label("标题")).to_have_value("答复丢在路上")
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url(NUMBER)
    assert WorkOrder.objects.filter(text__title="答复丢在路上").count() == 1
