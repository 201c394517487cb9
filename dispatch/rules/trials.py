"""What other deadlines or other hours of duty would have meant for clocks that have already run. Pure.

A clock that ended before its new limit is certain, and so is one that would have struck sooner. Nobody knows what a
department would have done with time that it was not given: such an order is a range, and what is likely follows from
how fast orders of its kind were finished in the second half of their time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

# Fewer clocks than this in the second half of their time say nothing about a pace.
FEWEST = 20
# Of fewer orders than this a share says little: one order more or less moves it by more than five points.
FEWEST_ORDERS = 20
TOLERANCE = 1.0  # Seconds between the due and the firing.


class Ending(StrEnum):
    DONE = "done"  # Somebody acted.
    STRUCK = "struck"  # Its time ran out, and the order went up or was supervised.
    CUT = "cut"  # Something else ended it, or it still runs.


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock of an order as it ran: seconds ``used`` of ``total``, and those it would be given, ``limit``.

    ``used`` and ``limit`` are on the same clock; ``touched`` says whether the trial changes anything about it, and
    ``agrees`` whether the seconds recorded explain how it ended (see ``explains``).
    """

    order_id: int
    street_id: int | None
    kind: str
    stage: str
    level: str
    used: float
    total: float
    ending: Ending
    limit: float
    touched: bool
    agrees: bool = True


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely something is: at best, as far as one can tell, at worst; each from 0 to 1."""

    low: float
    likely: float
    high: float

    def then(self, later: Chance) -> Chance:
        """The chance that this or, if not, the ``later`` one comes true."""
        pairs = ((self.low, later.low), (self.likely, later.likely), (self.high, later.high))
        return Chance(*(one + (1 - one) * other for one, other in pairs))


NEVER, SURELY = Chance(0, 0, 0), Chance(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often clocks of a kind end, per second, in the second half of their time."""

    ended: int
    seconds: float
    clocks: int

    def finishes_within(self, seconds: float) -> float | None:
        """The chance that one that still runs ends within ``seconds`` more; None if too few tell."""
        if self.clocks < FEWEST or self.seconds <= 0:
            return None
        return 1 - math.exp(-self.ended / self.seconds * seconds)


@dataclass(slots=True)
class Paces:
    """The pace of each (stage, level, kind), and of the stage and level where a kind has too few."""

    found: Mapping[tuple[str, str, str], Pace]

    @classmethod
    def of(cls, clocks: Iterable[Clock]) -> Paces:
        ended: Counter[tuple[str, str, str]] = Counter()
        counted: Counter[tuple[str, str, str]] = Counter()
        seconds: dict[tuple[str, str, str], float] = {}
        for each in clocks:
            late = min(each.used, each.total) - each.total / 2
            if late <= 0:
                continue
            for key in ((each.stage, each.level, each.kind), (each.stage, each.level, "")):
                counted[key] += 1
                ended[key] += each.ending == Ending.DONE
                seconds[key] = seconds.get(key, 0.0) + late
        return cls({key: Pace(ended[key], seconds[key], counted[key]) for key in counted})

    def finishes_within(self, clock: Clock, seconds: float) -> float | None:
        for key in ((clock.stage, clock.level, clock.kind), (clock.stage, clock.level, "")):
            pace = self.found.get(key)
            chance = pace.finishes_within(seconds) if pace else None
            if chance is not None:
                return chance
        return None


def is_open(clock: Clock, struck: Chance) -> bool:
    """Whether nobody knows if the clock, which ran out, would have with the time of the trial."""
    return clock.touched and clock.ending == Ending.STRUCK and struck.low < 1


def strikes(clock: Clock, paces: Paces) -> Chance:
    """How likely the clock would have run out."""
    if not clock.touched:
        return SURELY if clock.ending == Ending.STRUCK else NEVER
    if clock.used > clock.limit + TOLERANCE:
        return SURELY
    if clock.ending != Ending.STRUCK:
        return NEVER
    if clock.limit <= clock.used + TOLERANCE:
        return SURELY
    finished = paces.finishes_within(clock, clock.limit - clock.used)
    # Nothing to go by: as it was.
    return Chance(0, 1 if finished is None else 1 - finished, 1)


def explains(used: float, total: float, ending: Ending) -> bool:
    """Whether the seconds alone say how a clock ended; not where somebody acted between the due and the firing."""
    if ending == Ending.STRUCK:
        return used >= total - TOLERANCE
    return ending == Ending.CUT or used <= total + TOLERANCE


@dataclass(slots=True)
class Tally:
    """Sums over orders; the three of a trial are at best, as far as one can tell, at worst."""

    orders: int = 0
    escalated: int = 0
    trial: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    resolved: int = 0
    on_time: int = 0
    trial_on_time: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    district: int = 0
    district_on_time: int = 0
    trial_district_on_time: float = 0.0
    # Clocks that somebody might have stopped with more time, and of them those of which no pace is known.
    guessed: int = 0
    unpaced: int = 0

    def escalation(self, was: bool, chance: Chance) -> None:
        self.orders += 1
        self.escalated += was
        for place, value in enumerate((chance.low, chance.likely, chance.high)):
            self.trial[place] += value

    def at_street(self, was: bool, chance: Chance) -> None:
        """``chance`` of not being on time; the best case of the one is the best of the other."""
        self.resolved += 1
        self.on_time += was
        for place, value in enumerate((chance.high, chance.likely, chance.low)):
            self.trial_on_time[place] += 1 - value

    def at_district(self, was: bool, chance: Chance) -> None:
        self.district += 1
        self.district_on_time += was
        self.trial_district_on_time += 1 - chance.likely
