"""Take every page of command and of citizens from a running demonstration, and write the album docs/guide/screens.md.

python docs/guide/take_every_screen.py http://127.0.0.1:8000 var/accounts.json [--only NAME]

Some minutes after it has opened, so that there is something to see. Pages of the public site are taken in large type,
too.
"""

from __future__ import annotations

import argparse
import io
import re
import shutil
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from take_screenshots import IMAGES, PHONE, WALL, Demo, middle_of_grid

OFFICE = (1366, 768)
SIZES = {"1920": WALL, "1366": OFFICE, "390": PHONE}
PUBLIC_SIZES = {**SIZES, "390-large": PHONE}
LARGE_TYPE = {"name": "lianqin_type", "value": "large"}
ALBUM = Path(__file__).parent / "screens.md"
FOLDER = IMAGES / "screens"
SHOWN = {"1920": "1920×1080", "1366": "1366×768", "390": "390×844", "390-large": "390×844 大字版"}


@dataclass(frozen=True, slots=True)
class Screen:
    """A page of somebody; ``who`` is empty for who did not sign in. ``{code}`` in ``path`` is that of a receipt.

    ``link``: a pattern of an address; the first one on ``path`` that fits is the page.
    """

    name: str
    title: str
    who: str
    path: str
    link: str = ""

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        return PUBLIC_SIZES if self.path.startswith("/citizen/") else SIZES


