"""Five hundred listeners on real streams, fifty changes a second: from the change to the reader, over reconnects"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.db import connection

from benchmarks.measure import fanout
from benchmarks.measure.figures import MEDIAN, P99, Figure, Limit, of_times, percentile
from benchmarks.measure.memory import family, resident
from benchmarks.measure.place import Place, Web
from benchmarks.measure.streams import Ear, cut_some, listen
from benchmarks.measure.workers import Crew, beginning, crew, wait_for
from benchmarks.scenarios import service
from grids.models import Street
from lianqin.kernel.actors import DISTRICT, STREET, token
from lianqin.local.processes import PlainError, wait_until
from relay import tickets
from relay.models import LogState, OutboxMessage
from relay.selectors import last_sequence

LISTENERS, OF_THE_DISTRICT = 500, 20
CHANGES_A_SECOND = 50
CUT_SHARE = 0.2
READERS, DRIVERS, THREADS = 2, 2, 5
STEPS_OF_AN_ORDER = 5
CONNECT_SECONDS, SETTLE_SECONDS = 10.0, 3.0
# User numbers that nobody has: a person may open eight streams.
FIRST_USER = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Timeline:
    begin: float
    end: float

    @property
    def over(self) -> float:
        return self.end + SETTLE_SECONDS


def run(place: Place) -> list[Figure]:
    seconds = 2 * place.seconds
    with crew(READERS) as readers, crew(DRIVERS) as drivers:
        orders = int(CHANGES_A_SECOND * seconds / STEPS_OF_AN_ORDER / DRIVERS * 1.2) + THREADS
        drivers.each(service.report, orders, THREADS, place.seed)
        bare = _bare(readers, drivers, place.seconds / 2)
        with place.running(place.manage("relay", "run_relay")), place.serving() as web:
            _relayed()
            readers.each(warm, web.port)
            empty = _server_bytes(web)
            ears, made, full = _play(place, web, readers, drivers, seconds)
            head = last_sequence()
            drivers.each(service.withdraw_rest, THREADS)
        bare += _bare(readers, drivers, place.seconds / 2)
    return _figures(ears, _compare(ears, head), made, seconds, (full - empty) / LISTENERS, bare)


def _play(place: Place, web: Web, readers: Crew, drivers: Crew, seconds: float) -> tuple[list[Ear], list[float], float]:
    """Everybody listens, then things happen; returns who heard what, when changes were made, bytes of the servers."""
    begin = time.time() + CONNECT_SECONDS
    line = Timeline(begin, begin + seconds)
    with ThreadPoolExecutor(2) as beside:
        hearing = beside.submit(readers.each, hear, web.port, line, place.seed)
        changing = beside.submit(drivers.each, change, line, place.seed)
        time.sleep(max(0.0, begin - 0.5 - time.time()))
        full = _server_bytes(web)
        made = [moment for moments in changing.result() for moment in moments]
        return [ear for ears in hearing.result() for ear in ears], made, full


def hear(index: int, port: int, line: Timeline, seed: int) -> list[Ear]:
    """Be a part of the listeners until all is over."""
    ears = list(_ears())[index::READERS]
    cut_some(ears, share=CUT_SHARE, begin=line.begin, end=line.end - 2, chance=random.Random(seed + index))
    listen(port, ears, line.over)
    return ears


def warm(index: int, port: int) -> None:
    """Let each server process have had a stream: what the first one costs is not the listener's."""
    ears = [Ear(tickets.issue(user_id=FIRST_USER - 1 - n, tokens=["x:0"]), frozenset({"x:0"})) for n in range(20)]
    listen(port, ears, time.time() + 1.5)


def _ears() -> Iterator[Ear]:
    streets = sorted(Street.objects.values_list("pk", "district_id"))
    for number in range(LISTENERS):
        street, district = streets[number % len(streets)]
        sees = {token(DISTRICT, district) if number < OF_THE_DISTRICT else token(STREET, street)}
        yield Ear(tickets.issue(user_id=FIRST_USER + number, tokens=sees), frozenset(sees))


