"""A street of 57,301 elements: written, asked for through the API, and seen in a browser. Run by hand.

    python -m benchmarks.elements [--size 57301] [--street 320111004] [--keep]

Wants a seeded ground in ``DATABASE_URL`` and Chromium. Server times stand beside their floor: the statement alone that
answers a viewport, run by psycopg; browser times beside the page without elements. Nothing is left unless ``--keep``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

import django
import shapely

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 -- Django must be set up first.
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.models import User  # noqa: E402
from grids.boundaries import polygon_of  # noqa: E402
from grids.models import Element, ElementType, Street  # noqa: E402
from grids.selectors.elements import ElementFilter  # noqa: E402
from grids.selectors.viewport import Box, viewport  # noqa: E402
from grids.services.elements_in_bulk import put_elements, relocate_elements  # noqa: E402
from lianqin.kernel.actors import SYSTEM  # noqa: E402
from tests.chromium import CHROMIUM, FLAGS  # noqa: E402

CODE, PASSWORD = "bench-", "bench-password-1"
SCREEN = (1366, 768)
ROUNDS, ZOOMS = 40, range(11, 20)
# Longest task of the page while the map is dragged; first paint is told by the page itself.
WATCH = """
window.tasks = []; window.painted = 0;
new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((each) => each.duration)))
  .observe({type: 'longtask', buffered: true});
new MutationObserver((_list, watch) => {
  const note = document.querySelector('[data-count]');
  if (note?.textContent && !window.painted) requestAnimationFrame(() => (window.painted = performance.now()));
  if (window.painted) watch.disconnect();
}).observe(document, {subtree: true, childList: true, characterData: true});
"""


def rows(street: Street, size: int) -> list[dict[str, Any]]:
    """Elements spread over a street, of all its types."""
    dice, shape = random.Random(size), polygon_of(street.boundary or {})
    types = [each for each in ElementType.objects.filter(sensitive=False, active=True) if not each.fields]
    types = types or [_plain_type()]
    shapely.prepare(shape)
    west, south, east, north = shape.bounds
    found: list[dict[str, Any]] = []
    while len(found) < size:
        lon, lat = round(dice.uniform(west, east), 6), round(dice.uniform(south, north), 6)
        if shapely.contains_xy(shape, lon, lat):
            number = len(found)
            name, of = f"文德路{number}号设施", types[number % len(types)].code
            found.append(
                {
                    "type": of,
                    "code": f"{CODE}{number:06d}",
                    "name": name,
                    "lon": lon,
                    "lat": lat,
                    "key": number % 50 == 0,
                }
            )
    return found


def _plain_type() -> ElementType:
    return ElementType.objects.create(code="bench", name="测量用", layer="others")


def times(run: Any, arguments: Sequence[Any]) -> dict[str, float]:
    """Median and 95th percentile in milliseconds."""
    spent = []
    for each in arguments:
        start = time.perf_counter()
        run(each)
        spent.append((time.perf_counter() - start) * 1000)
    spent.sort()
    return {"median": round(statistics.median(spent), 1), "p95": round(spent[int(len(spent) * 0.95)], 1)}


def boxes(street: Street, zoom: int) -> list[Box]:
    """Viewports of a screen, here and there in the street."""
    west, south, east, north = polygon_of(street.boundary or {}).bounds
    dice, width = random.Random(zoom), 360 / 2**zoom / 256
    half = (SCREEN[0] * width / 2, SCREEN[1] * width / 2 * 0.85)
    centres = [(dice.uniform(west, east), dice.uniform(south, north)) for _round in range(ROUNDS)]
    return [Box(x - half[0], y - half[1], x + half[0], y + half[1]) for x, y in centres]


def served(street: Street, client: Client) -> list[dict[str, Any]]:
    """Each zoom: the API beside the same question asked of the database alone."""
    told = []
    for zoom in ZOOMS:
        found = boxes(street, zoom)

        def ask(box: Box, zoom: int = zoom) -> None:
            client.get(f"/api/v1/elements/?bbox={','.join(map(str, box))}&zoom={zoom}")

        asked = [statements_of(box, zoom) for box in found]
        for box in found[:3]:
            ask(box)
        api, floor = times(ask, found), times(run, asked)
        told.append({"zoom": zoom, "api": api, "floor": floor, "ratio": round(api["median"] / floor["median"], 1)})
        print(f"  zoom {zoom}: median {api['median']} ms, p95 {api['p95']} ms, floor {floor['median']} ms", flush=True)
    return told


@contextlib.contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block with their parameters."""
    kept: list[tuple[str, Any]] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        kept.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        yield kept


