"""A workstation confirms what its grid workers settled on the spot, many at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Office
from tests.browser.screens import Screen
from tests.chromium import Browsers
from workorders.models import WorkOrder
from workorders.rules.sampling import drawn

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def settled(office: Office, title: str) -> WorkOrder:
    """One that the workstation confirms: some numbers, others each day, are drawn for the sub-centre."""
    order = office.report(title=title, source="grid_worker")
    while drawn(order.number):
        order = office.report(title=title, source="grid_worker")
    return office.do(order, "handle_on_site", "grid_worker", result="已劝离")


def test_each_order_of_a_batch_has_its_own_answer(office: Office, browser: Browsers) -> None:
    first, second, third = (settled(office, title) for title in ("楼道堆物", "占道摆摊", "飞线充电"))
    screen = Screen(browser.page(sign_in="community_officer"))
    page = screen.page
    page.goto("/orders/?tab=submitted")
    screen.live()
    go = page.get_by_role("button", name="批量确认")
    expect(go).to_be_disabled()
    screen.row(first.number).get_by_role("checkbox").check()
    screen.row(second.number).get_by_role("checkbox").check()
    # News redraw the queue; what is ticked stays ticked.
    office.comment(third, "居民来电致谢", by="community_officer")
    expect(screen.row(third.number).locator(".row-body")).to_be_visible()
    expect(go).to_contain_text("批量确认 2 件")
    # Somebody else is faster with the second, and this window hears of it too late.
    page.route("**/orders/*", lambda route: route.abort())
    screen.still()
    office.do(second, "verify", "street_dispatcher")
    go.click()
    expect(page.get_by_role("dialog")).to_contain_text("确认 1 件，未能确认 1 件")
    expect(page.locator(f'[data-result="{first.number}"]')).to_contain_text("已结案")
    expect(page.locator(f'[data-result="{second.number}"] .tag-warn')).to_have_count(1)
    assert set(WorkOrder.objects.filter(status="submitted").values_list("number", flat=True)) == {third.number}


def test_a_grid_leader_confirms_by_phone(office: Office, browser: Browsers) -> None:
    orders = [settled(office, title) for title in ("楼道堆物", "占道摆摊")]
    screen = Screen(browser.phone(sign_in="grid_leader"))
    screen.page.goto("/orders/?tab=submitted")
    screen.page.get_by_label("全选 2 件现场处置").check()
    screen.page.get_by_role("button", name="批量确认 2 件").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text("2 件已全部确认结案")
    screen.page.get_by_role("button", name="知道了").click()
    for order in orders:
        expect(screen.row(order.number)).to_have_count(0)


def test_nobody_else_is_offered_it(office: Office, browser: Browsers) -> None:
    order = settled(office, "楼道堆物")
    for who in ("grid_worker", "street_dispatcher"):
        screen = Screen(browser.page(sign_in=who))
        screen.page.goto("/orders/?tab=submitted")
        expect(screen.page.get_by_role("button", name="批量确认")).to_have_count(0)
    assert WorkOrder.objects.get(pk=order.pk).status == "submitted"
