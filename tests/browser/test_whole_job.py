"""The whole job through the screens, each step in the browser of the one who does it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CATEGORY, Office
from tests.browser.screens import NUMBER, Screen
from tests.chromium import Browsers
from workorders.models import Attachment, Event, WorkOrder
from workorders.rules.sampling import drawn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_from_the_report_to_the_end(office: Office, browser: Browsers) -> None:
    dispatcher = Screen(browser.page(sign_in="street_dispatcher", at="/"))
    page = dispatcher.page

    # The street's dispatcher takes a call and files it.
    page.get_by_role("link", name="上报").first.click()
    page.get_by_label("标题").fill("文德路饭店油烟直排")
    page.get_by_label("情况描述").fill("晚上六点以后油烟很大，住户关着窗还闻得到。")
    page.get_by_label("输入名称").or_(page.locator("[data-picker-find]")).first.fill("油烟")
    page.locator(f'[name=category][value="{CATEGORY}"]').check(force=True)
    page.get_by_label("地址").fill("文德路 88 号")
    page.get_by_label("反映人").first.fill("王女士")
    page.get_by_label("联系电话").fill("13800002046")
    dispatcher.attach(page.locator("form.report"), "油烟.jpg")
    dispatcher.pick_on_map(page.locator("[data-map=pick]"))
    expect(page.locator("[data-place-text]")).to_contain_text("第1网格")
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url(NUMBER)
    number = dispatcher.number
    expect(page.get_by_role("heading", name="文德路饭店油烟直排")).to_be_visible()
    expect(dispatcher.status).to_contain_text("待受理")
    expect(page.locator(".order-place")).to_contain_text("第1网格")
    expect(page.locator(".facts .picture img")).to_have_count(1)
    order = WorkOrder.objects.get(number=number)
    assert order.grid_id == office.ground.grid.pk
    assert Attachment.objects.get(order=order).stage == "report"

    # The community claims it, and hands it up since it cannot solve it.
    officer = Screen(browser.page(sign_in="community_officer", at="/"))
    officer.row(number).click()
    expect(officer.status).to_contain_text("待受理")
    officer.act("claim")
    expect(officer.page.locator(".order-levels")).to_contain_text("工作站")
    officer.act("pass_up", reason="需要城管执法")
    expect(officer.timeline).to_contain_text("需要城管执法")

    # Back at the street the page followed by itself.
    expect(dispatcher.timeline).to_contain_text("需要城管执法")
    dispatcher.act("register", conditions_confirmed=True)
    expect(dispatcher.status).to_contain_text("待派遣")
    expect(dispatcher.page.locator("[data-main-action]")).to_contain_text("派给 东街城管中队")
    dispatcher.act("dispatch", instruction="今晚现场查看")
    expect(dispatcher.status).to_contain_text("待签收")

    handler = Screen(browser.page(sign_in="handler", at="/"))
    handler.row(number).click()
    handler.act("acknowledge")
    expect(handler.status).to_contain_text("处置中")
    form = handler.start("submit_result")
    handler.attach(form, "净化器.jpg")
    handler.fill(form, result="已责令清洗净化设施，复测达标")
    handler.confirm(form)
    form.wait_for(state="hidden")
    expect(handler.status).to_contain_text("待核查")
    assert not handler.is_offered("verify")

    expect(dispatcher.status).to_contain_text("待核查")
    expect(dispatcher.timeline).to_contain_text("已责令清洗净化设施")
    expect(dispatcher.timeline.locator("img")).to_have_count(2)
    dispatcher.act("verify", comment="照片清楚")
    expect(dispatcher.status).to_contain_text("已结案")
    expect(handler.status).to_contain_text("已结案")
    kinds = list(Event.objects.filter(order=order).order_by("seq").values_list("kind", flat=True))
    assert kinds == [
        "report", "attach", "claim", "pass_up", "register", "dispatch", "acknowledge", "attach", "submit_result",
        "verify",
    ]  # fmt: skip


def test_a_grid_worker_settles_it_on_the_spot(office: Office, browser: Browsers) -> None:
    order = office.report(title="楼道堆放杂物", source="grid_worker")
    while drawn(order.number):  # The sub-centre would confirm it, not the workstation.
        order = office.report(title="楼道堆放杂物", source="grid_worker")
    worker = Screen(browser.phone(sign_in="grid_worker", at="/"))
    worker.row(order.number).click()
    form = worker.start("handle_on_site")
    worker.attach(form, "楼道.jpg")
    worker.fill(form, result="已和住户一起清走")
    worker.confirm(form)
    form.wait_for(state="hidden")
    expect(worker.status).to_contain_text("待核查")
    assert not worker.is_offered("verify")

    officer = Screen(browser.page(sign_in="community_officer", at="/")).open(order.number)
    expect(officer.timeline).to_contain_text("已和住户一起清走")
    officer.act("verify")
    expect(officer.status).to_contain_text("已结案")
    order.refresh_from_db()
    assert (order.status, order.level, order.on_site) == ("closed", "street", True)
