"""The words by which one index has orders: see migration 0006. What nearly every order has is no word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from workorders.models import WorkOrder
from workorders.models.orders import FACETS, Urgency
from workorders.states import Level, Status

ON_SITE = "on_site"
# As in the function of the database.
NO_WORDS = {("status", Status.CLOSED), ("level", Level.STREET), ("urgency", Urgency.NORMAL)}
PLACES = ("street ", "community ")
# Any of these words.
Group = tuple[str, ...]


def group(name: str, values: Iterable[str | int]) -> tuple[Group, ...]:
    """The words for one of several values of a column; nothing if one of them is no word."""
    wanted = list(values)
    if any((name, value) in NO_WORDS for value in wanted):
        return ()
    return (tuple(f"{name} {value}" for value in wanted),)


def apart(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Those of streets and communities apart from the others, as the index of texts writes them: see migration 0007."""
    places = [each for each in groups if each and each[0].startswith(PLACES)]
    return [each for each in groups if each not in places], [
        tuple(word.replace(" ", "") for word in each) for each in places
    ]


def having(orders: QuerySet[WorkOrder], groups: Sequence[Group]) -> QuerySet[WorkOrder]:
    """Orders that have a word of each group."""
    if not groups:
        return orders
    orders = orders.alias(words=FACETS)
    needed = [each[0] for each in groups if len(each) == 1]
    if needed:
        orders = orders.filter(Q(words__contains=needed))
    for each in groups:
        if len(each) != 1:
            orders = orders.filter(Q(words__overlap=list(each)))
    return orders
