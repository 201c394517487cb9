"""Take the pictures of the guide from a running demonstration. By hand, some minutes after it has opened:

python docs/guide/take_screenshots.py http://127.0.0.1:8000 var/accounts.json [--only NAME]

Needs Playwright and Pillow (``requirements-dev.txt``), Chromium and a Chinese font.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
WALL, DESK, PHONE = (1920, 1080), (1440, 900), (390, 844)
COLOURS = 256
PATIENCE_SECONDS = 240


class NotYet(Exception):
    """The traffic has not brought what the picture shows."""


class Demo:
    """A running demonstration: its API for finding something worth a picture, its pages for taking it."""

    def __init__(self, base: str, accounts: Path, browser: Browser) -> None:
        self.base, self.browser = base.rstrip("/"), browser
        self.passwords = {row["username"]: row["password"] for row in json.loads(accounts.read_text("utf-8"))}
        self.tokens: dict[str, str] = {}

    def client(self, who: str) -> httpx.Client:
        if who not in self.tokens:
            credentials = {"username": who, "password": self.passwords[who]}
            signed = httpx.post(f"{self.base}/api/v1/auth/token/", json=credentials, timeout=20)
            self.tokens[who] = signed.raise_for_status().json()["token"]
        headers = {"Authorization": f"Token {self.tokens[who]}"}
        return httpx.Client(base_url=f"{self.base}/api/v1/", headers=headers, timeout=20)

    def api(self, who: str, path: str, data: Any = None) -> Any:
        with self.client(who) as client:
            answer = client.get(path) if data is None else client.post(path, json=data)
            return answer.raise_for_status().json()

    def attach(self, who: str, number: str, picture: bytes) -> None:
        with self.client(who) as client:
            files = {"file": ("现场.jpg", picture, "image/jpeg")}
            answer = client.post(f"work-orders/{number}/attachments/", data={"stage": "report"}, files=files)
            answer.raise_for_status()

    def orders(self, who: str, query: str) -> Iterator[dict[str, Any]]:
        """Orders with their actions, so that a picture can be chosen by what is offered on it."""
        for line in self.api(who, f"work-orders/?limit=100&{query}")["results"]:
            number = line["number"]
            offered = {each["action"] for each in self.api(who, f"work-orders/{number}/actions/")["actions"]}
            yield {**self.api(who, f"work-orders/{number}/"), "offered": offered}

    def richest(self, who: str, query: str, worth: Callable[[dict[str, Any]], float]) -> str:
        ranked = sorted(self.orders(who, query), key=worth)
        if not ranked or worth(ranked[-1]) <= 0:
            raise NotYet(f"{who}: nothing fits {query}")
        return str(ranked[-1]["number"])

    def window(self, size: tuple[int, int]) -> Page:
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
        return context.new_page()

    def page(self, who: str, size: tuple[int, int]) -> Page:
        page = self.window(size)
        page.goto("/accounts/signin/")
        page.fill("[name=username]", who)
        page.fill("[name=password]", self.passwords[who])
        page.locator("form button[type=submit]").click()
        page.wait_for_url(lambda url: "signin" not in url)
        return page


def middle_of_grid(demo: Demo) -> tuple[float, float]:
    """The middle of the grid of ``jp_grid``."""
    grid = demo.api("jp_grid", "auth/me/")["posts"][0]["grid_id"]
    found = demo.api("jp_grid", "divisions/boundaries/?level=grid&street=320111004")["features"]
    ring = next(each for each in found if each["id"] == grid)["geometry"]["coordinates"][0]
    lon, lat = (sum(point[axis] for point in ring) / len(ring) for axis in (0, 1))
    return lon, lat


def scene() -> bytes:
    """A drawn street with two holes in the pavement."""
    image = Image.new("RGB", (480, 360), (222, 232, 240))
    draw = ImageDraw.Draw(image)
    for left, top in ((0, 90), (110, 50), (230, 120), (350, 70)):
        draw.rectangle((left, top, left + 104, 230), fill=(188, 196, 204))
    draw.rectangle((0, 230, 480, 360), fill=(150, 154, 158))
    for left, top in ((150, 270), (280, 295)):
        draw.ellipse((left, top, left + 80, top + 30), fill=(84, 80, 76))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def settle(page: Page) -> None:
    """Wait until the stream speaks, the map is drawn and every picture is there."""
    page.wait_for_selector("[data-stream-state][data-state=live]")
    page.wait_for_load_state("networkidle")
    page.evaluate("() => document.fonts.ready")
    page.wait_for_timeout(1500)


def shoot(page: Page, name: str, *, close: bool = True) -> None:
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = shot.quantize(COLOURS, dither=Image.Dither.NONE)
    file = IMAGES / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    small.save(file, optimize=True)
    if close:
        page.context.close()


def shape(order: dict[str, Any]) -> float:
    """How much there is to see on an order: a title that fits its matter, departments, a history of some length."""
    fits = bool(order["category"]) and order["category"]["name"] in order["title"]
    likely = 30 * fits - 60 * order["is_overdue"]
    return float(likely + 2 * min(order["last_seq"], 12) + 3 * len(order["assignments"]))


def workbench(demo: Demo) -> None:
    """An order with some history that is about to be dispatched, and a second report of the same matter close by."""
    lon, lat = middle_of_grid(demo)
    told = {
        "title": "新河路 16 号门前道路破损坑洼", "source": "hotline_12345", "category": "0301", "lon": lon, "lat": lat,
        "description": "昨天傍晚发现人行道有两处坑洼，宽约半米，有老人险些摔倒。请尽快修复。",
        "address": "新河路 16 号门前", "reporter_name": "住户甲", "reporter_phone": "02558001234",
    }  # fmt: skip
    twin = {**told, "title": "新河路口道路破损坑洼", "source": "portal", "lon": lon + 0.0004, "address": "新河路 20 号"}
    number = demo.api("hotline12345", "work-orders/", told)["number"]
    order = f"work-orders/{number}"
    demo.attach("hotline12345", number, scene())
    demo.api("jp_officer", f"{order}/claim/", {})
    demo.api("jp_officer", f"{order}/comment/", {"comment": "现场看过，两处坑洼约 0.5 米，社区无力修复。"})
    demo.api("jp_officer", f"{order}/pass_up/", {"reason": "需专业单位修补路面"})
    demo.api("hotline12345", "work-orders/", twin)
    demo.api("jp_dispatch2", f"{order}/register/", {"conditions_confirmed": True})
    page = demo.page("jp_dispatch", WALL)
    page.goto(f"/{order.removeprefix('work-')}/")
    settle(page)
    if not page.locator("[data-action=dispatch]").count():
        raise NotYet("somebody else was faster")
    shoot(page, "workbench")


def phone(demo: Demo) -> None:
    number = demo.richest(
        "jp_dispatch", "status=submitted&level=street", lambda o: shape(o) * ("verify" in o["offered"])
    )
    page = demo.page("jp_dispatch", PHONE)
    page.goto(f"/orders/{number}/")
    settle(page)
    shoot(page, "phone")


def report(demo: Demo) -> None:
    page = demo.page("jp_dispatch", DESK)
    page.goto("/orders/new/")
    settle(page)
    page.fill("[name=title]", "文德路 88 号门前流动摊贩占道")
    page.fill("[name=description]", "傍晚有三处流动摊贩占用人行道，行人只能走机动车道。")
    page.locator("label.pick", has_text="流动摊贩").first.click()
    page.fill("[name=address]", "文德路 88 号")
    page.locator(".report-map .map").click(position={"x": 300, "y": 330})
    for _ in range(2):
        page.locator(".report-map .leaflet-control-zoom-in").click()
        page.wait_for_timeout(600)
    page.evaluate("() => { document.activeElement?.blur(); document.querySelector('.report-scroll').scrollTop = 0; }")
    page.wait_for_timeout(800)
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
    if not page.locator("[data-action=submit_result]").count():
        raise NotYet("somebody else was faster")
    shoot(page, "handler")


def on_site(demo: Demo) -> None:
    """Of a report made for it in the grid of the worker, so that there always is one."""
    lon, lat = middle_of_grid(demo)
    told = {
        "title": "新河社区 2 幢门口暴露垃圾堆积", "source": "citizen", "category": "0101", "lon": lon, "lat": lat,
        "description": "2 幢门口堆着旧沙发和纸箱，无人清理。", "address": "新河社区 2 幢",
    }  # fmt: skip
    number = demo.api("jp_dispatch", "work-orders/", told)["number"]
    page = demo.page("jp_grid", PHONE)
    page.goto(f"/orders/{number}/")
    settle(page)
    page.locator('[data-action="handle_on_site"]').locator("visible=true").first.click()
    page.locator("dialog[open] [name=result]").fill("已清运两车垃圾，地面已冲洗。")
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
    raise NotYet("no request waits")


HANDLERS = ("jp_sanitation", "jp_urban", "jp_market", "jp_housing", "ts_sanitation", "ts_urban", "d_urban", "d_water")


def best_of(demo: Demo, people: tuple[str, ...], query: str, action: str) -> tuple[str, str]:
    found = [(shape(order), who, order["number"]) for who in people for order in demo.orders(who, query)
             if action in order["offered"]]  # fmt: skip
    if not found:
        raise NotYet(f"nobody may {action}")
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


def take(name: str, demo: Demo) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            PICTURES[name](demo)
            return
        except NotYet:
            if time.monotonic() > until:
                raise
            time.sleep(3)


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
            take(name, demo)
            size = (IMAGES / f"{name}.png").stat().st_size
            print(f"{name}.png  {size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
