"""The report page on a slow phone: 4 × slower, 400 ms away, 1.6 Mbit/s down"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, ViewportSize

from benchmarks.measure.figures import MEDIAN, Figure, Limit, of_times
from benchmarks.measure.place import Place
from benchmarks.measure.windows import collected, windows

VISITS, SLOWER = 5, 4
# Slow 4G: milliseconds of a round trip, bytes a second.
LATENCY_MS, DOWN, UP = 400, 1_600_000 / 8, 750_000 / 8
USABLE_MS, MOST_KB = 2500, 150
PHONE: ViewportSize = {"width": 390, "height": 844}
# The script has taken the form over, and all that it can do is there.
USABLE = "[data-report][novalidate] [data-file-ways]:not([hidden])"


def run(place: Place) -> list[Figure]:
    with collected(place), place.serving(processes=2) as web, windows(place, web) as seen:
        visits = [_visit(seen.chromium, f"{web.address}/citizen/report/") for _ in range(VISITS + 1)][1:]
    sizes = [size for _seconds, size in visits]
    return [
        of_times(
            "report page usable, slow phone",
            [seconds for seconds, _size in visits],
            limits=(Limit(MEDIAN, most=USABLE_MS),),
        ),
        Figure(
            "report page over the network", "KB", max(sizes) / 1000, n=len(sizes), limits=(Limit(MEDIAN, most=MOST_KB),)
        ),
    ]


def _visit(chromium: Browser, address: str) -> tuple[float, int]:
    """Seconds until the page is usable in a browser that has never seen it, and bytes that came until then."""
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    page = context.new_page()
    session = context.new_cdp_session(page)
    loaded: list[int] = []

    def count(event: dict[str, Any]) -> None:
        loaded.append(int(event["encodedDataLength"]))

    session.on("Network.loadingFinished", count)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="commit")
    page.wait_for_selector(USABLE)
    seconds = float(page.evaluate("performance.now()")) / 1000
    page.wait_for_load_state("networkidle")
    context.close()
    return seconds, sum(loaded)