COMMAND = (
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
KEY = "[0-9a-f-]{36}"
# ``citizen1`` signs in by a password, as a demonstration's accounts do; others by a code that nobody here reads.
PUBLIC = (
    Screen("citizen-home", "首页", "", "/citizen/"),
    Screen("citizen-report", "我要反映", "", "/citizen/report/"),
    Screen("citizen-receipt", "回执", "", "/citizen/receipt/{code}/"),
    Screen("citizen-track", "查进度", "", "/citizen/track/"),
    Screen("citizen-track-one", "办理进度与三个问题", "", "/citizen/track/{code}/"),
    Screen("citizen-sign-in", "用手机号登录", "", "/citizen/me/"),
    Screen("citizen-me", "我的", "citizen1", "/citizen/me/"),
    Screen("citizen-data", "我的信息", "citizen1", "/citizen/me/data/"),
    Screen("citizen-leave", "注销账号", "citizen1", "/citizen/me/leave/"),
    Screen("citizen-privacy", "隐私告知", "", "/citizen/privacy/"),
    Screen("citizen-community", "社区的事", "citizen1", "/citizen/community/"),
    Screen("citizen-volunteer", "志愿巡夜", "citizen1", "/citizen/volunteer/"),
    Screen("citizen-remarks", "幸福观察员", "citizen1", "/citizen/remarks/"),
    Screen("citizen-matters", "社区议事", "", "/citizen/matters/"),
    Screen("citizen-matter", "一件事", "", "/citizen/matters/", r"/citizen/matters/\d+/$"),
    Screen("citizen-matter-new", "提一件事", "citizen1", "/citizen/matters/new/"),
    Screen("citizen-points", "我的积分", "citizen1", "/citizen/points/"),
    Screen("citizen-voucher", "兑换券", "citizen1", "/citizen/points/", rf"/citizen/points/vouchers/{KEY}/$"),
    Screen("citizen-shop", "积分兑换", "", "/citizen/shop/"),
    Screen("citizen-reward", "一件物品", "citizen1", "/citizen/shop/", rf"/citizen/shop/{KEY}/$"),
    Screen("citizen-tips", "有奖线索", "", "/citizen/tips/"),
    Screen("citizen-tip", "凭线索码查结果", "", "/citizen/tips/mine/"),
    Screen("citizen-statistics", "数据公开", "", "/citizen/statistics/"),
    Screen("citizen-feeds", "各街道最近办结", "", "/citizen/feeds/"),
    Screen("citizen-closed", "一个街道最近办结", "", "/citizen/feeds/", r"/citizen/feeds/\d+/$"),
    Screen("citizen-developers", "开发者接口", "", "/citizen/developers/"),
    Screen("citizen-appeal", "申诉", "", "/citizen/appeal/"),
    Screen("citizen-offline", "没有网络", "", "/citizen/offline/"),
)
DESK = (
    Screen("desk", "群众工作", "commander", "/citizen-desk/"),
    Screen("desk-standings", "居民与志愿者", "jp_officer", "/citizen-desk/community/"),
    Screen("desk-matters", "社区议事", "jp_officer", "/citizen-desk/matters/"),
    Screen("desk-matter", "一件事的下一步", "jp_officer", "/citizen-desk/matters/", r"/citizen-desk/matters/\d+/$"),
    Screen("desk-remarks", "观察员意见", "jp_officer", "/citizen-desk/remarks/"),
    Screen("desk-teams", "巡夜队", "jp_officer", "/citizen-desk/volunteers/"),
    Screen("desk-team", "一支巡夜队", "jp_officer", "/citizen-desk/volunteers/", r"/citizen-desk/volunteers/\d+/$"),
    Screen("desk-calendar", "巡夜月历", "jp_officer", "/citizen-desk/volunteers/calendar/"),
    Screen("desk-callbacks", "回访", "jp_dispatch", "/citizen-desk/callbacks/"),
    Screen("desk-spot-checks", "抽查", "supervisor", "/citizen-desk/spot-checks/"),
    Screen("desk-draw", "一次抽样", "supervisor", "/citizen-desk/spot-checks/", r"/citizen-desk/draws/\d+/$"),
    Screen("desk-pictures", "公开图片", "supervisor", "/citizen-desk/pictures/"),
    Screen("desk-blur", "遮挡并公开", "supervisor", "/citizen-desk/pictures/", r"/citizen-desk/pictures/[^/]+/$"),
    Screen("desk-platforms", "对接平台", "sysadmin", "/citizen-desk/platforms/"),
    Screen("desk-platform", "一个平台", "sysadmin", "/citizen-desk/platforms/", r"/citizen-desk/platforms/[^/]+/$"),
    Screen("desk-returns", "回传记录", "district1", "/citizen-desk/returns/"),
    Screen("desk-keys", "接口密钥", "sysadmin", "/citizen-desk/api-keys/"),
    Screen("desk-batches", "批量导入", "district1", "/citizen-desk/batches/"),
    Screen("desk-letters", "待人工处理的来件", "district1", "/citizen-desk/letters/"),
    Screen("desk-letter", "一件来件", "district1", "/citizen-desk/letters/", r"/citizen-desk/letters/\d+/$"),
    Screen("desk-moderation", "待审核", "supervisor", "/citizen-desk/moderation/"),
    Screen("desk-words", "敏感词", "supervisor", "/citizen-desk/moderation/words/"),
    Screen("desk-blocks", "限制与申诉", "supervisor", "/citizen-desk/moderation/blocks/"),
    Screen("desk-reading", "文字识别", "district1", "/citizen-desk/reading/"),
    Screen("desk-points", "积分与奖励规则", "supervisor", "/citizen-desk/points/"),
    Screen("desk-shop", "积分兑换", "supervisor", "/citizen-desk/shop/"),
    Screen("desk-reward", "一件物品的库存", "supervisor", "/citizen-desk/shop/", r"/citizen-desk/shop/\d+/$"),
    Screen("desk-vouchers", "发放兑换券", "jp_officer", "/citizen-desk/vouchers/"),
    Screen("desk-tips", "线索", "supervisor", "/citizen-desk/tips/"),
    Screen("desk-tip", "一条线索", "supervisor", "/citizen-desk/tips/", r"/citizen-desk/tips/\d+/$"),
    Screen("desk-privacy", "隐私告知与到期清理", "supervisor", "/citizen-desk/privacy/"),
)
PARTS = {"指挥与调度": COMMAND, "群众：公众网站": PUBLIC, "群众：工作人员": DESK}
SCREENS = tuple(screen for part in PARTS.values() for screen in part)


class Desks:
    """A window for everybody at every size, signed in once."""

    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.open: dict[tuple[str, str], Page] = {}

    def page(self, who: str, size: str) -> Page:
        if (who, size) not in self.open:
            shape = PUBLIC_SIZES[size]
            page = self.demo.page(who, shape) if who else self.demo.window(shape)
            if size.endswith("large"):
                page.context.add_cookies([{**LARGE_TYPE, "url": self.demo.base}])
            self.open[who, size] = page
        return self.open[who, size]

    @cached_property
    def code(self) -> str:
        """Of a receipt whose report has ended, if the traffic lets us; of one that is under way otherwise."""
        lon, lat = middle_of_grid(self.demo)
        told = {"words": "南门小吃店夜里油烟大。窗户不敢开。", "lon": lon, "lat": lat, "category": "0401"}
        answer = httpx.post(
            f"{self.demo.base}/citizen/report/", timeout=20,
            data={**told, "client_key": str(uuid.uuid4())}, headers={"Accept": "application/json"},
        )  # fmt: skip
        given = answer.raise_for_status().json()
        with suppress(LookupError, httpx.HTTPStatusError):
            self._finish(given["number"])
        return str(given["spelled"])

    def _finish(self, number: str) -> None:
        self._do("jp_dispatch2", number, "register", {"conditions_confirmed": True})
        self._do("jp_dispatch2", number, "dispatch", {"lead": "320111004-urban_management"})
        self._do("jp_urban", number, "acknowledge", {})
        self._do("jp_urban", number, "submit_result", {"result": "已责令清洗油烟管道并复查。"})
        self._do("jp_dispatch2", number, "verify", {})

    def _do(self, who: str, number: str, action: str, told: dict[str, Any]) -> None:
        """Raises LookupError for what is not offered any more: the traffic was faster."""
        offered = {each["action"]: each for each in self.demo.api(who, f"work-orders/{number}/actions/")["actions"]}
        self.demo.api(who, offered[action]["url"].removeprefix("/api/v1/"), told)


def take(desks: Desks, screen: Screen) -> int:
    """The pictures of one page; none where there is nothing of its kind yet."""
    path = screen.path.format(code=desks.code) if "{" in screen.path else screen.path
    for size in screen.sizes:
        page = desks.page(screen.who, size)
        page.goto(path)
        if screen.link and not follow(page, screen.link):
            return 0
        stand(page)
        save(page, f"{screen.name}-{size}")
    return len(screen.sizes)


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
    lines = [
        "# 每一页的样子",
        "",
        "三种屏幕：1920×1080、1366×768、390×844；公众网站另有 390×844 的大字版。数据为演示数据。",
        "由 `docs/guide/take_every_screen.py` 从运行中的演示拍下。",
    ]
    for part, screens in PARTS.items():
        shown = [line for screen in screens for line in pictures(screen)]
        if shown:
            lines += ["", f"## {part}", *shown]
    return "\n".join(lines) + "\n"


def pictures(screen: Screen) -> list[str]:
    """Nothing as long as one of them is missing."""
    files = {size: f"images/screens/{screen.name}-{size}.webp" for size in screen.sizes}
    if not all((ALBUM.parent / each).exists() for each in files.values()):
        return []
    shown = [f"![{screen.title}，{SHOWN[size]}]({file})" for size, file in files.items()]
    return ["", f"### {screen.title}", "", f"`{screen.path}`", "", shown[0], "", *shown[1:]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Take every page from a running demonstration.")
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
