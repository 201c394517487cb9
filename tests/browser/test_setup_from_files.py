"""An empty platform becomes ready for its first order from files alone, on the screens alone."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from grids.models import GroundPlan
from tests.browser.screens import NUMBER, Screen
from tests.cast import square
from tests.chromium import Browsers
from tests.configuration.files import xlsx_file
from tests.copies import forget
from tests.live import Platform
from workorders.models import WorkOrder

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STREET, COMMUNITY = "330106001", "330106001001"
DIVISIONS = [
    ["区划代码", "名称", "级别", "上级代码", "工单号前缀"],
    ["330106", "新区", "区", "", "XQ"],
    [STREET, "湖滨街道", "街道", "330106", ""],
    [COMMUNITY, "湖滨社区居委会", "社区", STREET, ""],
]
UNITS = [
    ["单位代码", "单位名称", "类别", "职能", "街道代码", "社区代码"],
    ["330106-zx", "新区联勤指挥中心", "联勤指挥中心", "", "", ""],
    [f"{STREET}-zx", "湖滨分中心", "联勤指挥分中心", "", STREET, ""],
    [f"{COMMUNITY}-gzz", "湖滨工作站", "联勤工作站", "", STREET, COMMUNITY],
    [f"{STREET}-urban", "湖滨城管中队", "参勤单位", "城管", STREET, ""],
]
CATEGORIES = [
    ["事项代码", "事项名称", "大类代码", "街道承办职能"],
    ["01", "市容环境", "", ""],
    ["0101", "占道经营", "01", "城管"],
]
PEOPLE = [
    ["用户名", "姓名", "角色", "岗位", "单位代码", "网格代码"],
    ["zhihui", "钱指挥", "区指挥长", "", "330106-zx", ""],
    ["paiqian", "孙派遣", "街道派遣员", "", f"{STREET}-zx", ""],
    ["chuzhi", "李处置", "处置人员", "", f"{STREET}-urban", ""],
    ["wangge", "周网格", "网格员", "专职网格员", "", f"{COMMUNITY}001"],
]


@pytest.fixture
def empty(platform: Platform) -> Platform:
    """The three officers, and nothing else; the windows bring the web process."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE grids_district, catalogue_category CASCADE")
    User.objects.filter(officer="").delete()
    forget()
    for name in ("worker", "relay"):
        platform.start(name)
    return platform


def sheet(rows: list[list[str]]) -> FilePayload:
    file = xlsx_file(rows)
    mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "表.xlsx", "mimeType": mime, "buffer": file.read()}


def shapes() -> FilePayload:
    features = [
        {
            "type": "Feature",
            "geometry": square(g, 0),
            "properties": {"code": f"{COMMUNITY}00{g + 1}", "name": f"第{g + 1}网格"},
        }
        for g in range(2)
    ]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return {"name": "边界.geojson", "mimeType": "application/geo+json", "buffer": body}


def read_in(page: Page, table: str, file: FilePayload) -> None:
    page.goto(f"/configuration/imports/new/?table={table}")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="上传并对应各列").click()
    page.get_by_role("button", name="检查", exact=True).click()
    page.get_by_role("button", name="全部导入").click()
    expect(page.get_by_text("全部导入。")).to_be_visible()


def own_password(browser: Browsers, username: str, slip: str) -> Page:
    """Sign in with what the slip says, and choose a password."""
    page = browser.page()
    page.goto("/accounts/signin/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", slip)
    page.press("[name=password]", "Enter")
    page.fill("[name=old_password]", slip)
    for field in ("new_password1", "new_password2"):
        page.fill(f"[name={field}]", "my-own-lantern-river")
    page.press("[name=new_password2]", "Enter")
    expect(page.get_by_text("密码已修改")).to_be_visible()
    return page


def slips(page: Page) -> dict[str, str]:
    """What is printed, once: user name -> one-time password."""
    expect(page.locator(".slip").first).to_be_visible()
    told = [slip.locator("dd").all_inner_texts() for slip in page.locator(".slip").all()]
    return {username: password for username, password, _until in told}


def test_from_nothing_to_the_first_order(empty: Platform, browser: Browsers) -> None:
    admin = browser.page(sign_in="sysadmin", at="/")
    expect(admin).to_have_url(re.compile("/configuration/overview/"))
    expect(admin.locator(".setup-step-next h3")).to_contain_text("区划")
    read_in(admin, "divisions", sheet(DIVISIONS))
    read_in(admin, "units", sheet(UNITS))
    read_in(admin, "categories", sheet(CATEGORIES))
    read_in(admin, "boundaries", shapes())
    admin.get_by_role("link", name="查看结果").click()
    admin.get_by_role("button", name="提交审批").click()
    expect(admin.locator("[data-plan-state]")).to_have_text("待审批")

    # Nobody commands yet: the security officer is the second pair of eyes.
    security = browser.page(sign_in="secadmin", at="/")
    security.goto("/configuration/approvals/")
    security.get_by_role("link", name=GroundPlan.objects.get().title).click()
    security.get_by_role("button", name="批准").click()
    security.fill("#approve-opinion", "与实地一致")
    security.locator("#plan-approve").get_by_role("button", name="批准").click()
    expect(security.locator("[data-plan-state]")).to_have_text("已生效")

    read_in(admin, "people", sheet(PEOPLE))
    admin.get_by_role("link", name="查看结果").click()
    confirm_posts(security)
    # Who proposed the posts does not hand out their keys.
    given = hand_out(security)
    assert sorted(given) == ["chuzhi", "paiqian", "wangge", "zhihui"]

    admin.goto("/configuration/overview/")
    expect(admin.locator(".measure dd").first).to_have_text(re.compile(r"^1\s*/ 1$"))
    report_and_register(browser, given)


def confirm_posts(page: Page) -> None:
    page.goto("/configuration/approvals/")
    page.locator("tbody .row-link").first.click()
    page.get_by_role("button", name="确认全部 4 项").click()
    expect(page.locator(".alert-ok").first).to_be_visible()


def hand_out(page: Page) -> dict[str, str]:
    page.goto("/configuration/people/?state=password")
    page.get_by_label("全选本页").first.check()
    page.get_by_role("button", name="发放一次性密码").click()
    return slips(page)


def report_and_register(browser: Browsers, given: dict[str, str]) -> None:
    worker = Screen(own_password(browser, "wangge", given["wangge"]))
    page = worker.page
    page.goto("/orders/new/")
    page.get_by_label("标题").fill("夜市占道")
    page.locator("[name=category]").first.check(force=True)
    worker.pick_on_map(page.locator("[data-map=pick]"))
    expect(page.locator("[data-place-text]")).to_contain_text("第1网格")
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url(NUMBER)

    dispatcher = Screen(own_password(browser, "paiqian", given["paiqian"])).open(worker.number)
    dispatcher.act("register")
    expect(dispatcher.status).to_contain_text("待派遣")
    expect(dispatcher.page.locator("[data-main-action]")).to_contain_text("派给 湖滨城管中队")
    order = WorkOrder.objects.select_related("grid").get(number=worker.number)
    assert order.grid is not None
    assert (order.number[:2], order.grid.code) == ("XQ", f"{COMMUNITY}001")
