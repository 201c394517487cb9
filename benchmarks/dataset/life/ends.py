"""Ends that are no closing: declined, voided, withdrawn."""

from __future__ import annotations

from benchmarks.dataset.life.habits import at_district, at_street, register, tell
from benchmarks.dataset.life.registry import CITIZEN, OUTSIDE, PLAIN, calm, course, squad
from benchmarks.dataset.player import Player


@course(3, squad, OUTSIDE)
def declined(p: Player) -> None:
    tell(p)
    p.later(5, 30)
    p.act("decline", "dispatcher")
    p.later(5, 25)
    p.decide("dispatcher2")
    p.run_out()


@course(0.5, calm, CITIZEN)
def decline_contested(p: Player) -> None:
    tell(p)
    p.later(5, 30)
    p.act("decline", "dispatcher")
    p.later(5, 40)
    p.decide("dispatcher2")
    p.later(30, 400)
    p.act("contest", "citizen")
    register(p, "duty")
    at_district(p)


@course(0.5, calm, OUTSIDE)
def decline_refused(p: Player) -> None:
    tell(p)
    p.later(5, 20)
    p.act("decline", "dispatcher")
    p.later(5, 15)
    p.decide("dispatcher2", approve=False)
    p.later(2, 10)
    p.act("register", "dispatcher", conditions_confirmed=True)
    at_street(p)


@course(1.3, squad, PLAIN)
def voided(p: Player) -> None:
    tell(p)
    register(p)
    p.later(2, 20)
    p.act("void", "dispatcher")
    p.later(3, 20)
    p.decide("dispatcher2")
    p.run_out()


@course(1.2, squad, CITIZEN)
def withdrawn(p: Player) -> None:
    tell(p)
    p.later(2, 30)
    p.act("withdraw", "citizen")
    p.run_out()
