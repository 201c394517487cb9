"""What a monitor must know about totals: are they compared with the events, do they agree, are bookings folded?"""

from __future__ import annotations

from insight.models import Booking
from insight.services.reconciling import hours_since_last, standing_differences
from relay.health import Fact, check

# A day, and time for the night's work.
LONGEST_HOURS = 30
# Beyond this, reading totals begins to cost: nobody folds.
MOST_BOOKINGS = 100_000


@check("rollups_reconciled")
def rollups_reconciled() -> Fact:
    hours = hours_since_last()
    if hours is None:
        return Fact(ok=True, note="has not run yet")
    return Fact(ok=hours <= LONGEST_HOURS, value=round(hours, 1), limit=LONGEST_HOURS)


@check("rollup_differences")
def rollup_differences() -> Fact:
    count = standing_differences()
    return Fact(ok=count == 0, value=count, limit=0)


@check("rollup_bookings")
def rollup_bookings() -> Fact:
    count = Booking.objects.count()
    return Fact(ok=count <= MOST_BOOKINGS, value=count, limit=MOST_BOOKINGS)
