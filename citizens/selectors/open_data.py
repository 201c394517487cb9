"""What happened in a month, and what is published of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from catalogue.models import Category
from citizens.models import Satisfaction, StatisticsMonth
from citizens.rules.open_data import NO_STREET, PLEASED, Tally
from citizens.rules.suppression import Key
from grids.ground import in_force
from grids.models import Street
from insight.rules import next_month
from insight.selectors import month_cells
from workorders.models import WorkOrder
from workorders.states import Status

Named = list[tuple[str, str]]


class Counter:
    """Counts the orders of public matters of a month: what is private stands in no cell and in no total.

    So whoever knows every public order, as all may, learns nothing of the others by subtraction. Six queries.
    """

    def __init__(self, month: dt.date) -> None:
        self.month = month
        self.since, self.until = (_midnight(day) for day in (month, next_month(month)))
        matters = Category.objects.filter(public=True, parent__isnull=False).order_by("parent__order", "parent__code")
        rows = list(matters.values_list("pk", "parent__code", "parent__name"))
        self.kind_of = {pk: code for pk, code, _name in rows}
        self.kinds: Named = list({code: name for _pk, code, name in rows}.items())
        known = list(Street.objects.order_by("code").values_list("pk", "code", "short_name", "valid_to"))
        self.street_of: dict[int | None, str] = {None: NO_STREET, **{row[0]: row[1] for row in known}}
        # One that ended before the month has nothing to tell.
        self.streets: Named = [(code, name) for _pk, code, name, until in known if until is None or until > month]
        self.tallies: dict[Key, Tally] = defaultdict(Tally)

    def count(self) -> dict[Key, Tally]:
        """(street, class) -> what was counted, by their codes."""
        orders = WorkOrder.objects.filter(category__in=self.kind_of).order_by()
        reported = orders.filter(reported_at__gte=self.since, reported_at__lt=self.until)
        for street, matter, count in reported.values_list("street_id", "category_id").annotate(Count("pk")):
            self._of(street, matter).reported += count
        for street, matter, (closed, late) in month_cells(self.month, ("closed", "closed_late")):
            if matter in self.kind_of:
                self._of(street, matter).closed += closed
                self._of(street, matter).late += late
        ended = orders.filter(status=Status.CLOSED, ended_at__gte=self.since, ended_at__lt=self.until)
        for street, matter, began, over in ended.values_list("street_id", "category_id", "reported_at", "ended_at"):
            assert over is not None
            self._of(street, matter).seconds.append((over - began).total_seconds())
        answers = Satisfaction.objects.filter(order__category__in=self.kind_of, satisfied__isnull=False).order_by()
        answers = answers.filter(first_at__gte=self.since, first_at__lt=self.until)
        given = answers.values_list("order__street_id", "order__category_id")
        for street, matter, count, pleased in given.annotate(
            Count("pk"), pleased=Count("pk", filter=Q(satisfied__gte=PLEASED))
        ):
            self._of(street, matter).answered += count
            self._of(street, matter).satisfied += pleased
        named = {code for code, _name in self.streets} | {NO_STREET}
        # What comes late from a street that is no more is told of no street, but it is told.
        found: dict[Key, Tally] = {}
        for (street, kind), tally in self.tallies.items():
            found.setdefault((street if street in named else NO_STREET, kind), Tally()).add(tally)
        return found

    def _of(self, street: int | None, matter: int | None) -> Tally:
        assert matter is not None
        return self.tallies[self.street_of[street], self.kind_of[matter]]


def first_report() -> dt.date | None:
    """The local day of the oldest report."""
    first = WorkOrder.objects.aggregate(first=Min("reported_at"))["first"]
    return None if first is None else timezone.localtime(first).date()


def published_months() -> QuerySet[StatisticsMonth]:
    """Newest first."""
    return StatisticsMonth.objects.order_by("-month")


def months_of(year: int | None = None, month: int | None = None) -> QuerySet[StatisticsMonth]:
    """Of a year, of one month of it, or all; oldest first."""
    found = StatisticsMonth.objects.order_by("month")
    if year is not None:
        found = found.filter(month__year=year)
    return found if month is None else found.filter(month__month=month)


def closed_in_street(code: str, most: int) -> tuple[Street | None, Iterable[WorkOrder]]:
    """A street and the public orders that it closed last, newest first. Two queries, by an index of its own."""
    street = Street.objects.filter(in_force(), code=code).defer("boundary").first()
    if street is None:
        return None, ()
    found = WorkOrder.objects.filter(street=street, status=Status.CLOSED, ended_at__isnull=False)
    found = found.filter(category__public=True, category__parent__isnull=False)
    found = found.select_related("category__parent", "community").defer("community__boundary")
    return street, found.order_by("-ended_at", "-pk")[:most]


def streets_in_force() -> Iterator[tuple[str, str]]:
    """Code and name, by code."""
    yield from Street.objects.filter(in_force()).order_by("code").values_list("code", "short_name")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
