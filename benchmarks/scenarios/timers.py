"""Ten thousand clocks due at the same moment, fired by four sweepers that are processes of their own"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field, replace

from django.db import connection

from benchmarks.measure.figures import MEDIAN, P99, Figure, Limit, of_times
from benchmarks.measure.floors import f_floor
from benchmarks.measure.people import Person, Team, leaves, teams
from benchmarks.measure.place import Place
from benchmarks.measure.workers import Crew, crew
from benchmarks.scenarios.service import Reported, steps
from lianqin.local.processes import PlainError, wait_until
from workorders import services
from workorders.models import Alarm, Timer, WorkOrder
from workorders.states import TimerState

SWEEPERS = 4
MOST_SECONDS = 60.0
CLOCKS = 10_000
# Orders with a department at work: three clocks of each are due at once, and only one can be fired at a time.
WITH_THREE = 400
# Of the others, so many have had their warning: their next step is the escalation.
TO_ESCALATE = 2_000
PATIENCE_SECONDS = 300.0

OVERDUE = "SELECT count(*) FROM workorders_timer WHERE state = 'pending' AND next_at <= %s"
# What each clock was told to do, and how often it did it.
FIRED = """
SELECT told.timer, count(e.seq), max((e.body::jsonb #>> '{data,lateness_seconds}')::float), max(e.at)
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS told (timer, order_id, step)
LEFT JOIN workorders_event e ON e.order_id = told.order_id AND e.actor_kind = 'system' AND e.kind <> 'credited'
    AND (e.body::jsonb #>> '{data,timer}')::bigint = told.timer AND (e.body::jsonb #>> '{data,step}')::int = told.step
GROUP BY told.timer
"""


@dataclass(slots=True)
class Shift:
    """What one process remembers between two calls."""

    reported: list[tuple[int, Person]] = field(default_factory=list)
    dispatched: list[tuple[Reported, int]] = field(default_factory=list)


_shift = Shift()


def run(place: Place) -> list[Figure]:
    sweepers = [place.manage(f"timers-{each}", "run_timers", "--interval", "0.5") for each in range(SWEEPERS)]
    with crew(SWEEPERS) as people:
        # They run from the beginning: a machine that is awake has no downtime to give back.
        with place.running(*sweepers):
            _drained(place)
            orders = _report(people, place)
            _make_due(_clocks(orders)[:TO_ESCALATE])
            _drained(place)
            clocks = _clocks(orders)
            at = _make_due(clocks)
            _drained(place)
        found = _fired(clocks)
        people.each(tidy)
        forget_alarms(orders)
        floor = f_floor(replace(place, connections=SWEEPERS), people, place.seconds / 2).per_second
    return _figures(clocks, found, at, floor)


def _report(people: Crew, place: Place) -> list[int]:
    place.say(f"reporting orders with {CLOCKS} clocks")
    single = CLOCKS - 3 * WITH_THREE
    return [pk for pks in people.each(report, single // SWEEPERS, WITH_THREE // SWEEPERS, place.seed) for pk in pks]


def report(index: int, single: int, with_three: int, seed: int) -> list[int]:
    """Report orders that wait to be registered, and others that a department has not acknowledged yet; their keys."""
    chance, everybody, categories = random.Random(seed * 100 + index), teams(), leaves()
    for number in range(single + with_three):
        reported = _one(chance, chance.choice(everybody), chance.choice(categories))
        if number < single:
            _shift.reported.append((reported.order_id, reported.by))
            continue
        key = chance.randrange(2**32)
        for name, act in steps(reported, random.Random(key)):
            if name == "acknowledge":
                break
            act()
        _shift.dispatched.append((reported, key))
    return [pk for pk, _ in _shift.reported] + [reported.order_id for reported, _ in _shift.dispatched]


def _one(chance: random.Random, team: Team, category: str) -> Reported:
    citizen, (lon, lat) = chance.choice(team.citizens), chance.choice(team.points)
    data = {"title": "路灯不亮", "source": "citizen", "lon": lon, "lat": lat, "category": category}
    order, _new = services.report(by=citizen.actor, data=data)
    return Reported(order.pk, team, citizen)


def tidy(index: int) -> None:
    """Leave nothing open behind: citizens withdraw, departments finish."""
    for order_id, citizen in _shift.reported:
        services.advance(order_id=order_id, action="withdraw", by=citizen.actor, data={"reason": "已经解决"})
    for reported, key in _shift.dispatched:
        if WorkOrder.objects.filter(pk=reported.order_id, status="dispatched", level="street").exists():
            for name, act in steps(reported, random.Random(key)):
                if name not in ("register", "dispatch"):
                    act()
    _shift.reported.clear()
    _shift.dispatched.clear()


def forget_alarms(order_ids: list[int]) -> None:
    """The auditor rightly finds clocks that were set by hand: take back what it said of them."""
    numbers = WorkOrder.objects.filter(pk__in=order_ids).values("number")
    Alarm.objects.filter(kind="chain_broken", subject__in=numbers).delete()


def _clocks(order_ids: list[int]) -> list[Timer]:
    running = Timer.objects.filter(order_id__in=order_ids, state=TimerState.PENDING, next_at__isnull=False)
    return list(running.only("pk", "order_id", "step").order_by("pk"))


def _make_due(clocks: list[Timer]) -> float:
    """Let them all be due at this moment; return it, as wall time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workorders_timer SET next_at = moment.at FROM (SELECT lianqin_now() AS at) AS moment"
            " WHERE id = ANY(%s) RETURNING extract(epoch FROM moment.at)",
            [[each.pk for each in clocks]],
        )
        at = float(cursor.fetchone()[0])
    return at


def _drained(place: Place) -> None:
    """Wait until nothing that is due now is left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lianqin_now()")
        (now,) = cursor.fetchone()

        def nothing_left() -> bool:
            cursor.execute(OVERDUE, [now])
            return bool(cursor.fetchone()[0] == 0)

        if not wait_until(nothing_left, PATIENCE_SECONDS, 0.1):
            raise PlainError(f"Clocks were still due after {PATIENCE_SECONDS:.0f} s; see {place.folder / 'log'}.")


def _fired(clocks: list[Timer]) -> list[tuple[int, int, float | None, object]]:
    told = [[each.pk for each in clocks], [each.order_id for each in clocks], [each.step for each in clocks]]
    with connection.cursor() as cursor:
        cursor.execute(FIRED, told)
        rows: list[tuple[int, int, float | None, object]] = cursor.fetchall()
    return rows


def _figures(
    clocks: list[Timer], found: list[tuple[int, int, float | None, object]], at: float, floor: float
) -> list[Figure]:
    late = [lateness for _, times, lateness, _ in found if times and lateness is not None]
    took = max(late, default=PATIENCE_SECONDS)
    lost = sum(times == 0 for _, times, _, _ in found)
    doubled = sum(times > 1 for _, times, _, _ in found)
    none = (Limit(MEDIAN, most=0),)
    at_once = f"due at {time.strftime('%H:%M:%S', time.localtime(at))}; {TO_ESCALATE} of them escalations"
    return [
        Figure(
            f"{len(clocks)} clocks due at once, all fired",
            "s",
            round(took, 2),
            n=len(late),
            limits=(Limit(MEDIAN, most=MOST_SECONDS),),
            note=f"{at_once}; {WITH_THREE} orders with three clocks each",
        ),
        Figure("clocks fired", "clocks/s", len(late) / max(took, 0.001), n=len(late), floor=floor, floor_name="F"),
        Figure("clocks fired twice", "clocks", doubled, n=len(clocks), limits=none),
        Figure("clocks lost", "clocks", lost, n=len(clocks), limits=none),
        of_times("wait of a clock in the crowd", late or [took], unit="s", limits=(Limit(P99, most=MOST_SECONDS),)),
    ]
