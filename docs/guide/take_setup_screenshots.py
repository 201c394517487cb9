"""Take the pictures of the chapter on setting up from two running demonstrations. By hand:

bin/demo --empty --port 8001 --dir /tmp/empty
bin/demo --port 8000
python docs/guide/take_setup_screenshots.py path http://127.0.0.1:8001 /tmp/empty/accounts.json
python docs/guide/take_setup_screenshots.py pages http://127.0.0.1:8000 var/accounts.json [--only NAME]

``path`` sets the empty platform up and prints the seconds of each step; it needs a fresh one every time.
``pages`` changes nothing but asks for a preflight. Needs what take_screenshots.py needs.
"""

from __future__ import annotations

import argparse
import re
import shutil
import time
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect, sync_playwright
from small_district import CATEGORIES, DIVISIONS, PEOPLE, UNITS, shapes, sheet
from take_screenshots import IMAGES, Demo, middle_of_grid, shoot

LAPTOP = (1366, 768)
PATIENCE = 30_000  # milliseconds
OWN_PASSWORD = "my-own-lantern-river"

# -- taking


def settle(page: Page) -> None:
    """Wait until maps are drawn and fonts are there; a page of the configuration keeps no stream open."""
    page.wait_for_timeout(1200)
    page.evaluate("() => document.fonts.ready")


def keep(page: Page, name: str) -> None:
    """Take the picture and stay on the page."""
    settle(page)
    shoot(page, f"setup/{name}", close=False)


class Watch:
    """Seconds of each step as a person would see them go by."""

    def __init__(self) -> None:
        self.begun = self.last = time.monotonic()

    def step(self, words: str) -> None:
        now = time.monotonic()
        print(f"{now - self.last:6.1f} s  {words}")
        self.last = now

    def total(self) -> None:
        print(f"{time.monotonic() - self.begun:6.1f} s  in all")


# -- from nothing to the first order


def read_in(page: Page, table: str, file: FilePayload, mapping: str = "", checked: str = "") -> None:
    page.goto(f"/configuration/imports/new/?table={table}")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="上传并对应各列").click()
    check = page.get_by_role("button", name="检查", exact=True)
    check.wait_for()
    if mapping:
        keep(page, mapping)
    check.click()
    whole = page.get_by_role("button", name="全部导入")
    whole.wait_for()
    if checked:
        keep(page, checked)
    whole.click()
    expect(page.get_by_text("全部导入。")).to_be_visible(timeout=PATIENCE)


def own_password(demo: Demo, username: str, slip: str) -> Page:
    page = demo.window(LAPTOP)
    page.goto("/accounts/signin/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", slip)
    page.press("[name=password]", "Enter")
    page.fill("[name=old_password]", slip)
    for field in ("new_password1", "new_password2"):
        page.fill(f"[name={field}]", OWN_PASSWORD)
    page.press("[name=new_password2]", "Enter")
    expect(page.get_by_text("密码已修改")).to_be_visible()
    return page


def files(page: Page, watch: Watch) -> None:
    keep(page, "1-overview")
    watch.step("signed in, overview")
    read_in(page, "divisions", sheet("区划", DIVISIONS), mapping="2-mapping", checked="3-checked")
    watch.step("divisions")
    read_in(page, "units", sheet("单位", UNITS))
    watch.step("units")
    read_in(page, "categories", sheet("事项目录", CATEGORIES))
    watch.step("categories")
    read_in(page, "boundaries", shapes())
    page.get_by_role("link", name="查看结果").click()
    page.wait_for_load_state("networkidle")
    keep(page, "4-plan")
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator("[data-plan-state]")).to_have_text("待审批")
    watch.step("boundaries, submitted")


def approve(page: Page, watch: Watch) -> None:
    page.goto("/configuration/approvals/")
    page.locator("tbody .row-link").first.click()
    page.get_by_role("button", name="批准").click()
    page.fill("#approve-opinion", "与实地一致")
    keep(page, "5-approve")
    page.locator("#plan-approve").get_by_role("button", name="批准").click()
    expect(page.locator("[data-plan-state]")).to_have_text("已生效")
    watch.step("boundaries approved")


def staff(admin: Page, security: Page, watch: Watch) -> dict[str, str]:
    read_in(admin, "people", sheet("人员", PEOPLE), checked="6-people")
    watch.step("people")
    security.goto("/configuration/approvals/")
    security.locator("tbody .row-link").first.click()
    everything = security.get_by_role("button", name=re.compile("确认全部"))
    everything.wait_for()
    keep(security, "7-appointments")
    everything.click()
    expect(security.locator(".alert-ok").first).to_be_visible()
    watch.step("appointments confirmed")
    security.goto("/configuration/people/?state=password")
    security.get_by_label("全选本页").first.check()
    security.get_by_role("button", name="发放一次性密码").click()
    expect(security.locator(".slip").first).to_be_visible()
    keep(security, "8-slips")
    told = [slip.locator("dd").all_inner_texts() for slip in security.locator(".slip").all()]
    watch.step("one-time passwords")
    admin.goto("/configuration/overview/")
    keep(admin, "9-ready")
    return {username: password for username, password, _until in told}


