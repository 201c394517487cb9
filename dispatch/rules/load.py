"""How much the people of a place can usually bear, and how much of that is open. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from grids.models import Post

# Open orders that a post usually carries at a time; a grid without anybody still counts as one part-time worker's.
BORNE: Mapping[str, int] = {Post.FULL_TIME_WORKER: 4, Post.PART_TIME_WORKER: 1}
LEAST = 1
STEPS = (40, 60, 80, 100)


def capacity(people: Mapping[str, int]) -> int:
    """Open orders that a grid with so many people in each post usually bears."""
    return max(LEAST, sum(BORNE.get(post, 0) * number for post, number in people.items()))


def percent(number: int, bearable: int) -> int:
    """Whole percent, rounded half up."""
    return int((Decimal(number) * 100 / Decimal(max(LEAST, bearable))).quantize(Decimal(1), ROUND_HALF_UP))
