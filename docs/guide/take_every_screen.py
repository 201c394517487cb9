"""Take every page of command at three sizes from a running demonstration, and write the album docs/guide/screens.md.

python docs/guide/take_every_screen.py http://127.0.0.1:8000 var/accounts.json [--only NAME]

Some minutes after it has opened, so that there is something to see.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from take_screenshots import IMAGES, PHONE, WALL, Demo

OFFICE = (1366, 768)
SIZES = {"1920": WALL, "1366": OFFICE, "390": PHONE}
ALBUM = Path(__file__).parent / "screens.md"
FOLDER = IMAGES / "screens"


@dataclass(frozen=True, slots=True)
class Screen:
    """A page of somebody. ``link``: a pattern of an address; the first one on ``path`` that fits is the page."""

    name: str
    title: str
    who: str
    path: str
    link: str = ""


SCREENS = (
    Screen("queue", "调度工作台", "jp_dispatch", "/orders/"),
    Screen("queue-handler", "参勤单位的工作台", "jp_urban", "/orders/"),
    Screen("filters", "常用筛选", "jp_dispatch", "/orders/filters/"),
    Screen("suggestions", "派遣建议质量", "district1", "/suggestions/"),
    Screen("district", "区级指挥", "commander", "/district/"),
    Screen("wall", "指挥大屏", "commander", "/wall/"),
    Screen("map", "一张图", "commander", "/map/"),
    Screen("duty", "值班", "jp_dispatch", "/duty/"),
    Screen("roster", "排班", "jp_dispatch", "/duty/roster/"),
    Screen("roster-hours", "值班时段与轮换", "jp_dispatch", "/duty/hours/"),
    Screen("handovers", "交接班", "jp_dispatch", "/duty/handovers/"),
    Screen("handover", "一次交接班", "jp_dispatch", "/duty/handovers/", r"/duty/handovers/\d+/$"),
    Screen("whistles", "吹哨报到", "jp_dispatch", "/whistles/"),
    Screen("whistle", "一次吹哨", "jp_dispatch", "/whistles/", r"/whistles/\d+/$"),
    Screen("whistle-new", "吹哨", "jp_dispatch", "/whistles/new/"),
    Screen("supervision", "督办", "commander", "/supervision/"),
    Screen("supervision-order", "一件督办", "commander", "/supervision/", r"/supervision/[^/]+/$"),
    Screen("notices", "通知", "jp_dispatch", "/notices/"),
    Screen("notice-settings", "怎样通知我", "jp_dispatch", "/notices/settings/"),
    Screen("messages", "消息发送记录", "district1", "/messages/"),
    Screen("channels", "消息通道", "sysadmin", "/configuration/channels/"),
    Screen("templates", "消息模板", "sysadmin", "/configuration/channels/templates/"),
    Screen("basemaps", "地图底图", "sysadmin", "/configuration/basemaps/"),
    Screen("announcements", "公告", "jp_dispatch", "/announcements/"),
    Screen("announcement", "一则公告", "commander", "/announcements/?tab=written", r"/announcements/\d+/$"),
    Screen("announcement-new", "写公告", "commander", "/announcements/new/"),
    Screen("trials", "推演", "commander", "/trials/"),
    Screen("trial-new", "新推演", "commander", "/trials/new/"),
    Screen("trial", "推演结果", "commander", "/trials/", r"/trials/\d+/$"),
)


class Desks:
    """A window for everybody at every size, signed in once."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.open: dict[tuple[str, str], Page] = {}

    def page(self, who: str, size: str) -> Page:
        if (who, size) not in self.open:
            self.open[who, size] = self.demo.page(who, SIZES[size])
        return self.open[who, size]


def take(desks: Desks, screen: Screen) -> int:
    """The pictures of one page; none where there is nothing of its kind yet."""
    for size in SIZES:
        page = desks.page(screen.who, size)
        page.goto(screen.path)
        if screen.link and not follow(page, screen.link):
            return 0
        stand(page)
        save(page, f"{screen.name}-{size}")
    return len(SIZES)


def stand(page: Page) -> None:
    """Wait until the page has what it draws."""
    page.wait_for_load_state("load")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(2200)


def follow(page: Page, pattern: str) -> bool:
    hrefs = page.eval_on_selector_all("main a[href]", "(all) => all.map((each) => each.getAttribute('href'))")
    fits = [each for each in hrefs if re.search(pattern, each.partition("?")[0])]
    if fits:
        page.goto(fits[0])
    return bool(fits)


def save(page: Page, name: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").save(FOLDER / f"{name}.webp", quality=78, method=6)


def album() -> str:
    """Every picture that is there, whoever took it."""
    parts = [
        "# 每一页的样子",
        "",
        "三种屏幕：1920×1080、1366×768、390×844。数据为演示数据。",
        "由 `docs/guide/take_every_screen.py` 从运行中的演示拍下。",
    ]
    for screen in SCREENS:
        files = [f"images/screens/{screen.name}-{size}.webp" for size in SIZES]
        if not all((ALBUM.parent / each).exists() for each in files):
            continue
        wide, office, phone = files
        parts += ["", f"## {screen.title}", "", f"`{screen.path}`", ""]
        parts += [f"![{screen.title}，1920×1080]({wide})", ""]
        parts += [f"![{screen.title}，1366×768]({office})", f"![{screen.title}，390×844]({phone})"]
    return "\n".join(parts) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Take every page of command from a running demonstration.")
    parser.add_argument("base", help="for example http://127.0.0.1:8000")
    parser.add_argument("accounts", type=Path, help="the accounts.json of the demonstration")
    parser.add_argument("--only", action="append", choices=[each.name for each in SCREENS], help="only these")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        demo = Demo(chosen.base, chosen.accounts, browser)
        desks = Desks(demo)
        for screen in SCREENS:
            if not chosen.only or screen.name in chosen.only:
                print(screen.name, take(desks, screen) or "nothing to show yet", flush=True)
    ALBUM.write_text(album(), "utf-8")


if __name__ == "__main__":
    main()
