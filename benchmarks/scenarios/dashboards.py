"""Five hundred dashboards while fifty orders a second change, Redis is killed and so is the process of the streams"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.measure.figures import MEDIAN, P99, Figure, Limit, of_times
from benchmarks.measure.people import Team, teams
from benchmarks.measure.place import Place, Web
from benchmarks.measure.streams import Ear
from benchmarks.measure.windows import collected, windows
from benchmarks.measure.workers import Crew, crew
from benchmarks.scenarios import listeners, service
from benchmarks.scenarios.pages import commander
from lianqin.local.processes import PlainError, Process
from lianqin.local.setup import site_packages
from lianqin.local.valkey import Valkey
from relay.selectors import last_sequence

CALM, TROUBLE, AWAY = 20.0, 40.0, 2.0
READERS, DRIVERS, THREADS = listeners.READERS, listeners.DRIVERS, listeners.THREADS
# What a page changes when news come, and the pages that are watched for it.
WATCHED = {"/orders/": "[data-part=queue]", "/wall/": "main, body", "/district/": "[data-part=district]"}
FOLLOW = """(selector) => {
  window.shown = [];
  const waiting = [];
  document.addEventListener("lianqin:order", (news) => waiting.push(Date.parse(news.detail.at)));
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    const now = Date.now();
    for (const at of waiting.splice(0)) window.shown.push([at, now - at]);
  }))).observe(document.querySelector(selector), {
    childList: true, subtree: true, characterData: true, attributes: true,
  });
}"""


@dataclass(slots=True)
class Redis:
    """A server of this scenario's own, on one port for all its lives."""

    valkey: Valkey
    process: Process

    def killed(self) -> None:
        assert self.process.popen is not None
        os.kill(self.process.popen.pid, signal.SIGKILL)
        self.process.popen.wait()

    def again(self) -> None:
        command = self.process.command
        self.process = Process("valkey", command, self.valkey.log, cwd=self.valkey.home).start()


@dataclass(slots=True)
class Told:
    """What came of it all; ``screens``: by page, (moment of the change, milliseconds until it was shown)."""

    ears: list[Ear] = field(default_factory=list)
    made: list[float] = field(default_factory=list)
    screens: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    line: listeners.Timeline | None = None


def run(place: Place) -> list[Figure]:
    team = max(teams(), key=lambda each: len(each.points))
    with _own_redis(place) as (mine, redis), collected(mine):
        environment = {"REDIS_URL": mine.redis}
        with crew(READERS, **environment) as readers, crew(DRIVERS, **environment) as drivers:
            orders = int(listeners.CHANGES_A_SECOND * (CALM + TROUBLE) / 5 / DRIVERS * 1.2) + THREADS
            drivers.each(service.report, orders, THREADS, place.seed)
            told = _play(mine, redis, team, readers, drivers)
            head = last_sequence()
            drivers.each(service.withdraw_rest, THREADS)
    return _figures(told, listeners._compare(told.ears, head))


@contextlib.contextmanager
def _own_redis(place: Place) -> Iterator[tuple[Place, Redis]]:
    home = place.folder / "killed"
    (home / "log").mkdir(parents=True, exist_ok=True)
    valkey = Valkey(home, site_packages(Path(sys.executable)), secrets.token_urlsafe(24))
    redis = Redis(valkey, valkey.start())
    try:
        url = valkey.url()
        yield replace(place, redis=url, environment={**place.environment, "REDIS_URL": url}), redis
    finally:
        redis.process.stop()


def _play(place: Place, redis: Redis, team: Team, readers: Crew, drivers: Crew) -> Told:
    told = Told()
    with place.running(place.manage("relay", "run_relay")), place.serving() as web, contextlib.ExitStack() as stack:
        listeners._relayed()
        readers.each(listeners.warm, web.port)
        seen_by = stack.enter_context(windows(place, web))
        people = {"/orders/": team.dispatcher.user, "/wall/": commander(), "/district/": commander()}
        pages: dict[str, Page] = {}
        for path, selector in WATCHED.items():
            pages[path] = seen_by.open(people[path], "document.readyState === 'complete'", stack)
            seen_by.visit(pages[path], path)
            pages[path].evaluate(FOLLOW, selector)
        begin = time.time() + listeners.CONNECT_SECONDS
        told.line = line = listeners.Timeline(begin, begin + CALM + TROUBLE)
        with ThreadPoolExecutor(3) as beside:
            hearing = beside.submit(readers.each, listeners.hear, web.port, line, place.seed)
            changing = beside.submit(drivers.each, listeners.change, line, place.seed)
            beside.submit(_trouble, begin + CALM, redis, web)
            _wait(pages, line.over)
            told.made = [moment for moments in changing.result() for moment in moments]
            told.ears = [ear for ears in hearing.result() for ear in ears]
        told.screens = {
            path: [(at / 1000, ms) for at, ms in page.evaluate("window.shown")] for path, page in pages.items()
        }
    return told


def _wait(pages: dict[str, Page], until: float) -> None:
    """Let the driver of the browser work while time goes by."""
    page: Any = next(iter(pages.values()))
    while time.time() < until:
        page.wait_for_timeout(500)


def _trouble(moment: float, redis: Redis, web: Web) -> None:
    """Kill Redis, bring it back; kill one server process after another: its first process starts them again."""
    time.sleep(max(0.0, moment - time.time()))
    redis.killed()
    time.sleep(AWAY)
    redis.again()
    time.sleep(TROUBLE / 3)
    for child in Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)
        threading.Event().wait(0.5)


def _figures(told: Told, compared: tuple[int, int, int]) -> list[Figure]:
    lost, doubled, expected = compared
    assert told.line is not None
    calm_until = told.line.begin + CALM
    if not told.made:
        raise PlainError("Nothing was changed.")
    waits = [wait for ear in told.ears for wait in ear.waits]
    reconnects = sum(ear.connections - 1 for ear in told.ears)
    nothing = (Limit(MEDIAN, most=0),)
    figures = [
        of_times(
            f"change to delivery, {len(told.ears)} dashboards, servers killed in between",
            waits or [CALM],
            note=f"{len(told.made) / (CALM + TROUBLE):.1f} changes a second; Redis away for {AWAY:.0f} s, "
            f"then each server process killed once; {reconnects} reconnects",
        ),
        Figure("updates lost over the kills", "deliveries", lost, n=expected, limits=nothing),
        Figure("updates doubled over the kills", "deliveries", doubled, n=expected, limits=nothing),
    ]
    for path, shown in told.screens.items():
        calm = [ms / 1000 for at, ms in shown if at < calm_until]
        note = f"{len(shown)} changes shown in all, {len(calm)} of them before the kills"
        figures.append(
            of_times(f"commit to screen, {path}, calm", calm or [CALM], note=note, limits=(Limit(P99, most=1000),))
        )
    return figures