def statements_of(box: Box, zoom: int) -> list[tuple[str, Any]]:
    with statements() as asked:
        viewport(box, zoom, ElementFilter())
    return asked


def run(asked: list[tuple[str, Any]]) -> None:
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(sql, params)
            cursor.fetchall()


def seen(street: Street, username: str) -> dict[str, Any]:
    """First paint of the layer, and the longest task while the map is dragged and zoomed."""
    from playwright.sync_api import sync_playwright

    with web() as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        # Waiting for a word of the page is done by eval, which our pages refuse.
        page = chromium.new_context(
            bypass_csp=True, base_url=address, viewport={"width": SCREEN[0], "height": SCREEN[1]}
        ).new_page()
        page.goto("/accounts/signin/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "signin" not in url)
        page.add_init_script(WATCH)
        paints = {
            name: _paint(page, path)
            for name, path in (("bare", "?types=-"), ("all", ""), ("street", f"?place={street.code}"))
        }
        page.goto("/configuration/elements/")
        page.wait_for_function("window.painted > 0")
        page.evaluate("window.tasks.length = 0")
        _drag(page)
        longest = page.evaluate("Math.max(0, ...window.tasks)")
        chromium.close()
    return {"first_paint_ms": paints, "longest_task_ms_while_panning": round(longest)}


def _paint(page: Any, path: str) -> int:
    """Milliseconds from the request to the layer drawn, the middle of five, with a warm cache."""
    found: list[float] = []
    for _round in range(6):
        page.goto(f"/configuration/elements/{path}")
        page.wait_for_function("window.painted > 0")
        found.append(page.evaluate("window.painted"))
    return round(statistics.median(found[1:]))


def _drag(page: Any) -> None:
    box = page.locator("[data-canvas]").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for level in range(6):
        for dx, dy in ((-200, 60), (160, -90), (90, 120)):
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + dx, y + dy, steps=12)
            page.mouse.up()
            page.wait_for_timeout(500)
        page.mouse.move(x, y)
        page.mouse.wheel(0, -360 if level < 5 else 360)
        page.wait_for_timeout(700)


@contextlib.contextmanager
def web() -> Iterator[str]:
    """A web process on this database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "lianqin.asgi:application", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env={**os.environ, "DEBUG": "1"})
    try:
        for _wait in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.elements", description=__doc__)
    parser.add_argument("--size", type=int, default=57_301)
    parser.add_argument("--street", default="320111004")
    parser.add_argument("--keep", action="store_true", help="leave the elements where they are")
    parser.add_argument("--no-browser", action="store_true")
    chosen = parser.parse_args(arguments)
    street = Street.objects.get(code=chosen.street)
    user, _new = User.objects.update_or_create(
        username="bench", defaults={"officer": "sysadmin", "password": make_password(PASSWORD)}
    )
    report: dict[str, Any] = {"size": chosen.size}
    try:
        made = rows(street, chosen.size)
        start = time.perf_counter()
        put_elements(rows=made, by=SYSTEM, synthetic=True)
        report["written_s"] = round(time.perf_counter() - start, 1)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE grids_element, grids_elementtile")
        start = time.perf_counter()
        relocate_elements()
        report["relocated_s"] = round(time.perf_counter() - start, 1)
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        report["served"] = served(street, client)
        if not chosen.no_browser:
            report["seen"] = seen(street, user.username)
        print(json.dumps(report, indent=1, ensure_ascii=False))
    finally:
        if not chosen.keep:
            Element.objects.filter(code__startswith=CODE).delete()
            user.is_active = False
            user.save(update_fields=["is_active"])


if __name__ == "__main__":
    main(sys.argv[1:])
