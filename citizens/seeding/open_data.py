"""Made-up months of public numbers, for demonstrations: as many as a district has when a year is over."""

from __future__ import annotations

import datetime as dt
import math
import random

from django.utils import timezone

from citizens.rules.open_data import Tally
from citizens.selectors.open_data import Counter
from citizens.services.open_data import SETTLE_DAYS, write_month
from lianqin.kernel import clock

MONTHS = 12
DAY_SECONDS = 86_400


def seed_months(months: int = MONTHS) -> int:
    """Publish the last months that are over, each made up from its own number; return how many were not there yet."""
    today = timezone.localtime(clock.now()).date() - dt.timedelta(days=SETTLE_DAYS)
    month, written = today.replace(day=1), 0
    for _n in range(months):
        month = (month - dt.timedelta(days=1)).replace(day=1)
        counter = Counter(month)
        tallies = _made_up(month, [code for code, _name in counter.streets], [code for code, _name in counter.kinds])
        row = write_month(month=month, tallies=tallies, streets=counter.streets, kinds=counter.kinds)
        written += row is not None
    return written


def _made_up(month: dt.date, streets: list[str], kinds: list[str]) -> dict[tuple[str, str], Tally]:
    chance = random.Random(month.isoformat())
    season = 1 + 0.25 * math.sin((month.month - 4) / 12 * 2 * math.pi)
    # The same in every month: some streets have more people, some matters come up more often.
    busy = {street: 0.4 + random.Random(street).random() * 1.8 for street in streets}
    common = {kind: 40 * 0.78**place for place, kind in enumerate(kinds)}
    return {
        (street, kind): _tally(chance, int(chance.gauss(busy[street] * common[kind] * season, 2)))
        for street in streets
        for kind in kinds
    }


def _tally(chance: random.Random, reported: int) -> Tally:
    reported = max(0, reported)
    closed = sum(chance.random() < 0.95 for _n in range(reported))
    answered = sum(chance.random() < 0.35 for _n in range(closed))
    return Tally(
        reported=reported,
        closed=closed,
        late=sum(chance.random() < 0.05 for _n in range(closed)),
        answered=answered,
        satisfied=sum(chance.random() < 0.9 for _n in range(answered)),
        seconds=[chance.lognormvariate(0.6, 0.8) * DAY_SECONDS for _n in range(closed)],
    )
