"""Counts that cost the same whatever the history: open orders exactly, all of them up to a thousand."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q

from lianqin.kernel.clock import Now
from workorders.selectors.finding import Wanted, at_most, newest
from workorders.selectors.visibility import visible_to
from workorders.states import OPEN

# Who has found more narrows the search; how many there were in a month or a year is asked of the totals.
MOST = 1000


@dataclass(slots=True)
class OpenCounts:
    """Open orders, and how many of them are past their due, by status and level."""

    number: int = 0
    late: int = 0
    by_status: dict[str, int] = field(default_factory=dict)
    by_level: dict[str, int] = field(default_factory=dict)
    late_by_status: dict[str, int] = field(default_factory=dict)


def open_counts(wanted: Wanted) -> OpenCounts:
    """One query, over open orders only."""
    orders = (
        wanted.in_queue if wanted.is_queue else visible_to(wanted.actor).filter(wanted.with_text(), wanted.of_the_unit)
    )
    groups = orders.order_by().filter(status__in=OPEN).values_list("status", "level")
    told = OpenCounts()
    for status, level, number, late in groups.annotate(Count("pk"), late=Count("pk", filter=Q(due_at__lt=Now()))):
        told.number += number
        told.late += late
        told.by_status[status] = told.by_status.get(status, 0) + number
        told.by_level[level] = told.by_level.get(level, 0) + number
        if late:
            told.late_by_status[status] = told.late_by_status.get(status, 0) + late
    return told


def total(wanted: Wanted) -> tuple[int, bool]:
    """How many orders are wanted, history included, and whether that is all of them. At most two queries."""
    if wanted.is_queue:
        return wanted.in_queue.count(), True
    if wanted.is_unindexed:
        return len(newest(wanted, MOST)), False
    found = at_most(wanted, MOST + 1)
    return min(found, MOST), found <= MOST
