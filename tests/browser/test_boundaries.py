"""A re-division drawn on the map: split, merged, overtaken by a colleague, submitted, and approved by the commander."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from grids.models import Grid, GroundPlan, PlannedGrid
from grids.services import describe_plan
from lianqin.kernel.actors import SYSTEM
from tests.browser.conftest import Office
from tests.chromium import Browsers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
STREET = "320999001"
FIRST, SECOND, FRESH = "320999001001001", "320999001001002", "320999001001003"


def mark(page: Page, text: str) -> tuple[float, float]:
    """Where the map has a grid, by its mark, in pixels of the window."""
    box = page.locator(".ground-mark", has_text=text).first.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def grid(page: Page, code: str) -> None:
    page.locator(f'.plan-item[data-code="{code}"]').click()


def saved(page: Page, version: int) -> None:
    expect(page.locator("[data-saved]")).to_have_text(f"· 已保存，第 {version} 版")


def draft(page: Page) -> GroundPlan:
    page.goto("/configuration/boundaries/")
    page.get_by_role("link", name="新方案").click()
    page.fill("#plan-title", "东街试划")
    page.locator("[data-picker-find]").fill("东街")
    page.check(f'input[value="{STREET}"]')
    page.get_by_role("button", name="起草并打开地图").click()
    expect(page.locator(".ground-mark")).to_have_count(4)
    return GroundPlan.objects.get(title="东街试划")


def split_by_hand(page: Page, plan: GroundPlan) -> None:
    grid(page, FIRST)
    page.click("[data-tool=split]")
    x, y = mark(page, "001")
    line = page.locator("[data-hint-text]")
    expect(line).to_contain_text("上画线")
    right, _ = mark(page, "002")
    half = (right - x) / 2
    page.mouse.click(x, y - half * 1.5)
    page.mouse.move(x, y)
    page.mouse.dblclick(x, y + half * 1.5)
    saved(page, plan.version + 1)
    expect(page.locator(f'.plan-item[data-code="{FRESH}"]')).to_contain_text("新设")


def merge(page: Page, version: int) -> None:
    grid(page, SECOND)
    page.click("[data-tool=merge]")
    grid(page, FRESH)
    expect(page.locator("[data-hint-text]")).to_contain_text("已选 2 个")
    page.get_by_role("button", name="合并", exact=True).last.click()
    saved(page, version)


def test_from_a_draft_to_the_day_it_takes_effect(office: Office, browser: Browsers) -> None:
    page = browser.page(sign_in="sysadmin")
    plan = draft(page)
    first = plan.version
    split_by_hand(page, plan)
    merge(page, first + 2)
    planned = PlannedGrid.objects.filter(plan=plan, community__code="320999001001")
    assert set(planned.values_list("code", flat=True)) == {FIRST, SECOND}

    # A colleague changes the day meanwhile; what was drawn waits, through a reload, and is applied to the newest plan.
    browser.expect("409")
    describe_plan(plan_id=plan.pk, version=first + 2, by=SYSTEM, title="东街试划二稿")
    grid(page, FIRST)
    page.click("[data-tool=split]")
    page.get_by_role("button", name="输入坐标").click()
    shape = Grid.objects.get(code=FIRST).boundary
    assert shape is not None
    points = shape["coordinates"][0]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    middle = (south + north) / 2
    page.fill("#points-text", f"{west - 0.0005:.6f},{middle:.6f}\n{east + 0.0005:.6f} {middle:.6f}\n乱写")
    page.get_by_role("button", name="使用这些点").click()
    expect(page.locator("[data-points-fault]")).to_have_text("第 3 行不是“经度,纬度”")
    page.fill("#points-text", f"{west - 0.0005:.6f},{middle:.6f}\n{east + 0.0005:.6f},{middle:.6f}")
    page.get_by_role("button", name="使用这些点").click()
    expect(page.locator("#plan-stale")).to_be_visible()
    page.reload()
    expect(page.locator("[data-title]")).to_have_text("东街试划二稿")
    page.get_by_role("button", name="再应用一次").click()
    saved(page, first + 4)
    page.keyboard.press("Control+z")
    saved(page, first + 5)

    page.get_by_role("button", name="提交审批").click()
    expect(page.locator("[data-plan-state]")).to_have_text("待审批")
    expect(page.locator("[data-tool=split]")).to_be_hidden()
    expect(page.get_by_role("button", name="批准")).to_be_hidden()

    commander = browser.page(sign_in="commander")
    commander.goto("/configuration/approvals/")
    commander.get_by_role("link", name="东街试划二稿").click()
    commander.locator("[data-tab=preview]").click()
    expect(commander.locator(".plan-totals")).to_contain_text("调整后4")
    commander.get_by_role("button", name="批准").click()
    commander.fill("#approve-opinion", "同意")
    commander.locator("#plan-approve").get_by_role("button", name="批准").click()
    expect(commander.locator("[data-plan-state]")).to_have_text("待生效")
    plan.refresh_from_db()
    assert (plan.state, plan.opinion) == ("scheduled", "同意")
    # Until midnight nothing has changed.
    assert Grid.objects.get(code=FIRST).boundary == shape
