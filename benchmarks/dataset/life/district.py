"""Courses that rise to the district: by the clock, by hand, or because of what they are about."""

from __future__ import annotations

from benchmarks.dataset.life.habits import at_district, at_street, close, handled, register, send, take, tell, work
from benchmarks.dataset.life.registry import CITIZEN, PLAIN, calm, course, vertical
from benchmarks.dataset.player import Player
from grids.models import Street


@course(3, calm, PLAIN)
def not_accepted(p: Player) -> None:
    tell(p)
    p.wait_for(level="district")
    register(p, "duty")
    at_district(p)


@course(3, calm)
def not_resolved(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    p.wait_for(level="district")
    p.later(10, 60)
    if p.dice.random() < 0.5:
        p.act("dispatch", "duty", adopt=True)
        take(p)
        work(p)
        close(p, "duty2")
    else:
        at_district(p)


@course(0.5, calm)
def not_dispatched(p: Player) -> None:
    tell(p)
    register(p)
    p.wait_for(level="district")
    at_district(p)


@course(5, vertical)
def straight_to_the_district(p: Player) -> None:
    tell(p)
    p.later(3, 25)
    p.act("register_to_district", "dispatcher", conditions_confirmed=True)
    at_district(p)


@course(1, calm)
def several_streets(p: Player) -> None:
    tell(p)
    p.later(3, 40)
    other = Street.objects.values_list("code", flat=True).get(pk=p.spots[1].street)
    p.act("register_to_district", "dispatcher", conditions_confirmed=True, affected_streets=[other])
    send(p, "duty", "bureau", "bureau2")
    take(p, "bureau")
    take(p, "bureau2")
    work(p, "bureau2", 100, 600)
    work(p, "bureau", 60, 600)
    close(p, "duty2")


@course(2, calm)
def escalated_by_hand(p: Player) -> None:
    tell(p)
    register(p)
    p.later(5, 40)
    p.act("escalate", "dispatcher")
    at_district(p)


@course(1, calm)
def handed_down(p: Player) -> None:
    tell(p)
    register(p)
    p.later(5, 40)
    p.act("escalate", "dispatcher")
    p.later(10, 90)
    p.act("hand_down", "duty")
    at_street(p)


@course(2.5, calm)
def supervised(p: Player) -> None:
    tell(p)
    register(p)
    p.later(5, 40)
    p.act("escalate", "dispatcher")
    p.later(150, 300)
    p.act("dispatch", "duty", lead=p.unit("bureau"), assists=[])
    take(p, "bureau")
    work(p, "bureau", 2150, 3600)
    close(p, "duty2")


@course(0.7, calm)
def failed_twice(p: Player) -> None:
    tell(p)
    register(p)
    handled(p)
    for who in ("dispatcher2", "dispatcher"):
        p.later(10, 90)
        p.act("rework", who)
        if p.order().level == "street":
            work(p, "lead", 20, 90)
    at_district(p)


@course(0.6, calm, CITIZEN)
def reopened_by_the_citizen(p: Player) -> None:
    tell(p)
    register(p)
    handled(p)
    p.later(15, 200)
    p.act("verify", "dispatcher2")
    p.later(60, 400)
    p.act("reopen", "citizen")
    at_district(p)
