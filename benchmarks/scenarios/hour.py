"""The busiest hour of the district's years, replayed twenty times as fast through the whole platform"""

from __future__ import annotations

import contextlib
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from benchmarks.measure import shift
from benchmarks.measure.busiest import Hour, busiest_hour
from benchmarks.measure.figures import MEDIAN, Figure, Limit, of_times
from benchmarks.measure.http import Load
from benchmarks.measure.memory import resident_of_family
from benchmarks.measure.people import Team, teams
from benchmarks.measure.place import Place, Web
from benchmarks.measure.signin import Headers, session, tokens
from benchmarks.measure.streams import Ear
from benchmarks.measure.workers import Crew, crew
from benchmarks.scenarios import listeners, service
from benchmarks.scenarios.timers import forget_alarms
from lianqin.local import programs
from lianqin.local.processes import Process
from workorders import services
from workorders.models import Timer
from workorders.states import TimerState

FASTER = 20
SECONDS = 3600 / FASTER
CLIENTS, THREADS = 3, 4
# The hour before leaves an order for so many of the actions of this one.
STEPS_LEFT_OPEN = 10
# Clocks that strike in a quiet hour, too, so that their punctuality can be told.
LEAST_FIRINGS = 60
LATEST_SECONDS = 5.0
# The latter half may not need more than this share beyond the first: caches are full by then.
GROWTH = 1.10
WARM_UP_SECONDS = 12.0

FIRED = """
SELECT (e.body::jsonb #>> '{data,lateness_seconds}')::float FROM workorders_event e
WHERE e.order_id = ANY(%s) AND e.actor_kind = 'system' AND e.kind <> 'credited'
"""


@dataclass(slots=True)
class Memory:
    """Bytes of each process with its children, at the start, in the middle and at the end."""

    processes: dict[str, int]
    seen: list[dict[str, int]] = field(default_factory=list)

    def look(self) -> None:
        self.seen.append({name: resident_of_family(pid) for name, pid in self.processes.items()})


