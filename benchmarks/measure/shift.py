"""A working hour of a district over HTTP: people report, look, act. Each process plays some of them."""

from __future__ import annotations

import contextlib
import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.measure.busiest import Told
from benchmarks.measure.http import Line, Load, Reply
from benchmarks.measure.people import Person, Team, leaves, teams
from benchmarks.measure.signin import Headers
from benchmarks.measure.workers import wait_for
from benchmarks.scenarios.service import in_threads
from lianqin.kernel.errors import DomainError
from workorders import services
from workorders.models import WorkOrder

LIST = "/api/v1/work-orders/"
# Of the looks before an action, so many are at a page and not only at its data.
PAGE_SHARE = 0.25
# The server lets go of a connection that is idle for five seconds.
KEPT_SECONDS = 3.0


@dataclass(slots=True)
class Case:
    """An order under way, and what is still to be done to it."""

    number: str
    reporter: Person
    steps: Iterator[tuple[str, Person, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Signed:
    """How people sign in: tokens for the API by user, cookies for the pages."""

    tokens: Mapping[int, Headers]
    cookies: Mapping[int, Headers]


@dataclass(slots=True)
class Shift:
    signed: Signed
    teams: dict[str, Team]
    chance: random.Random
    cases: deque[Case] = field(default_factory=deque)
    done: list[Case] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)


_shift: list[Shift] = []
Job = tuple[float, Told | None]


def begin_shift(index: int, signed: Signed, seed: int) -> None:
    _shift[:] = [Shift(signed, {team.street: team for team in teams()}, random.Random(seed * 100 + index))]


def take_over(index: int, number: int) -> None:
    """Begin with orders that the hour before left: reported, and nobody has taken them up."""
    shift, matters = _shift[0], leaves()
    for _ in range(number):
        team = shift.chance.choice(list(shift.teams.values()))
        citizen, (lon, lat) = shift.chance.choice(team.citizens), shift.chance.choice(team.points)
        data = {
            "title": "井盖松动",
            "source": "citizen",
            "category": shift.chance.choice(matters),
            "lon": lon,
            "lat": lat,
        }
        order, _new = services.report(by=citizen.actor, data=data)
        shift.cases.append(Case(order.number, citizen, _steps(team, shift.chance)))


def work(index: int, port: int, jobs: list[Job], threads: int) -> Load:
    """Do each job at its moment: a report, or without one the next step of an order."""
    shift, loads, waiting = _shift[0], [Load() for _ in range(threads)], deque(jobs)

    def some(which: int) -> None:
        line, used = Line(port), time.time()
        while True:
            with shift.guard:
                if not waiting:
                    break
                moment, told = waiting.popleft()
            wait_for(moment)
            if time.time() - used > KEPT_SECONDS:
                line.close()
                line, used = Line(port), time.time()
            load = loads[which]
            load.seconds.setdefault("begun late", []).append(max(0.0, time.time() - moment))
            try:
                asked = _report(shift, line, load, told) if told is not None else _act(shift, line, load)
                used = time.time() if asked else used
            except OSError as error:
                # Worse than a 500: nobody answered at all.
                load.answers[f"no answer: {error} 599"] += 1
                line, used = Line(port), time.time()
        line.close()

    began = time.process_time()
    in_threads(threads, some)
    total = loads[0]
    for load in loads[1:]:
        total = total.join(load)
    total.cpu_seconds = time.process_time() - began
    return total


def _report(shift: Shift, line: Line, load: Load, told: Told) -> bool:
    team = shift.teams.get(told.street) or next(iter(shift.teams.values()))
    # A colleague types in what citizens tell: the API is not theirs.
    reporter = team.checker
    reply = line.post(LIST, _once(shift.signed.tokens[reporter.user.pk]), told.data)
    _note(load, "report", reply, 201)
    if reply.status == 201:
        case = Case(reply.json()["number"], reporter, _steps(team, shift.chance))
        with shift.guard:
            shift.cases.append(case)
    return True


def _act(shift: Shift, line: Line, load: Load) -> bool:
    """The next step of the order that has waited longest: its people look at their list, at the order, and act.

    False if there was nothing to do.
    """
    with shift.guard:
        case = shift.cases.popleft() if shift.cases else None
    if case is None:
        load.answers["nothing to do 0"] += 1
        return False
    step = next(case.steps, None)
    if step is None:
        with shift.guard:
            shift.done.append(case)
        return _act(shift, line, load)
    action, person, data = step
    headers = shift.signed.tokens[person.user.pk]
    _look(shift, line, load, case, person, headers)
    reply = line.post(f"{LIST}{case.number}/{action}/", _once(headers), data)
    _note(load, "action", reply, 200)
    with shift.guard:
        (shift.cases if reply.status == 200 else shift.done).append(case)
    return True


def _look(shift: Shift, line: Line, load: Load, case: Case, person: Person, headers: Headers) -> None:
    cookie = shift.signed.cookies.get(person.user.pk)
    if cookie is not None and shift.chance.random() < PAGE_SHARE:
        _note(load, "page", line.get(f"/orders/{case.number}/", cookie), 200)
        return
    _note(load, "list", line.get(f"{LIST}?queue=mine", headers), 200)
    _note(load, "detail", line.get(f"{LIST}{case.number}/", headers), 200)
    _note(load, "events", line.get(f"{LIST}{case.number}/events/", headers), 200)


def _steps(team: Team, chance: random.Random) -> Iterator[tuple[str, Person, dict[str, Any]]]:
    unit, handler = chance.choice(team.handlers)
    yield "register", team.dispatcher, {"conditions_confirmed": True}
    yield "dispatch", team.dispatcher, {"lead": unit, "instruction": "请尽快处置"}
    yield "acknowledge", handler, {}
    yield "submit_result", handler, {"result": "已清理完毕, 现场恢复畅通"}
    yield "verify", team.checker, {"comment": "情况属实"}


def _note(load: Load, name: str, reply: Reply, wanted: int) -> None:
    load.note(name, reply)
    if reply.status != wanted:
        load.answers[f"{name}: {reply.body[:160].decode(errors='replace')} {reply.status}"] += 1


def _once(headers: Headers) -> Headers:
    return {**headers, "Idempotency-Key": uuid.uuid4().hex}


def tidy(index: int) -> int:
    """Finish what is under way, by the service; return how many orders that were."""
    left = [*_shift[0].cases]
    for case in left:
        order_id = WorkOrder.objects.values_list("pk", flat=True).get(number=case.number)
        with contextlib.suppress(DomainError):
            for action, person, data in case.steps:
                services.advance(order_id=order_id, action=action, by=person.actor, data=data)
    return len(left)
