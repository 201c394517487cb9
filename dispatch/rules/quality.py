"""How good dispatching and its suggestions are, as rates of sums. Pure; see docs/adr on dispatch accuracy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch.rules.wall import percent

# Fewer say nothing of a street, a class or a rule.
LEAST_SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Quality:
    """Counts of a place, a class or a rule; a rate is empty below ``LEAST_SAMPLES``.

    ``wrong``: the lead returned the order as not theirs, less what an arbitration gave back to them.
    """

    dispatched: int
    wrong: int
    suggested: int
    followed: int
    corrected: int

    @property
    def accuracy(self) -> str:
        """派遣准确率: dispatches that did not come back, of all."""
        return _rate(self.dispatched - self.wrong, self.dispatched)

    @property
    def acceptance(self) -> str:
        """建议采纳率: suggestions that were followed, of those that were made."""
        return _rate(self.followed, self.suggested)

    @property
    def coverage(self) -> str:
        """清单覆盖率: dispatches for which a rule applied, of all."""
        return _rate(self.suggested, self.dispatched)


def _rate(part: int, whole: int) -> str:
    return percent(max(0, part), whole) if whole >= LEAST_SAMPLES else ""


def quality_of(sums: Mapping[str, int]) -> Quality:
    """From the totals of insight."""
    return Quality(
        dispatched=sums["dispatched"],
        wrong=sums["misdispatched"] - sums["upheld"],
        suggested=sums["dispatched_by_rule"],
        followed=sums["followed"],
        corrected=sums["corrected"],
    )
