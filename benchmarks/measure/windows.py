"""Pages as a browser shows them: times since navigation, script as it is sent, long tasks, heap."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from accounts.models import User
from benchmarks.measure.place import Place, Web
from benchmarks.measure.signin import session
from lianqin.local.processes import PlainError
from lianqin.local.setup import PROJECT

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--js-flags=--expose-gc"),
)
OFFICE = (1366, 768)
WAIT_MS = 60_000
# Runs before any script of a page: long tasks from the beginning, and the first frame in which `usable` holds.
WATCH = """
window.watched = { tasks: [], usable: 0 };
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) window.watched.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });
(function look() {
  if (document.body && (() => (%s))()) window.watched.usable = performance.now();
  else requestAnimationFrame(look);
})();
"""
SEEN = """() => ({
  usable: window.watched.usable,
  tasks: window.watched.tasks,
  painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  scripts: performance.getEntriesByType("resource").map((each) => each.name).filter((name) => name.endsWith(".js")),
  marks: Object.fromEntries(performance.getEntriesByType("mark").map((each) => [each.name, each.startTime])),
})"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One navigation, in milliseconds since it began; ``tasks`` are (start, duration) of those over 50 ms."""

    usable: float
    painted: float
    tasks: list[list[float]]
    scripts: list[str]
    marks: Mapping[str, float]


@dataclass
class Windows:
    """A browser on a running server; each window is somebody's."""

    chromium: Browser
    web: Web
    static: Path
    opened: list[BrowserContext] = field(default_factory=list)

    def open(self, user: User, usable: str, stack: contextlib.ExitStack, size: tuple[int, int] = OFFICE) -> Page:
        """A window of somebody who has signed in; ``usable`` is JavaScript that holds once one can work with it."""
        cookie = stack.enter_context(session(user))["Cookie"]
        name, _, value = cookie.partition("=")
        context = self.chromium.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport={"width": size[0], "height": size[1]}
        )
        context.add_cookies([{"name": name, "value": value, "url": self.web.address}])
        context.add_init_script(WATCH % usable)
        context.set_default_timeout(WAIT_MS)
        stack.callback(context.close)
        return context.new_page()

    def visit(self, page: Page, path: str) -> Seen:
        page.goto(f"{self.web.address}{path}", wait_until="load")
        # The strict policy of the pages lets nothing be waited for that is written as text.
        until = time.monotonic() + WAIT_MS / 1000
        while not page.evaluate("window.watched.usable"):
            if time.monotonic() > until:
                raise PlainError(f"{path} is not usable within {WAIT_MS / 1000:.0f} s.")
            page.wait_for_timeout(50)
        return Seen(**page.evaluate(SEEN))

    def script_bytes(self, seen: Seen) -> int:
        """What the scripts of a page weigh as they are sent: compressed by Brotli when the files were collected."""
        return sum(self._sent(urlsplit(each).path) for each in seen.scripts)

    def _sent(self, path: str) -> int:
        file = self.static / path.removeprefix(settings.STATIC_URL)
        packed = file.with_name(f"{file.name}.br")
        return (packed if packed.exists() else file).stat().st_size


@contextlib.contextmanager
def windows(place: Place, web: Web) -> Iterator[Windows]:
    """Chromium beside a server that was started in ``collected(place)``."""
    if not CHROMIUM.exists():
        raise PlainError(f"There is no {CHROMIUM}: apt-get install chromium fonts-noto-cjk")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # The driver keeps an event loop in this thread.
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield Windows(chromium, web, place.folder / "static")
        finally:
            chromium.close()


@contextlib.contextmanager
def collected(place: Place) -> Iterator[None]:
    """Serve the static files as production does: collected, hashed, compressed."""
    changed = {"LIANQIN_STATIC_MANIFEST": "1", "LIANQIN_STATIC_ROOT": str(place.folder / "static")}
    before = {name: place.environment.get(name) for name in changed}
    place.environment.update(changed)
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity", "0"]
    subprocess.run(command, check=True, cwd=PROJECT, env=place.environment)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                place.environment.pop(name)
            else:
                place.environment[name] = value


@dataclass(frozen=True, slots=True)
class Weight:
    """What a page holds after a collection of garbage."""

    heap: int  # Bytes.
    nodes: int
    listeners: int


def weigh(probe: CDPSession) -> Weight:
    """Collect garbage, then count."""
    probe.send("HeapProfiler.collectGarbage")
    told = {each["name"]: each["value"] for each in probe.send("Performance.getMetrics")["metrics"]}
    return Weight(int(told["JSHeapUsedSize"]), int(told["Nodes"]), int(told["JSEventListeners"]))


def probe(page: Page) -> CDPSession:
    """A way into the engine of a page."""
    found = page.context.new_cdp_session(page)
    found.send("Performance.enable")
    return found
