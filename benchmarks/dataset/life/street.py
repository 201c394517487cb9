"""Courses that end at the street as they should."""

from __future__ import annotations

from benchmarks.dataset.life.habits import at_street, checker, close, handled, register, send, take, tell, work
from benchmarks.dataset.life.registry import FIELD, OUTSIDE, calm, course, unowned
from benchmarks.dataset.player import Player


@course(24)
def plain(p: Player) -> None:
    tell(p)
    register(p)
    at_street(p)


@course(9, sources=(*OUTSIDE, "video"))
def passed_up(p: Player) -> None:
    tell(p)
    p.later(2, 12)
    p.act("claim", "officer")
    p.later(2, 12)
    p.act("pass_up", "officer", reason=p.text("reason.pass_up"))
    p.later(1, 10)
    p.act("register", "dispatcher", conditions_confirmed=True)
    at_street(p)


@course(7, sources=OUTSIDE)
def sent_a_worker(p: Player) -> None:
    tell(p)
    p.later(2, 10)
    p.act("claim", "officer")
    p.later(1, 6)
    p.act("assign_worker", "officer", worker=p.username("worker"))
    p.later(4, 12)
    p.picture("worker")
    p.act("handle_on_site", "worker")
    close(p, checker(p))


@course(14, sources=FIELD)
def on_the_spot(p: Player) -> None:
    tell(p)
    p.later(1, 20)
    p.picture("worker")
    p.act("handle_on_site", "worker")
    close(p, checker(p))


@course(1, sources=FIELD)
def not_good_on_the_spot(p: Player) -> None:
    tell(p)
    p.later(1, 20)
    p.picture("worker")
    p.act("handle_on_site", "worker")
    p.later(20, 100)
    p.act("rework", checker(p))
    at_street(p)


@course(4, unowned)
def own_squad(p: Player) -> None:
    tell(p)
    register(p)
    handled(p, "squad")
    close(p, "supervisor")


@course(5, calm)
def joint(p: Player) -> None:
    tell(p)
    register(p)
    send(p, "dispatcher", "lead", "help", "help2")
    take(p)
    take(p, "help")
    p.later(1, 5)
    p.act("acknowledge", "by:help2")
    work(p, "help", 60, 240)
    work(p, "help2", 30, 120)
    work(p, "lead", 30, 200)
    close(p)


@course(1, calm)
def finished_by_the_lead(p: Player) -> None:
    tell(p)
    register(p)
    send(p, "dispatcher", "lead", "help")
    take(p)
    work(p, "lead", 8, 20)
    p.later(2, 12)
    p.act("override", "dispatcher")
    close(p)


@course(1, calm)
def helped_later(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    p.later(30, 120)
    p.act("adjust", "dispatcher", add=[p.unit("help")])
    take(p, "help")
    work(p, "help", 30, 120)
    work(p, "lead", 30, 200)
    close(p)
