"""Publish the numbers of a month, once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.models import StatisticsMonth
from citizens.rules.open_data import NO_STREET, Cell, Tally, months_over, published
from citizens.rules.suppression import Key
from citizens.selectors.open_data import Counter, Named, first_report
from insight.models import Booking
from insight.rules import next_month
from lianqin.kernel import clock

# Days after the end of a month: whatever was still on its way to the counters has arrived.
SETTLE_DAYS = 1
# Of the months of an old installation, so many at a time; the next tick goes on.
BATCH = 12


def publish_months() -> list[dt.date]:
    """Publish the months that are over, the oldest first; not those whose events still wait to be counted."""
    today = timezone.localtime(clock.now()).date()
    first = first_report()
    if first is None:
        return []
    done = set(StatisticsMonth.objects.values_list("month", flat=True))
    due = [month for month in months_over(first, today, SETTLE_DAYS) if month not in done][:BATCH]
    return [month for month in due if not _still_counting(month) and publish_month(month) is not None]


def publish_month(month: dt.date) -> StatisticsMonth | None:
    """Count a month and publish it; None if it was published before, or as long as no matter is public."""
    counter = Counter(month)
    if not counter.kinds:
        return None
    return write_month(month=month, tallies=counter.count(), streets=counter.streets, kinds=counter.kinds)


@transaction.atomic
def write_month(
    *, month: dt.date, tallies: Mapping[Key, Tally], streets: Named, kinds: Named
) -> StatisticsMonth | None:
    """Keep of the tallies what may be published, and forget the rest; None if the month was published before."""
    if any(street == NO_STREET for street, _kind in tallies):
        streets = [*streets, (NO_STREET, "")]
    least = settings.LIANQIN_OPEN_DATA_LEAST
    cells = published(
        tallies, streets=[code for code, _name in streets], kinds=[code for code, _name in kinds], least=least
    )
    contents = _contents(streets, kinds, cells)
    row, new = StatisticsMonth.objects.get_or_create(
        month=month,
        defaults={"made_at": clock.now(), "least": least, "contents": contents, "digest": _digest(month, contents)},
    )
    return row if new else None


def _contents(streets: Named, kinds: Named, cells: list[Cell]) -> dict[str, Any]:
    return {
        "streets": [list(each) for each in streets],
        "classes": [list(each) for each in kinds],
        "cells": [[cell.street, cell.kind, *cell.values] for cell in cells],
    }


def _digest(month: dt.date, contents: Mapping[str, Any]) -> str:
    told = json.dumps([month.isoformat(), contents], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


def _still_counting(month: dt.date) -> bool:
    """Whether events of the month may be missing from the counters."""
    settled = dt.datetime.combine(next_month(month), dt.time()) + dt.timedelta(days=SETTLE_DAYS)
    return Booking.objects.filter(booked_at__lt=timezone.make_aware(settled)).exists()
