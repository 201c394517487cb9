"""Life courses: what becomes of a report, told as people do it. Shares make a district: four in five end at the street."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.dataset.player import Player
from benchmarks.dataset.town import Matter
from grids.models import Street

# Who tells by which source, and how often.
SOURCES: Mapping[str, tuple[str, float]] = {
    "grid_worker": ("worker", 34),
    "hotline_12345": ("hotline", 28),
    "citizen": ("citizen", 18),
    "video": ("duty2", 6),
    "police_110": ("hotline", 5),
    "inspection": ("supervisor", 4),
    "governance_platform": ("hotline", 3),
    "online_inquiry": ("hotline", 1),
    "portal": ("hotline", 1),
}
OUTSIDE = ("hotline_12345", "citizen", "police_110")
PLAIN = ("grid_worker", "hotline_12345", "citizen", "video", "inspection")
FIELD = ("grid_worker",)
CITIZEN = ("citizen",)


def squad(matter: Matter) -> bool:
    """A squad of the street answers for it."""
    return matter.has_squad and not matter.vertical


def calm(matter: Matter) -> bool:
    return squad(matter) and matter.sign[:2] == ("normal", "standard")


def vertical(matter: Matter) -> bool:
    return matter.vertical


def unowned(matter: Matter) -> bool:
    """No squad of the street answers for it: its own squad goes."""
    return not matter.has_squad and not matter.vertical


@dataclass(frozen=True, slots=True)
class Course:
    """``share`` in a hundred; ``left``: (status, level) in which it is abandoned at the end of the data set."""

    name: str
    play: Callable[[Player], None]
    share: float
    fits: Callable[[Matter], bool]
    sources: tuple[str, ...]
    left: tuple[str, str] | None = None


COURSES: dict[str, Course] = {}


def course(
    share: float, fits: Callable[[Matter], bool] = squad, sources: tuple[str, ...] = tuple(SOURCES)
) -> Callable[[Callable[[Player], None]], Callable[[Player], None]]:
    def register(play: Callable[[Player], None]) -> Callable[[Player], None]:
        COURSES[play.__name__] = Course(play.__name__, play, share, fits, sources)
        return play

    return register


# What people do again and again


def tell(p: Player, *, placed: bool = True) -> None:
    p.report(SOURCES[p.source][0], p.source, placed=placed)


def register(p: Player, who: str = "dispatcher", *, on: int = 0) -> None:
    p.later(3, 27)
    p.act("register", who, on=on, conditions_confirmed=True)


def send(p: Player, who: str = "dispatcher", lead: str = "lead", *assists: str) -> None:
    p.later(2, 35)
    p.act("dispatch", who, lead=p.unit(lead), assists=[p.unit(each) for each in assists], instruction=p.text("instruction"))


def take(p: Player, unit: str = "lead") -> None:
    p.later(3, 50)
    p.act("acknowledge", f"by:{unit}")


def work(p: Player, unit: str = "lead", least: float = 40, most: float = 620) -> None:
    p.later(least, most)
    if p.order().holder_id == p.casting[unit]:
        p.picture(f"by:{unit}")
    p.act("submit_result", f"by:{unit}")


def handled(p: Player, lead: str = "lead", who: str = "dispatcher") -> None:
    send(p, who, lead)
    take(p, lead)
    work(p, lead)


def close(p: Player, who: str = "dispatcher2") -> None:
    p.later(15, 260)
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


# Closed at the street


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


def checker(p: Player) -> str:
    """Who confirms what was handled on the spot: the sub-centre what was drawn, else the leader of the grid."""
    return "dispatcher" if p.order().holder_id == p.casting["sub"] else "leader"


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


@course(4.5, calm)
def late(p: Player) -> None:
    tell(p)
    register(p)
    send(p)
    take(p)
    work(p, "lead", 880, 1080)
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


@course(2, calm)
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


@course(1, calm)
def shelved(p: Player) -> None:
    tell(p)
    register(p)
    p.later(5, 20)
    review_on = (p.now + dt.timedelta(days=p.dice.randint(10, 24))).date()
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


# Up to the district


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


@course(1.5, calm)
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


# Ends that are no closing


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