def change(index: int, line: Timeline, seed: int) -> list[float]:
    """Make this process's share of the changes, evenly; return when each was committed."""
    made: list[float] = []
    every = DRIVERS * THREADS / CHANGES_A_SECOND

    def some(which: int) -> None:
        acts = _acts(random.Random(seed * 1000 + index * 100 + which))
        moment = line.begin + every * (index * THREADS + which) / (DRIVERS * THREADS)
        while moment < line.end:
            wait_for(moment)
            next(acts)()
            made.append(time.time())
            moment += every
        connection.close()

    threads = [threading.Thread(target=some, args=(which,)) for which in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return made


def _acts(chance: random.Random) -> Iterator[service.Act]:
    while reported := service.next_reported():
        for _name, act in service.steps(reported, chance):
            yield act


def _bare(readers: Crew, drivers: Crew, seconds: float) -> list[float]:
    """The same messages through nothing but Redis, to as many readers."""
    begin = beginning() + 3
    bodies = [
        (sorted(audience), payload)
        for audience, payload in OutboxMessage.objects.order_by("-id").values_list("audience", "payload")[:200]
    ]
    channels = [sorted(ear.tokens)[0] for ear in _ears()]
    with ThreadPoolExecutor(1) as beside:
        hearing = beside.submit(readers.each, fanout.hear, channels, READERS, begin + seconds + 1)
        drivers.first(fanout.tell, bodies, begin, seconds, CHANGES_A_SECOND)
        return [each for waits in hearing.result() for each in waits]


def _relayed() -> None:
    """Wait until everything before has left."""

    def nothing_left() -> bool:
        state = LogState.objects.filter(pk=1).values_list("published_sequence", "last_sequence").first()
        return (state is None or state[0] == state[1]) and not OutboxMessage.objects.filter(sequence=None).exists()

    if not wait_until(nothing_left, 180, 0.2):
        raise PlainError("The relay does not come to an end with what was in the outbox.")


def _server_bytes(web: Web) -> int:
    return sum(resident(pid) for pid in family(web.pid))


def _figures(
    ears: list[Ear],
    compared: tuple[int, int, int],
    made: list[float],
    seconds: float,
    bytes_each: float,
    bare: list[float],
) -> list[Figure]:
    lost, doubled, expected = compared
    waits = [wait for ear in ears for wait in ear.waits]
    refused = [word for ear in ears for word in ear.refused]
    reconnects = sum(ear.connections - 1 for ear in ears)
    none = (Limit(MEDIAN, most=0),)
    floor = percentile(bare, 50) * 1000 if bare else None
    note = (
        f"from the time stamp of the change, a little before its commit; {len(made) / seconds:.1f} transitions a "
        f"second by the service; bare p99 {percentile(bare, 99) * 1000:.1f} ms"
    )
    return [
        of_times(
            f"change to delivery, {len(ears)} listeners",
            waits or [seconds],
            floor=floor,
            floor_name="bare Redis fan-out",
            limits=(Limit(P99, most=1000),),
            note=note,
        ),
        Figure("deliveries", "deliveries/s", len(waits) / seconds, n=len(waits)),
        Figure("changes made", "changes/s", len(made) / seconds, n=len(made), limits=(Limit(MEDIAN, least=47.5),)),
        Figure("deliveries lost", "deliveries", lost, n=expected, limits=none, note=f"{reconnects} reconnects"),
        Figure("deliveries doubled", "deliveries", doubled, n=expected, limits=none),
        Figure("listeners refused or reset", "listeners", len(refused), limits=none, note=", ".join(set(refused))),
        Figure("server memory a listener", "KB", bytes_each / 1024, n=len(ears)),
    ]


def _compare(ears: list[Ear], head: int) -> tuple[int, int, int]:
    """Lost and doubled deliveries up to a number of the log, and how many there should be: by the database."""
    began = [ear.begun_after for ear in ears if ear.begun_after is not None]
    if len(began) < len(ears):
        raise PlainError(f"{len(ears) - len(began)} listeners never came to hear.")
    told = OutboxMessage.objects.filter(sequence__range=(min(began) + 1, head), topic="order.event")
    log = list(told.values_list("sequence", "audience"))
    lost = doubled = expected = 0
    for ear, after in zip(ears, began, strict=True):
        due = {number for number, audience in log if (number or 0) > after and not ear.tokens.isdisjoint(audience)}
        expected += len(due)
        lost += len(due - set(ear.heard))
        doubled += len(ear.heard) - len(set(ear.heard))
    return lost, doubled, expected
