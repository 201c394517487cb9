"""Reports and transitions through HTTP: tokens, Idempotency-Key and visibility included"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure.figures import MEDIAN, RATIO, Figure, Limit, of_times, percentile
from benchmarks.measure.floors import f_floor
from benchmarks.measure.http import Line, Load, drive
from benchmarks.measure.people import Team, leaves, teams
from benchmarks.measure.place import Place
from benchmarks.measure.signin import Headers, tokens
from benchmarks.measure.workers import Crew, beginning, crew
from benchmarks.scenarios.service import in_threads
from lianqin.local.processes import PlainError
from workorders import services
from workorders.models import WorkOrder

LIST = "/api/v1/work-orders/"
GENERATORS = 2
LIMIT = Limit(RATIO, least=1 / 15)


@dataclass(frozen=True, slots=True)
class Open:
    """A report that nobody has taken up yet."""

    number: str
    team: Team


@dataclass(slots=True)
class Shift:
    """What one process of clients remembers between two calls."""

    teams: list[Team] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    signed: Mapping[int, Headers] = field(default_factory=dict)
    pool: list[Open] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)
    chances: list[random.Random] = field(default_factory=list)


_shift = Shift()


def run(place: Place) -> list[Figure]:
    everybody = teams()
    users = {person.user.pk: person.user for team in everybody for person in team.people}
    threads = place.connections // GENERATORS
    with tokens(users.values()) as signed, crew(GENERATORS) as clients, crew(place.processes) as floor:
        clients.each(begin_shift, signed, threads, place.seed)
        bare = list(_bare(place, clients, threads))
        before = f_floor(place, floor, place.seconds / 2).per_second
        with place.serving() as web:
            clients.each(create, web.port, threads, beginning(), 1.0)  # The servers' caches fill.
            created = _joined(clients.each(create, web.port, threads, beginning(), place.seconds))
            moved = _joined(clients.each(transit, web.port, threads, beginning(), place.seconds))
        after = f_floor(place, floor, place.seconds / 2).per_second
        clients.each(withdraw_rest, threads)
    f = (before + after) / 2
    return [
        *_figures("reports through HTTP", created, place.seconds, f),
        *_figures("transitions through HTTP", moved, place.seconds, f),
        Figure(
            "answers with 5xx",
            "answers",
            created.faults + moved.faults,
            n=sum(created.answers.total() for created in (created, moved)),
            limits=(Limit(MEDIAN, most=0),),
            note=_told(created, moved),
        ),
        *bare,
    ]


def _figures(name: str, load: Load, seconds: float, f: float) -> Iterator[Figure]:
    durations = [each for some in load.seconds.values() for each in some]
    if not durations:
        raise PlainError(f"no {name}: {dict(load.answers)}")
    share = load.cpu_seconds / seconds
    note = f"the clients computed {share:.2f} cores; {1000 * load.cpu_seconds / len(durations):.2f} ms a request"
    yield Figure(
        name, f"{name.split()[0]}/s", len(durations) / seconds, n=len(durations), floor=f, floor_name="F",
        limits=(LIMIT,), note=note,
    )  # fmt: skip
    each = {step: round(percentile(some, 95) * 1000, 1) for step, some in sorted(load.seconds.items())}
    yield of_times(f"duration of {name}", durations, note="p95 of " + ", ".join(f"{k} {v}" for k, v in each.items()))


def _bare(place: Place, clients: Crew, threads: int) -> Iterator[Figure]:
    """What the server alone can do, with as many processes and connections."""
    for name, application in (("a bare WSGI answer", "wsgi"), ("an empty view of Django", "django")):
        with place.serving(application=f"benchmarks.measure.bare:{application}") as web:
            load = _joined(clients.each(knock, web.port, threads, beginning(), place.seconds / 3))
        rate = load.answers.total() / (place.seconds / 3)
        durations = [each for some in load.seconds.values() for each in some]
        p95 = percentile(durations, 95) * 1000
        yield Figure(f"{name} through the same server", "answers/s", rate, n=len(durations), note=f"p95 {p95:.1f} ms")


def begin_shift(index: int, signed: Mapping[int, Headers], threads: int, seed: int) -> None:
    _shift.teams, _shift.categories, _shift.signed = teams(), leaves(), signed
    _shift.chances = [random.Random(seed * 1000 + index * 100 + which) for which in range(threads)]


def create(index: int, port: int, threads: int, begin: float, seconds: float) -> Load:
    """A colleague types in what citizens tell."""

    def turn(line: Line, which: int, load: Load) -> bool:
        chance = _shift.chances[which]
        team = chance.choice(_shift.teams)
        lon, lat = chance.choice(team.points)
        data = {
            "title": "店外经营占道", "description": "早上起一直占着人行道, 婴儿车过不去", "source": "citizen",
            "category": chance.choice(_shift.categories), "lon": lon, "lat": lat,
        }  # fmt: skip
        headers = _shift.signed[team.checker.user.pk]
        reply = line.post(LIST, _once(headers), data)
        load.note("report", reply)
        if reply.status == 201:
            with _shift.guard:
                _shift.pool.append(Open(reply.json()["number"], team))
        return True

    return drive(port, threads, begin, seconds, turn)


def transit(index: int, port: int, threads: int, begin: float, seconds: float) -> Load:
    """The streets take up what was reported, and close it. Each turn is a whole order."""
    end = begin + seconds

    def turn(line: Line, which: int, load: Load) -> bool:
        with _shift.guard:
            if not _shift.pool:
                return False
            taken = _shift.pool.pop()
        for name, headers, data in _steps(taken, _shift.chances[which]):
            reply = line.post(f"{LIST}{taken.number}/{name}/", _once(headers), data)
            if reply.status != 200:
                load.answers[f"{name} {reply.status} {reply.body[:200].decode(errors='replace')} {reply.status}"] += 1
                return True
            if time.time() <= end:
                load.note(name, reply)
        return True

    return drive(port, threads, begin, seconds, turn)


def _steps(taken: Open, chance: random.Random) -> Iterator[tuple[str, Headers, dict[str, Any]]]:
    team, signed = taken.team, _shift.signed
    unit, handler = chance.choice(team.handlers)
    dispatcher, checker = signed[team.dispatcher.user.pk], signed[team.checker.user.pk]
    yield "register", dispatcher, {"conditions_confirmed": True}
    yield "dispatch", dispatcher, {"lead": unit, "instruction": "请尽快处置"}
    yield "acknowledge", signed[handler.user.pk], {}
    yield "submit_result", signed[handler.user.pk], {"result": "已清理完毕, 现场恢复畅通"}
    yield "verify", checker, {"comment": "情况属实"}


def knock(index: int, port: int, threads: int, begin: float, seconds: float) -> Load:
    def turn(line: Line, which: int, load: Load) -> bool:
        load.note("knock", line.get("/livez", {}))
        return True

    return drive(port, threads, begin, seconds, turn)


def withdraw_rest(index: int, threads: int) -> None:
    """Leave no open orders behind."""

    def some(which: int) -> None:
        while True:
            with _shift.guard:
                if not _shift.pool:
                    break
                left = _shift.pool.pop()
            order_id = WorkOrder.objects.values_list("pk", flat=True).get(number=left.number)
            data = {"reason": "已经解决"}
            services.advance(order_id=order_id, action="withdraw", by=left.team.checker.actor, data=data)

    in_threads(threads, some)


def _once(headers: Headers) -> Headers:
    return {**headers, "Idempotency-Key": uuid.uuid4().hex}


def _joined(loads: list[Load]) -> Load:
    total = loads[0]
    for load in loads[1:]:
        total = total.join(load)
    return total


def _told(*loads: Load) -> str:
    return "; ".join(f"{count} × {answer}" for load in loads for answer, count in sorted(load.answers.items()))
