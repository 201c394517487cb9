"""What people do again and again on the way of an order."""

from __future__ import annotations

from benchmarks.dataset.life.registry import SOURCES
from benchmarks.dataset.player import Player


def tell(p: Player, *, placed: bool = True) -> None:
    p.report(SOURCES[p.source][0], p.source, placed=placed)


def register(p: Player, who: str = "dispatcher", *, on: int = 0) -> None:
    p.later(3, 27)
    p.act("register", who, on=on, conditions_confirmed=True)


def send(p: Player, who: str = "dispatcher", lead: str = "lead", *assists: str) -> None:
    p.later(2, 35)
    p.act(
        "dispatch",
        who,
        lead=p.unit(lead),
        assists=[p.unit(each) for each in assists],
        instruction=p.text("instruction"),
    )


def take(p: Player, unit: str = "lead") -> None:
    p.later(3, 50)
    p.act("acknowledge", f"by:{unit}")


def work(p: Player, unit: str = "lead", least: float = 60, most: float = 980) -> None:
    p.later(least, most)
    if p.order().holder_id == p.casting[unit]:
        p.picture(f"by:{unit}")
    p.act("submit_result", f"by:{unit}")


def handled(p: Player, lead: str = "lead", who: str = "dispatcher") -> None:
    send(p, who, lead)
    take(p, lead)
    work(p, lead)


def close(p: Player, who: str = "dispatcher2") -> None:
    p.later(15, 400)
    p.act("verify", who)
    call_back(p, "dispatcher" if who == "leader" else who)


def call_back(p: Player, who: str) -> None:
    """Most are called; of the others the clock says so."""
    if p.dice.random() < 0.8:
        p.later(60, 600)
        p.act("callback", who, reached=True, satisfied=p.dice.random() < 0.9)
    p.run_out()


def at_street(p: Player) -> None:
    handled(p)
    close(p)


def at_district(p: Player) -> None:
    handled(p, "bureau", "duty")
    close(p, "duty2")


def checker(p: Player) -> str:
    """Who confirms what was handled on the spot: the sub-centre what was drawn, else the leader of the grid."""
    return "dispatcher" if p.order().holder_id == p.casting["sub"] else "leader"
