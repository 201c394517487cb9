"""Months as numbers such as 202611, and the ids of the orders that were reported in them. Pure."""

from __future__ import annotations

import datetime as dt

from catalogue.workclock import SHANGHAI

# An order's id is its month times this, plus a number.
IDS_A_MONTH = 10**9
# Ids below carry no month: they are older than the rule.
FIRST_WITH_MONTH = 100001 * IDS_A_MONTH


def month_of(order_id: int) -> int | None:
    """The month in which an order was reported, by its id; None for ids that carry none."""
    return order_id // IDS_A_MONTH if order_id >= FIRST_WITH_MONTH else None


def month_at(moment: dt.datetime) -> int:
    """The month of a moment as people there name it, and as the ids have it."""
    there = moment.astimezone(SHANGHAI)
    return there.year * 100 + there.month


def ids_of(month: int) -> tuple[int, int]:
    """The first id of a month and the first one after it."""
    return month * IDS_A_MONTH, later(month, 1) * IDS_A_MONTH


def later(month: int, months: int) -> int:
    """``months`` later, or earlier if negative."""
    count = month // 100 * 12 + month % 100 - 1 + months
    return count // 12 * 100 + count % 12 + 1


def between(first: int, last: int) -> list[int]:
    """All months from ``first`` to ``last``, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = later(first, 1)
    return found


def is_month(number: int) -> bool:
    return 100001 <= number <= 999912 and 1 <= number % 100 <= 12
