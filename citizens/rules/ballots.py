"""How slips are counted: by anybody, with the same result. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

FOR, AGAINST, ABSTAIN = "for", "against", "abstain"
CARRIED, NOT_CARRIED, NO_QUORUM = "carried", "not_carried", "no_quorum"


@dataclass(frozen=True, slots=True)
class Result:
    """``counts``: votes by number of the proposal, and by ``against`` and ``abstain``; ``winner`` is a number."""

    counts: dict[str, int]
    turnout: int
    outcome: str
    winner: int | None


def tally(slips: Iterable[tuple[str, int | None]], quorum: int) -> Result:
    """Count (choice, number of the proposal). Carried is what more than half of all who took part are for."""
    counted = Counter(str(number) if choice == FOR else choice for choice, number in slips)
    turnout = sum(counted.values())
    counts = dict(sorted(counted.items()))
    if turnout < quorum:
        return Result(counts, turnout, NO_QUORUM, None)
    ahead = max((key for key in counted if key.isdecimal()), key=lambda key: counted[key], default="")
    if ahead and 2 * counted[ahead] > turnout:
        return Result(counts, turnout, CARRIED, int(ahead))
    return Result(counts, turnout, NOT_CARRIED, None)
