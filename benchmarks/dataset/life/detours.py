"""Courses that end at the street by a detour: returned, reworked, extended, shelved, moved, merged."""

from __future__ import annotations

import datetime as dt

from benchmarks.dataset.life.habits import at_street, close, handled, register, send, take, tell, work
from benchmarks.dataset.life.registry import OUTSIDE, PLAIN, calm, course, difficult
from benchmarks.dataset.player import Player


@course(4.5, calm)
def late(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    work(p, "lead", 880, 1080)
    close(p)


@course(11, difficult)
def long_work(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    work(p, "lead", 800, 1660)
    close(p)


@course(3.5, calm)
def reworked(p: Player) -> None:
    tell(p)
    register(p)
    handled(p)
    p.later(15, 200)
    p.act("rework", "dispatcher2")
    work(p, "lead", 30, 200)
    close(p)


@course(2.5, calm)
def returned(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    p.later(5, 50)
    p.act("return_assignment", "by:lead")
    handled(p, "help")
    close(p)


@course(3.5, calm)
def extended(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    p.later(100, 300)
    p.act("extend", "by:lead", workdays=2)
    p.later(20, 200)
    p.decide("dispatcher")
    work(p, "lead", 700, 1300)
    close(p)


@course(1, calm)
def not_extended(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    p.later(100, 300)
    p.act("extend", "by:lead", hours=8)
    p.later(20, 200)
    p.decide("dispatcher2", approve=False)
    work(p, "lead", 100, 300)
    close(p)


@course(0.7, calm)
def reclassified(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    p.later(20, 60)
    p.act("reclassify", "dispatcher", category=p.category(1))
    work(p)
    close(p)


@course(1.2, calm, OUTSIDE)
def reopened(p: Player) -> None:
    tell(p)
    register(p)
    handled(p)
    p.later(15, 200)
    p.act("verify", "dispatcher2")
    p.later(60, 400)
    p.act("callback", "dispatcher2", reached=True, satisfied=False)
    p.later(10, 60)
    p.act("reopen", "dispatcher2")
    handled(p)
    close(p, "dispatcher")


@course(4, calm)
def shelved(p: Player) -> None:
    tell(p)
    register(p)
    p.later(5, 20)
    review_on = (p.now + dt.timedelta(days=p.dice.randint(12, 30))).date()
    p.act("shelve", "dispatcher", review_on=review_on.isoformat())
    p.later(5, 30)
    p.decide("duty")
    if p.dice.random() < 0.4:
        p.later(1500, 2400)
        p.act("resume", "dispatcher")
    else:
        p.wait_for(status="registered")
    at_street(p)


@course(0.6, calm)
def arbitrated(p: Player) -> None:
    tell(p)
    register(p)
    for unit in ("lead", "help", "help2"):
        send(p, "dispatcher", unit)
        p.later(5, 40)
        p.act("return_assignment", f"by:{unit}")
    p.later(8, 35)
    p.act("arbitrate", "duty", lead=p.unit("lead"), assists=[])
    take(p)
    work(p)
    close(p)


@course(0.4, calm)
def return_contested(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    p.later(5, 40)
    p.act("return_assignment", "by:lead")
    p.later(5, 20)
    p.act("contest_return", "dispatcher")
    p.later(8, 35)
    p.act("arbitrate", "duty", lead=p.unit("lead"), assists=[])
    take(p)
    work(p)
    close(p)


@course(0.8, calm)
def not_acknowledged(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    p.wait_for(status="registered")
    handled(p, "help")
    close(p)


@course(1.2, calm, PLAIN)
def relocated(p: Player) -> None:
    tell(p)
    p.later(3, 15)
    p.act("relocate", "dispatcher", **p.point(1), address=p.text("address"))
    p.later(3, 20)
    p.act("register", "dispatcher@2", conditions_confirmed=True)
    handled(p, "lead@2", "dispatcher@2")
    close(p, "dispatcher2@2")


@course(1.5, calm, ("hotline_12345", "online_inquiry", "portal"))
def placed_later(p: Player) -> None:
    tell(p, placed=False)
    p.later(3, 20)
    p.act("place", "duty", **p.point(0), address=p.text("address"))
    p.later(1, 15)
    p.act("register", "dispatcher", conditions_confirmed=True)
    at_street(p)


@course(2, calm, ("hotline_12345",))
def merged(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    p.report("citizen2", "citizen")
    p.later(3, 25)
    p.act("merge", "dispatcher", on=1, master=p.order().number)
    take(p)
    work(p)
    close(p)


@course(0.2, calm, ("hotline_12345",))
def master_voided(p: Player) -> None:
    tell(p)
    register(p)
    p.report("citizen2", "citizen")
    p.later(3, 15)
    p.act("merge", "dispatcher", on=1, master=p.order().number)
    p.later(3, 15)
    p.act("void", "dispatcher")
    p.later(5, 40)
    p.decide("dispatcher2")
    p.later(2, 20)
    p.act("dispatch", "dispatcher", on=1, lead=p.unit("lead"), assists=[])
    p.later(3, 30)
    p.act("acknowledge", "by:lead", on=1)
    p.later(40, 400)
    p.picture("by:lead", on=1)
    p.act("submit_result", "by:lead", on=1)
    p.later(20, 90)
    p.act("verify", "dispatcher2", on=1)
    p.run_out()
