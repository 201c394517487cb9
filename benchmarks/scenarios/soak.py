"""A day of traffic in twenty minutes: the memory of open pages and of the servers stays flat"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import mean

from playwright.sync_api import CDPSession, Page

from benchmarks.measure.figures import MEDIAN, Figure, Limit
from benchmarks.measure.memory import resident_of_family
from benchmarks.measure.people import teams
from benchmarks.measure.place import Place
from benchmarks.measure.windows import Weight, Windows, collected, probe, weigh, windows
from benchmarks.measure.workers import crew
from benchmarks.scenarios import listeners, service
from benchmarks.scenarios.pages import WALL, commander

MINUTES = 20
# A day of the data set: 490 orders of some eleven events; in twenty minutes that is four and a half a second.
CHANGES_A_SECOND = 6
DRIVERS, THREADS = 2, 2
STEPS_OF_AN_ORDER = 5
EVERY_SECONDS = 30.0
DRIFT = 1.10
READY = "document.readyState === 'complete'"


@dataclass(slots=True)
class Course:
    """What was weighed, in the order of time: by page, and the servers' bytes."""

    pages: dict[str, list[Weight]] = field(default_factory=dict)
    servers: dict[str, list[int]] = field(default_factory=dict)


def run(place: Place) -> list[Figure]:
    seconds = MINUTES * 60.0
    team = max(teams(), key=lambda each: len(each.points))
    people = {"/orders/": team.dispatcher.user, "/wall/": commander(), "/district/": commander(), "/map/": commander()}
    with crew(DRIVERS) as drivers, collected(place):
        drivers.each(
            service.report, int(CHANGES_A_SECOND * seconds / STEPS_OF_AN_ORDER / DRIVERS * 1.2), THREADS, place.seed
        )
        relay = place.manage("relay", "run_relay")
        with place.running(relay), place.serving() as web, contextlib.ExitStack() as stack:
            seen_by = stack.enter_context(windows(place, web))
            probes = {path: _opened(seen_by, path, user, stack) for path, user in people.items()}
            assert relay.popen is not None
            course = Course()
            pids = {"web": web.pid, "relay": relay.popen.pid}
            line = listeners.Timeline(time.time() + 5, time.time() + 5 + seconds)
            with ThreadPoolExecutor(1) as beside:
                changing = beside.submit(drivers.each, _change, line, place.seed)
                _follow(course, probes, pids, line)
                made = sum(len(moments) for moments in changing.result())
            drivers.each(service.withdraw_rest, THREADS)
    return _figures(course, made, seconds)


def _opened(seen_by: Windows, path: str, user: object, stack: contextlib.ExitStack) -> tuple[Page, CDPSession]:
    page = seen_by.open(user, READY, stack, WALL)  # type: ignore[arg-type]
    seen_by.visit(page, path)
    return page, probe(page)


def _change(index: int, line: listeners.Timeline, seed: int) -> list[float]:
    """Fewer than the listeners' rate, by fewer hands."""
    made: list[float] = []
    every = DRIVERS * THREADS / CHANGES_A_SECOND

    def some(which: int) -> None:
        acts = listeners._acts(random.Random(seed * 1000 + index * 100 + which))
        moment = line.begin + every * (index * THREADS + which) / (DRIVERS * THREADS)
        while moment < line.end:
            time.sleep(max(0.0, moment - time.time()))
            next(acts)()
            made.append(time.time())
            moment += every

    threads = [threading.Thread(target=some, args=(which,)) for which in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return made


def _follow(
    course: Course, probes: Mapping[str, tuple[Page, CDPSession]], pids: Mapping[str, int], line: listeners.Timeline
) -> None:
    page: Page = next(iter(probes.values()))[0]
    while time.time() < line.end:
        until = time.time() + EVERY_SECONDS
        while time.time() < until:
            page.wait_for_timeout(500)
        for path, (_page, into) in probes.items():
            course.pages.setdefault(path, []).append(weigh(into))
        for name, pid in pids.items():
            course.servers.setdefault(name, []).append(resident_of_family(pid))


def drift(values: list[int]) -> float:
    """The last quarter over the second one: the first fills what is meant to be filled."""
    quarter = max(1, len(values) // 4)
    return mean(values[-quarter:]) / mean(values[quarter : 2 * quarter] or values[:1])


def _figures(course: Course, made: int, seconds: float) -> list[Figure]:
    flat = (Limit(MEDIAN, most=DRIFT),)
    figures = [Figure("changes made while it soaked", "changes/s", made / seconds, n=made)]
    for path, weights in course.pages.items():
        heap, nodes = [each.heap for each in weights], [each.nodes for each in weights]
        note = (
            f"{heap[0] / 2**20:.1f} → {heap[len(heap) // 2] / 2**20:.1f} → {heap[-1] / 2**20:.1f} MB; "
            f"nodes {nodes[0]} → {nodes[-1]}; listeners {weights[0].listeners} → {weights[-1].listeners}"
        )
        detail = {"heap": heap, "nodes": nodes}
        figures.append(
            Figure(f"heap of {path}, drift", "×", drift(heap), n=len(heap), limits=flat, note=note, detail=detail)
        )
    for name, values in course.servers.items():
        note = f"{values[0] >> 20} → {values[len(values) // 2] >> 20} → {values[-1] >> 20} MB"
        figures.append(Figure(f"memory of {name}, drift", "×", drift(values), n=len(values), limits=flat, note=note))
    return figures
