"""An escalation watched live: the clock runs out at the street, and the district sees it come."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from catalogue import revisions
from catalogue.models import DeadlineRule
from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers
from workorders.models import WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.service, pytest.mark.timeout(240)]
PATIENCE = 40_000
URBAN, WATER = "320999-urban_management", "320999-water"


@pytest.fixture
def hurried(fast_office: Office) -> Office:
    """Twenty minutes for a street to resolve: twelve seconds at this scale. All drivers of the timers run."""
    rules = DeadlineRule.objects.filter(stage="resolve", urgency="normal", level="street", deadline_class="")
    assert rules.update(amount=20, unit="minutes", around_the_clock=True) == 1
    revisions.touch()
    for name in ("timers", "worker", "beat"):
        fast_office.platform.start(name)
    return fast_office


def test_the_commander_sees_it_arrive_and_closes_it(hurried: Office, browser: Browsers) -> None:
    office = hurried
    board = browser.page(sign_in="commander")
    board.goto("/district/")
    desk = Screen(browser.tab(board))
    desk.page.goto("/orders/")
    for page in (board, desk.page):
        Screen(page).live()
        page.evaluate("window.unbroken = true")

    order = office.registered(title="河道排口污水直排", source="inspection")
    number = order.number
    order = office.do(order, "dispatch", "street_dispatcher", lead=office.ground.urban_squad.code)
    order = office.do(order, "acknowledge", "handler")
    assert (order.status, order.level) == ("handling", "street")

    arrived = board.locator(f'tr[data-row="{number}"]')
    expect(arrived).to_contain_text("超过办结时限，系统自动升级至区联勤指挥中心", timeout=PATIENCE)
    expect(arrived).to_contain_text("待派遣")
    expect(desk.row(number)).to_be_visible()
    order.refresh_from_db()
    assert (order.status, order.level) == ("registered", "district")
    desk.row(number).click()
    expect(desk.page.locator(".order-levels")).to_contain_text("二级 区")
    expect(desk.timeline.locator(".event-machine").first).to_contain_text("系统自动升级至区联勤指挥中心")
    assert board.evaluate("window.unbroken") is True

    desk.act("dispatch", lead=URBAN, assists=[WATER], instruction="查排口，今晚截污")
    expect(desk.status).to_contain_text("待签收")
    lead = Screen(browser.page(sign_in="district_handler", at="/"))
    assisting = Screen(browser.page(sign_in="district_handler2", at="/"))
    for handler in (lead, assisting):
        handler.row(number).click()
        handler.act("acknowledge")
    lead.act("submit_result", result="已封堵违规排口")
    expect(desk.parties.filter(has_text="已反馈")).to_have_count(1)
    expect(desk.status).to_contain_text("处置中")
    assisting.act("submit_result", result="已清淤并采样")
    expect(desk.status).to_contain_text("待核查")
    desk.act("verify", comment="现场复核达标")
    expect(desk.status).to_contain_text("已结案")
    expect(arrived).to_contain_text("已结案")
    for page in (board, desk.page):
        assert page.evaluate("window.unbroken") is True
    order = WorkOrder.objects.get(number=number)
    assert (order.status, order.level, order.highest_level) == ("closed", "district", "district")
    assert sorted(order.assignments.values_list("unit__code", "status")) == [
        (URBAN, "done"),
        (WATER, "done"),
        (office.ground.urban_squad.code, "superseded"),
    ]
