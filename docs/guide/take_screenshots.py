"""Take the pictures of the guide from a running demonstration. By hand, some minutes after it has opened:

python docs/guide/take_screenshots.py http://127.0.0.1:8000 var/accounts.json [--only NAME]

Needs Playwright and Pillow (``requirements-dev.txt``), Chromium and a Chinese font.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
WALL, DESK, PHONE = (1920, 1080), (1440, 900), (390, 844)
COLOURS = 256


class Demo:
    """A running demonstration: its API for finding something worth a picture, its pages for taking it."""

    def __init__(self, base: str, accounts: Path, browser: Browser) -> None:
        self.base, self.browser = base.rstrip("/"), browser
        self.passwords = {row["username"]: row["password"] for row in json.loads(accounts.read_text("utf-8"))}
        self.tokens: dict[str, str] = {}

    def api(self, who: str, path: str, data: Any = None) -> Any:
        with httpx.Client(base_url=f"{self.base}/api/v1/", timeout=20) as client:
            if who not in self.tokens:
                signed = client.post("auth/token/", json={"username": who, "password": self.passwords[who]})
                self.tokens[who] = signed.raise_for_status().json()["token"]
            client.headers["Authorization"] = f"Token {self.tokens[who]}"
            answer = client.get(path) if data is None else client.post(path, json=data)
            return answer.raise_for_status().json()

    def orders(self, who: str, query: str) -> Iterator[dict[str, Any]]:
        """Orders with their actions, so that a picture can be chosen by what is offered on it."""
        for line in self.api(who, f"work-orders/?limit=100&{query}")["results"]:
            number = line["number"]
            offered = {each["action"] for each in self.api(who, f"work-orders/{number}/actions/")["actions"]}
            yield {**self.api(who, f"work-orders/{number}/"), "offered": offered}

    def richest(self, who: str, query: str, worth: Callable[[dict[str, Any]], float]) -> str:
        ranked = sorted(self.orders(who, query), key=worth)
        if not ranked or worth(ranked[-1]) <= 0:
            raise SystemExit(f"{who}: nothing fits {query}; wait for more traffic")
        return str(ranked[-1]["number"])

    def page(self, who: str, size: tuple[int, int]) -> Page:
        phone = size == PHONE
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=2 if phone else 1,
            has_touch=phone,
            is_mobile=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=self.base,
        )
        page = context.new_page()
        page.goto("/accounts/signin/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", self.passwords[who])
        page.locator("form button[type=submit]").click()
        page.wait_for_url(lambda url: "signin" not in url)
        return page


def settle(page: Page) -> None:
    """Wait until the stream speaks, the map is drawn and every picture is there."""
    page.wait_for_selector("[data-stream-state][data-state=live]")
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(1500)


def shoot(page: Page, name: str) -> None:
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    IMAGES.mkdir(exist_ok=True)
    small.save(IMAGES / f"{name}.png", optimize=True)
    page.context.close()


def shape(order: dict[str, Any]) -> float:
    """How much there is to see on an order: its history, its departments, its pictures."""
    files = 3 if order["category"] else 0
    return float(order["last_seq"] + 2 * len(order["assignments"]) + files - 40 * order["is_overdue"])


def workbench(demo: Demo) -> None:
    number = demo.richest(
        "jp_dispatch", "status=registered&level=street", lambda o: shape(o) * ("dispatch" in o["offered"])
    )
    page = demo.page("jp_dispatch", WALL)
    page.goto(f"/orders/{number}/")
    settle(page)
    shoot(page, "workbench")


def phone(demo: Demo) -> None:
    number = demo.richest("jp_dispatch", "status=handling,registered,submitted", shape)
    page = demo.page("jp_dispatch", PHONE)
    page.goto(f"/orders/{number}/")
    settle(page)
    shoot(page, "phone")


def report(demo: Demo) -> None:
    page = demo.page("jp_dispatch", DESK)
    page.goto("/orders/new/")
    settle(page)
    page.fill("[name=title]", "文德路 88 号外墙面砖松动")
    page.fill("[name=description]", "三楼外墙有两处面砖松动, 楼下是人行道, 已有碎块掉落。")
    page.fill("[name=address]", "文德路 88 号")
    page.locator(".report-map .map").click(position={"x": 260, "y": 300})
    page.wait_for_timeout(1500)
    shoot(page, "report")


def district(demo: Demo) -> None:
    page = demo.page("commander", DESK)
    page.goto("/district/")
    settle(page)
    shoot(page, "district")


def notices(demo: Demo) -> None:
    page = demo.page("district1", DESK)
    page.goto("/notices/")
    settle(page)
    shoot(page, "notices")


def handler(demo: Demo) -> None:
    who, number = best_of(demo, HANDLERS, "queue=mine&status=handling", "submit_result")
    page = demo.page(who, DESK)
    page.goto(f"/orders/{number}/")
    settle(page)
    shoot(page, "handler")


def on_site(demo: Demo) -> None:
    """A report in the grid of the worker, so that there is one whenever the picture is taken."""
    grid = demo.api("jp_grid", "auth/me/")["posts"][0]["grid_id"]
    found = demo.api("jp_grid", "divisions/boundaries/?level=grid&street=320111004")["features"]
    ring = next(each for each in found if each["id"] == grid)["geometry"]["coordinates"][0]
    lon, lat = (sum(point[axis] for point in ring) / len(ring) for axis in (0, 1))
    told = {
        "title": "楼道口堆放旧家具", "source": "citizen", "category": "0101", "lon": lon, "lat": lat,
        "description": "2 幢楼道口堆着旧沙发和纸箱, 影响通行。", "address": "新河社区 2 幢",
    }  # fmt: skip
    number = demo.api("jp_dispatch", "work-orders/", told)["number"]
    page = demo.page("jp_grid", PHONE)
    page.goto(f"/orders/{number}/")
    settle(page)
    page.locator('[data-action="handle_on_site"]').locator("visible=true").first.click()
    page.locator("dialog[open] [name=result]").fill("已联系住户搬走旧家具, 楼道畅通。")
    page.wait_for_timeout(500)
    shoot(page, "on-site")


def approval(demo: Demo) -> None:
    def open_request(order: dict[str, Any]) -> float:
        waits = [each for each in order["requests"] if each["outcome"] == "pending" and each["kind"] != "arbitration"]
        return shape(order) if waits else 0

    for who in ("jp_dispatch2", "ts_dispatch2", "district2"):
        waiting = sorted(demo.orders(who, "queue=mine"), key=open_request)
        if waiting and open_request(waiting[-1]) > 0:
            page = demo.page(who, DESK)
            page.goto(f"/orders/{waiting[-1]['number']}/")
            settle(page)
            if page.locator("[data-request] [data-action=approve]").count():
                shoot(page, "approval")
                return
    raise SystemExit("no request waits; try again in a minute")


HANDLERS = ("jp_sanitation", "jp_urban", "jp_market", "jp_housing", "ts_sanitation", "ts_urban", "d_urban", "d_water")


def best_of(demo: Demo, people: tuple[str, ...], query: str, action: str) -> tuple[str, str]:
    found = [(shape(order), who, order["number"]) for who in people for order in demo.orders(who, query)
             if action in order["offered"]]  # fmt: skip
    if not found:
        raise SystemExit(f"nobody may {action}; wait for more traffic")
    return max(found)[1:]


PICTURES = {
    "workbench": workbench,
    "phone": phone,
    "report": report,
    "district": district,
    "notices": notices,
    "handler": handler,
    "on-site": on_site,
    "approval": approval,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the pictures of the guide from a running demonstration.")
    parser.add_argument("base", help="for example http://127.0.0.1:8000")
    parser.add_argument("accounts", type=Path, help="the accounts.json of the demonstration")
    parser.add_argument("--only", action="append", choices=PICTURES, help="only these")
    chosen = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        demo = Demo(chosen.base, chosen.accounts, browser)
        for name in chosen.only or PICTURES:
            PICTURES[name](demo)
            size = (IMAGES / f"{name}.png").stat().st_size
            print(f"{name}.png  {size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
