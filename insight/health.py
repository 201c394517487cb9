"""What a monitor must know about totals: are they compared with the events, do they agree, are bookings folded?"""

from __future__ import annotations

from django.db.models import F

from insight.models import Booking
from insight.services.reconciling import hours_since_last, standing_differences
from lianqin.kernel.clock import Now
from relay.health import Fact, check

# A day, and time for the night's work.
LONGEST_HOURS = 30
OLDEST_SECONDS = 300


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


@check("rollup_bookings_age_seconds")
def rollup_bookings_age() -> Fact:
    """Totals are as old as the oldest event that is not folded."""
    oldest = Booking.objects.order_by("pk").annotate(age=Now() - F("booked_at")).first()
    seconds = 0.0 if oldest is None else round(oldest.age.total_seconds(), 1)
    return Fact(ok=seconds <= OLDEST_SECONDS, value=seconds, limit=OLDEST_SECONDS)
