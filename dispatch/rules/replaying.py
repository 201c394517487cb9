"""Replay whole orders under a trial: a clock that runs out takes the order away from those that follow. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from catalogue.rules import Level, Stage
from dispatch.rules.trials import NEVER, SURELY, Chance, Clock, Ending, Paces, Tally, is_open, strikes

# What still lies before an order whose clock of this stage ran out, had it not.
AHEAD: Mapping[str, tuple[str, ...]] = {
    Stage.ACCEPT: (Stage.DISPATCH, Stage.RESOLVE),
    Stage.DISPATCH: (Stage.RESOLVE,),
    Stage.RESOLVE: (),
}
STAGES = tuple(AHEAD)


@dataclass(slots=True)
class Outcome:
    """Sums of the whole district, of its streets and of the kinds of deadlines."""

    whole: Tally = field(default_factory=Tally)
    streets: dict[int, Tally] = field(default_factory=dict)
    kinds: dict[str, Tally] = field(default_factory=dict)
    # By stage at the street: clocks that ran out, those that would have, and all.
    stages: dict[str, list[float]] = field(default_factory=lambda: {stage: [0, 0.0, 0] for stage in STAGES})
    clocks: int = 0
    agreeing: int = 0

    def tallies(self, clock: Clock) -> tuple[Tally, ...]:
        own = self.kinds.setdefault(clock.kind, Tally())
        if clock.street_id is None:
            return (self.whole, own)
        return (self.whole, own, self.streets.setdefault(clock.street_id, Tally()))


def replay(clocks: Sequence[Clock]) -> Outcome:
    """Return what became of the orders and what would have; ``clocks`` by order, each order's by their start."""
    paces, outcome = Paces.of(clocks), Outcome()
    rest = _later(clocks, paces)
    for _order, group in groupby(clocks, key=attrgetter("order_id")):
        _one_order(list(group), paces, rest, outcome)
    return outcome


def _later(clocks: Iterable[Clock], paces: Paces) -> dict[tuple[str, str], float]:
    """How likely each stage at the street runs out, by kind, for orders that would first have reached it."""
    sums: dict[tuple[str, str], list[float]] = {}
    for each in clocks:
        if each.level == Level.STREET:
            known = sums.setdefault((each.stage, each.kind), [0.0, 0.0])
            known[0] += strikes(each, paces).likely
            known[1] += 1
    return {key: struck / count for key, (struck, count) in sums.items()}


def _ahead(clock: Clock, chance: Chance, rest: Mapping[tuple[str, str], float]) -> Chance:
    """Add what the later stages of an order would have held that reality took away at this one."""
    for stage in AHEAD[clock.stage]:
        chance = chance.then(Chance(0, rest.get((stage, clock.kind), 0.0), 1))
    return chance


def _one_order(clocks: list[Clock], paces: Paces, rest: Mapping[tuple[str, str], float], outcome: Outcome) -> None:
    outcome.clocks += len(clocks)
    outcome.agreeing += sum(each.agrees for each in clocks)
    street = [each for each in clocks if each.level == Level.STREET]
    if street:
        _at_street(street, paces, rest, outcome)
    done = [each for each in clocks if each.level == Level.DISTRICT and each.stage == Stage.RESOLVE]
    for each in done:
        if each.ending != Ending.CUT:
            # Struck means supervised here; the work goes on, and what it used in the end is what counts.
            late = SURELY if each.used > each.limit else NEVER
            for tally in outcome.tallies(each):
                tally.at_district(each.used <= each.total, late)


def _at_street(clocks: list[Clock], paces: Paces, rest: Mapping[tuple[str, str], float], outcome: Outcome) -> None:
    was, chance = False, NEVER
    for each in clocks:
        struck = strikes(each, paces)
        unknown = is_open(each, struck)
        if unknown:
            unpaced = paces.finishes_within(each, each.limit - each.used) is None
            for tally in outcome.tallies(each):
                tally.guessed += 1
                tally.unpaced += unpaced
        outcome.stages[each.stage][2] += 1
        outcome.stages[each.stage][0] += each.ending == Ending.STRUCK
        outcome.stages[each.stage][1] += struck.likely
        was |= each.ending == Ending.STRUCK
        chance = chance.then(_ahead(each, struck, rest) if unknown else struck)
    finished = any(each.stage == Stage.RESOLVE and each.ending == Ending.DONE for each in clocks)
    for tally in outcome.tallies(clocks[-1]):
        tally.escalation(was, chance)
        if was or finished:
            tally.at_street(not was, chance)


def as_json(outcome: Outcome, names: Mapping[int, str]) -> dict[str, Any]:
    """What is kept of a trial. Shares are left to who shows them."""
    streets = sorted(outcome.streets.items(), key=lambda item: names.get(item[0], ""))
    return {
        "whole": _sums(outcome.whole),
        "streets": [{"name": names.get(pk, str(pk)), **_sums(tally)} for pk, tally in streets],
        "kinds": [{"kind": kind, **_sums(tally)} for kind, tally in sorted(outcome.kinds.items())],
        "stages": [
            {"stage": str(stage), "real": int(real), "trial": round(trial, 2), "clocks": int(clocks)}
            for stage, (real, trial, clocks) in outcome.stages.items()
        ],
        "clocks": outcome.clocks,
        "agreeing": outcome.agreeing,
        "guessed": outcome.whole.guessed,
        "unpaced": outcome.whole.unpaced,
    }


def _sums(tally: Tally) -> dict[str, Any]:
    return {
        "orders": tally.orders,
        "escalated": tally.escalated,
        "trial": [round(each, 2) for each in tally.trial],
        "resolved": tally.resolved,
        "on_time": tally.on_time,
        "trial_on_time": [round(each, 2) for each in tally.trial_on_time],
        "district": tally.district,
        "district_on_time": tally.district_on_time,
        "trial_district_on_time": round(tally.trial_district_on_time, 2),
        "guessed": tally.guessed,
        "unpaced": tally.unpaced,
    }