def run(place: Place) -> list[Figure]:
    hour, everybody = busiest_hour(), teams()
    place.say(f"{hour.began:%Y-%m-%d %H}h: {len(hour.reports)} reports, {hour.actions} actions, {hour.firings} firings")
    with crew(CLIENTS) as clients, crew(1) as reader, _signed(everybody) as signed:
        clients.each(shift.begin_shift, signed, place.seed)
        clients.each(shift.take_over, hour.actions // STEPS_LEFT_OPEN // CLIENTS + 1)
        struck = _clocks(clients, hour, place.seed)
        machines = _machines(place)
        with place.running(*machines), place.serving() as web:
            memory = Memory(_pids(web, machines))
            load, ears = _play(place, web, clients, reader, hour, struck, memory)
            clients.each(shift.tidy)
            clients.each(service.withdraw_rest, THREADS)
            lateness = _lateness(struck)
        forget_alarms(struck)
    return _figures(hour, load, ears, struck, lateness, memory)


def _machines(place: Place) -> list[Process]:
    folder = place.folder / "state"
    folder.mkdir(parents=True, exist_ok=True)
    return [
        place.manage("relay", "run_relay"),
        *(place.manage(f"timers-{each}", "run_timers") for each in range(2)),
        place.process("worker", programs.worker(sys.executable)),
        place.process("beat", programs.beat(sys.executable, folder=Path(folder))),
    ]


@contextlib.contextmanager
def _signed(everybody: list[Team]) -> Iterator[shift.Signed]:
    """Tokens for all who act, cookies for the dispatchers: they sit before the pages."""
    users = {person.user.pk: person.user for team in everybody for person in team.people}
    at_pages = {person.user.pk: person.user for team in everybody for person in (team.dispatcher, team.checker)}
    with contextlib.ExitStack() as stack:
        signed = stack.enter_context(tokens(users.values()))
        cookies: dict[int, Headers] = {pk: stack.enter_context(session(user)) for pk, user in at_pages.items()}
        yield shift.Signed(signed, cookies)


def _clocks(clients: Crew, hour: Hour, seed: int) -> list[int]:
    """Orders whose clocks will strike while the hour is played: as many as did in that hour."""
    number = max(hour.firings, LEAST_FIRINGS) // CLIENTS + THREADS
    services.sweep()  # The downtime since the last run is not theirs,
    clients.each(service.report, number, THREADS, seed)
    services.sweep()  # and there is none until the sweepers are up.
    return [pk for pks in clients.each(service.waiting_orders) for pk in pks]


def _strike(orders: list[int], begin: float) -> None:
    """Spread their first steps evenly over the time."""
    timers = Timer.objects.filter(order_id__in=orders, state=TimerState.PENDING).values_list("pk", flat=True)
    pks = list(timers.order_by("?"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_timer SET next_at = to_timestamp(%s + %s * (told.place - 1) / %s)"
            " FROM unnest(%s::bigint[]) WITH ORDINALITY AS told (pk, place) WHERE id = told.pk",
            [begin + 2, SECONDS - 10, max(len(pks), 1), pks],
        )


def _play(
    place: Place, web: Web, clients: Crew, reader: Crew, hour: Hour, struck: list[int], memory: Memory
) -> tuple[Load, list[Ear]]:
    begin = time.time() + WARM_UP_SECONDS
    _strike(struck, begin)
    jobs = _jobs(hour, begin, random.Random(place.seed))
    line = listeners.Timeline(begin, begin + SECONDS)
    with ThreadPoolExecutor(CLIENTS + 1) as beside:
        hearing = beside.submit(reader.each, listeners.hear, web.port, line, place.seed)
        working = [
            beside.submit(member.submit(shift.work, index, web.port, jobs[index::CLIENTS], THREADS).result)
            for index, member in enumerate(clients.members)
        ]
        for share in (0.02, 0.5, 0.98):
            time.sleep(max(0.0, begin + SECONDS * share - time.time()))
            memory.look()
        load = working[0].result()
        for each in working[1:]:
            load = load.join(each.result())
        return load, hearing.result()[0]


def _jobs(hour: Hour, begin: float, chance: random.Random) -> list[shift.Job]:
    """Reports at their moments, actions at random ones, dealt out evenly."""
    reports: list[shift.Job] = [(begin + told.after / FASTER, told) for told in hour.reports]
    actions: list[shift.Job] = [(begin + chance.uniform(0, SECONDS), None) for _ in range(hour.actions)]
    return sorted(reports + actions, key=lambda job: job[0])


def _lateness(orders: list[int]) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute(FIRED, [orders])
        return [float(late) for (late,) in cursor.fetchall() if late is not None]


def _pids(web: Web, machines: list[Process]) -> dict[str, int]:
    return {"web": web.pid, **{each.name: each.popen.pid for each in machines if each.popen is not None}}


def _figures(
    hour: Hour, load: Load, ears: list[Ear], struck: list[int], lateness: list[float], memory: Memory
) -> list[Figure]:
    start, middle, end = memory.seen
    waits = [wait for ear in ears for wait in ear.waits]
    odd = {name: count for name, count in load.answers.items() if ": " in name}
    total = sum(len(some) for name, some in load.seconds.items() if name != "begun late")
    told = "; ".join(f"{name} {start[name] >> 20} → {middle[name] >> 20} → {end[name] >> 20} MB" for name in start)
    requests = [
        of_times(f"{name} in the busiest hour", some)
        for name, some in sorted(load.seconds.items())
        if name != "begun late"
    ]
    return [
        Figure(
            "answers with 5xx in the busiest hour",
            "answers",
            load.faults,
            n=total,
            limits=(Limit(MEDIAN, most=0),),
            note=f"{hour.began:%Y-%m-%d %H}h: {len(hour.reports)} reports, {hour.actions} actions at {FASTER}×; "
            + ("; ".join(f"{count} × {name}" for name, count in sorted(odd.items())) or "nothing was refused"),
            detail=dict(load.answers),
        ),
        Figure("requests in the busiest hour", "requests/s", total / SECONDS, n=total),
        *requests,
        of_times("a job begun late, for want of a free client", load.seconds.get("begun late", [0.0])),
        Figure(
            "latest clock in the busiest hour",
            "s",
            max(lateness, default=SECONDS),
            n=len(lateness),
            limits=(Limit(MEDIAN, most=LATEST_SECONDS),),
        ),
        Figure(
            "clocks lost or doubled in the busiest hour",
            "clocks",
            abs(len(lateness) - len(struck)),
            n=len(struck),
            limits=(Limit(MEDIAN, most=0),),
        ),
        of_times("change to delivery in the busiest hour", waits or [SECONDS], note=f"{len(ears)} listeners"),
        Figure(
            "memory of the web processes, end over middle",
            "×",
            end["web"] / max(middle["web"], 1),
            limits=(Limit(MEDIAN, most=GROWTH),),
            note=told,
            detail={"start": start, "middle": middle, "end": end},
        ),
    ]