def first_order(demo: Demo, given: dict[str, str], watch: Watch) -> None:
    page = own_password(demo, "wangge", given["wangge"])
    page.goto("/orders/new/")
    page.get_by_label("标题").fill("湖滨路夜市占道")
    page.locator("label.pick", has_text="占道经营").first.click()
    box = page.locator("[data-map=pick]")
    box.locator(".leaflet-interactive, canvas").first.wait_for()
    size = box.bounding_box()
    assert size is not None
    # The lower left of what is drawn: the first grid.
    for x, y in ((0.3, 0.65), (0.2, 0.6), (0.35, 0.55), (0.5, 0.6)):
        box.click(position={"x": size["width"] * x, "y": size["height"] * y})
        page.wait_for_timeout(900)
        if "网格" in page.locator("[data-place-text]").inner_text():
            break
    page.get_by_role("button", name="提交上报").click()
    page.wait_for_url(re.compile(r"/orders/[A-Z]{2}\d"))
    watch.step("first report, with the worker's own password")
    number = page.url
    dispatcher = own_password(demo, "paiqian", given["paiqian"])
    dispatcher.goto(number)
    dispatcher.locator('[data-action="register"]').locator("visible=true").first.click()
    dispatcher.locator("dialog[open] [name=conditions_confirmed]").check()
    dispatcher.locator("dialog[open] [data-submit]").click()
    expect(dispatcher.locator("[data-main-action]")).to_contain_text("派给")
    keep(dispatcher, "10-first-order")
    watch.step("registered, department proposed")


def path(demo: Demo) -> None:
    watch = Watch()
    admin = demo.page("sysadmin", LAPTOP)
    files(admin, watch)
    security = demo.page("secadmin", LAPTOP)
    approve(security, watch)
    first_order(demo, staff(admin, security, watch), watch)
    watch.total()


# -- the pages of a furnished district


def waiting_plan(page: Page) -> None:
    """The re-division that waits for approval, with what it would move."""
    page.goto("/configuration/boundaries/?state=submitted")
    page.locator("tbody .row-link").first.click()
    page.wait_for_load_state("networkidle")
    page.locator("[data-tab=preview]").click()
    page.wait_for_timeout(1500)


def responsible(demo: Demo, page: Page) -> None:
    lon, lat = middle_of_grid(demo)
    matter = "0301"
    page.goto(f"/configuration/responsibilities/who/?category={matter}&lon={lon:.6f}&lat={lat:.6f}")


PAGES: dict[str, tuple[str, str]] = {
    "imports": ("sysadmin", "/configuration/imports/"),
    "grids": ("sysadmin", "/configuration/grids/?within=320111004001"),
    "boundaries": ("commander", ""),
    "elements": ("jp_dispatch", "/configuration/elements/"),
    "attention": ("jp_leader", "/configuration/elements/attention/"),
    "camera": ("jp_dispatch", ""),
    "units": ("sysadmin", "/configuration/units/secondments/"),
    "people": ("sysadmin", "/configuration/people/"),
    "staffing": ("sysadmin", "/configuration/people/staffing/"),
    "training": ("sysadmin", "/configuration/training/gaps/"),
    "stewards": ("sysadmin", "/configuration/stewards/pipeline/"),
    "categories": ("sysadmin", "/configuration/categories/"),
    "responsibilities": ("jp_dispatch", ""),
    "deadlines": ("sysadmin", "/configuration/deadlines/preview/?moment=2027-02-05T16:00&urgency=normal&level=street"),
    "calendars": ("sysadmin", "/configuration/calendars/"),
    "admissions": ("commander", "/configuration/admissions/"),
    "approvals": ("commander", "/configuration/approvals/"),
    "preflight": ("sysadmin", "/configuration/preflight/"),
    "changes": ("sysadmin", "/configuration/changes/"),
}


def prepare(name: str, demo: Demo, page: Page) -> None:
    """Bring the page into the state that the picture shows."""
    if name == "boundaries":
        waiting_plan(page)
    elif name == "camera":
        page.goto("/configuration/cameras/")
        page.locator("tbody .row-link").first.click()
        page.wait_for_timeout(4000)
    elif name == "responsibilities":
        responsible(demo, page)
    elif name == "preflight":
        page.get_by_role("button", name="现在体检").click()
        page.locator(".figures").wait_for()


def pages(demo: Demo, only: list[str] | None) -> None:
    for name in only or PAGES:
        who, address = PAGES[name]
        page = demo.page(who, LAPTOP)
        page.set_default_timeout(PATIENCE)
        if address:
            page.goto(address)
        prepare(name, demo, page)
        keep(page, name)
        page.context.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the chapter on setting up.")
    parser.add_argument("part", choices=("path", "pages"))
    parser.add_argument("base", help="for example http://127.0.0.1:8000")
    parser.add_argument("accounts", type=Path, help="the accounts.json of the demonstration")
    parser.add_argument("--only", action="append", choices=PAGES, help="only these pages")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        demo = Demo(chosen.base, chosen.accounts, browser)
        if chosen.part == "path":
            path(demo)
        else:
            pages(demo, chosen.only)
    taken = sorted((IMAGES / "setup").glob("*.png"))
    print(f"{len(taken)} pictures, {sum(file.stat().st_size for file in taken) / 1024:.0f} KB")


if __name__ == "__main__":
    main()
