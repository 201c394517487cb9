"""Transitions in the service, against lock one row, update it, insert three, commit"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from benchmarks.measure.figures import MEDIAN, RATIO, Figure, Limit, of_times
from benchmarks.measure.floors import Rate, f_floor, joined
from benchmarks.measure.people import Team, leaves, teams
from benchmarks.measure.place import Place
from benchmarks.measure.workers import beginning, crew, wait_for
from workorders import services

# So many a second are surely not made: the orders are reported before they are counted.
LOOPS_AT_MOST_A_SECOND = 300
STATEMENTS = 8
FLOOR = "F"
Act = Callable[[], object]


@dataclass(slots=True)
class Reported:
    order_id: int
    team: Team
    by: Any


@dataclass(slots=True)
class Shift:
    """What one process remembers between two calls."""

    pool: list[Reported] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


_shift = Shift()


def run(place: Place) -> list[Figure]:
    """With one client a process, as sweepers and workers are; and with as many as the web servers have threads at work.

    The floor has the same clients each time. Threads of one process wait for its interpreter, which the floor hardly
    needs: that is what the second rate shows.
    """
    alone = replace(place, connections=place.processes)
    figures = _rate(alone, f"{place.processes} processes of one client")
    figures += _rate(place, f"{place.connections} clients in {place.processes} processes")
    with crew(1) as people:
        people.each(report, 1, 1, place.seed)
        counted = people.first(statements)
    most = max(counted.values())
    return [
        *figures,
        Figure(
            "statements of a transition, the most",
            "statements",
            most,
            n=len(counted),
            limits=(Limit(MEDIAN, most=STATEMENTS),),
            note=", ".join(f"{name} {count}" for name, count in counted.items()),
            detail=counted,
        ),
    ]


def _rate(place: Place, clients: str) -> list[Figure]:
    wanted = int(place.seconds * LOOPS_AT_MOST_A_SECOND / place.processes)
    threads = place.connections // place.processes
    with crew(place.processes) as people:
        people.each(report, wanted, threads, place.seed)
        before = f_floor(place, people, place.seconds / 2)
        done = people.each(drive, threads, beginning(), place.seconds)
        after = f_floor(place, people, place.seconds / 2)
        people.each(withdraw_rest, threads)
    rate, floor = joined([each for each, _ in done]), (before.per_second + after.per_second) / 2
    kinds = sum((count for _, count in done), Counter[str]())
    note = ", ".join(f"{count} {name}" for name, count in sorted(kinds.items()))
    cpu = rate.cpu_seconds / max(len(rate.seconds), 1) * 1000
    return [
        Figure(
            f"transitions in the service, {clients}",
            "transitions/s",
            rate.per_second,
            n=len(rate.seconds),
            floor=floor,
            floor_name=FLOOR,
            limits=(Limit(RATIO, least=1 / 4),),
            note=f"{note}; {cpu:.1f} ms of Python a transition; "
            f"F {before.per_second:.0f}/s before, {after.per_second:.0f}/s after",
        ),
        of_times(f"duration of a transition, {clients}", rate.seconds, detail={"floor": before.per_second}),
    ]


def steps(reported: Reported, chance: random.Random) -> Iterator[tuple[str, Act]]:
    """The whole loop of an order, each step by whoever does it in life."""
    team = reported.team
    unit, handler = chance.choice(team.handlers)

    def act(action: str, by: Any, **data: Any) -> tuple[str, Act]:
        call = lambda: services.advance(order_id=reported.order_id, action=action, by=by.actor, data=data)  # noqa: E731
        return action, call

    yield act("register", team.dispatcher, conditions_confirmed=True)
    yield act("dispatch", team.dispatcher, lead=unit, instruction="请尽快处置")
    yield act("acknowledge", handler)
    yield act("submit_result", handler, result="已清理完毕, 现场恢复畅通")
    yield act("verify", team.checker, comment="情况属实")


def report(index: int, number: int, threads: int, seed: int) -> None:
    """Fill the pool of this process with fresh reports of citizens."""
    everybody, categories = teams(), leaves()

    def some(which: int) -> None:
        chance = random.Random(seed * 1000 + index * 100 + which)
        for _ in range(number // threads):
            team = chance.choice(everybody)
            citizen = chance.choice(team.citizens)
            lon, lat = chance.choice(team.points)
            data = {
                "title": "店外经营占道",
                "source": "citizen",
                "lon": lon,
                "lat": lat,
                "description": "早上起一直占着人行道",
            }
            order, _new = services.report(by=citizen.actor, data={**data, "category": chance.choice(categories)})
            with _shift.guard:
                _shift.pool.append(Reported(order.pk, team, citizen))

    in_threads(threads, some)


def drive(index: int, threads: int, begin: float, seconds: float) -> tuple[Rate, Counter[str]]:
    """Take orders of the pool through their whole loops, with one connection a thread, until the time is over."""
    took: dict[int, list[float]] = defaultdict(list)
    spent: dict[int, float] = {}
    kinds: Counter[str] = Counter()
    cpu = [0.0]

    def loop(which: int) -> None:
        chance = random.Random(index * 100 + which)
        with connection.cursor():  # Connected before it counts.
            pass
        wait_for(begin)
        if which == 0:
            cpu[0] = time.process_time()
        spent[which] = _loops(begin + seconds, chance, took[which], kinds) - begin

    in_threads(threads, loop)
    used = time.process_time() - cpu[0]
    rate = sum(len(took[which]) / max(spent[which], 0.01) for which in range(threads))
    return Rate(rate, [each for one in took.values() for each in one], used), kinds


def _loops(end: float, chance: random.Random, took: list[float], kinds: Counter[str]) -> float:
    """Until ``end`` or until nothing is left; return when that was. What is begun is finished, but not counted."""
    while reported := next_reported():
        for name, act in steps(reported, chance):
            began = time.perf_counter()
            act()
            if time.time() <= end:
                took.append(time.perf_counter() - began)
                with _shift.guard:
                    kinds[name] += 1
        if time.time() > end:
            return end
    return time.time()


def next_reported() -> Reported | None:
    """Take an order out of the pool of this process, if there is one left."""
    with _shift.guard:
        return _shift.pool.pop() if _shift.pool else None


def waiting_orders(index: int) -> list[int]:
    """The orders of the pool of this process that nobody took."""
    return [each.order_id for each in _shift.pool]


def withdraw_rest(index: int, threads: int) -> None:
    """Leave no open orders behind: citizens withdraw what nobody took."""

    def some(which: int) -> None:
        while reported := next_reported():
            data = {"reason": "已经解决"}
            services.advance(order_id=reported.order_id, action="withdraw", by=reported.by.actor, data=data)

    in_threads(threads, some)


def statements(index: int) -> dict[str, int]:
    """Statements of each step of one loop, BEGIN and COMMIT aside."""
    report(index, 3, 1, 7)
    counted: dict[str, int] = {}
    while reported := next_reported():
        # The last of several: the first ones fill the caches of this process.
        counted = {}
        for name, act in steps(reported, random.Random(1)):
            with counting() as count:
                act()
            counted[name] = count[0]
    return counted


@contextmanager
def counting() -> Iterator[list[int]]:
    """Count the statements of this thread's connection."""
    count = [0]

    def one(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        count[0] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(one):
        yield count


def in_threads(number: int, work: Callable[[int], None]) -> None:
    """Let ``work(which)`` run in every thread. Raises the first error of any."""
    errors: list[BaseException] = []

    def guarded(which: int) -> None:
        try:
            work(which)
        except BaseException as error:  # noqa: BLE001 — told below, in the thread that waits
            errors.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=guarded, args=(which,)) for which in range(number)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    if errors:
        raise errors[0]
