"""Texts to learn from, and what is told of the versions learned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from catalogue.models import Category
from citizens.models import ReadingKind, ReadSuggestion
from citizens.rules.reading_training import Row, Rows
from lianqin.kernel import clock
from workorders.models import OrderText

BATCH = 4096
# A matter with fewer examples is learned as its class.
FEWEST_EXAMPLES = 20
LEAF = 2
USED_WITHIN = dt.timedelta(days=30)
# Of more than these, the newest: what comes every week must end within the hour that it has.
MOST_TEXTS = 1_000_000
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Split:
    """Orders by time: learned from (ids from ``first``), calibrated on (from ``tuned``), held out (from ``tested``)."""

    first: int
    tuned: int
    tested: int
    after: int
    texts: int


@dataclass(frozen=True, slots=True)
class Use:
    """Of one matter: how often it was suggested, and what staff made of it."""

    code: str
    name: str
    suggested: int
    taken: int
    corrected: int

    @property
    def percent(self) -> int | None:
        decided = self.taken + self.corrected
        return round(100 * self.taken / decided) if decided else None


def told_by(title: str, description: str) -> str:
    """What a reader reads: the title, in which most stands, counts twice."""
    return f"{title} {title} {description}"


def learnable() -> QuerySet[OrderText]:
    """Texts that nobody had erased, of orders whose category staff has looked at."""
    seen = Q(order__registered_at__isnull=False) | Q(order__on_site=True)
    return OrderText.objects.filter(seen, erased_at=None, order__category__isnull=False)


def split(since: dt.date | None, limit: int | None) -> Split | None:
    """The latest fifth is held out, the fifth before it calibrates. None where there are fewer than ten texts."""
    texts = learnable()
    if since is not None:
        texts = texts.filter(order__reported_at__date__gte=since)
    number = min(texts.count(), limit or MOST_TEXTS)
    if number < 10:
        return None
    newest = texts.order_by("-order_id").values_list("order_id", flat=True)
    fifth = number // 5
    last, tested, tuned, first = (newest[at] for at in (0, fifth - 1, 2 * fifth - 1, number - 1))
    return Split(first, tuned, tested, last + 1, number)


def rows(kind: str, first: int, after: int, names: dict[int, str], told: Told) -> Rows:
    """The texts of these orders with their labels, read anew at each pass, a batch at a time."""

    def read() -> Iterator[Row]:
        at = first - 1
        while True:
            found = list(
                learnable()
                .filter(order_id__gt=at, order_id__lt=after)
                .order_by("order_id")
                .values_list("order_id", "title", "description", "order__category_id", "order__urgency")[:BATCH]
            )
            for _pk, title, description, category_id, urgency in found:
                label = urgency if kind == ReadingKind.URGENCY else names[category_id]
                yield told_by(title, description), label
            told(len(found))
            if len(found) < BATCH:
                return
            at = found[-1][0]

    return read


def names_of_categories(first: int, after: int) -> dict[int, str]:
    """Key of a matter to the code that is learned for it: its own, or its class's where examples are few."""
    counted = dict(
        learnable()
        .filter(order_id__gte=first, order_id__lt=after)
        .values_list("order__category_id")
        .annotate(number=Count("pk"))
    )
    known = {row.pk: row for row in Category.objects.select_related("parent")}
    return {
        pk: row.code if counted.get(pk, 0) >= FEWEST_EXAMPLES or row.parent is None else row.parent.code
        for pk, row in known.items()
    }


def uses() -> list[Use]:
    """What became of suggestions lately, the commonest first: taken as they were, or corrected. One query."""
    taken = Q(order__category__code=F("code")) | Q(order__category__parent__code=F("code"))
    decided = Q(order__registered_at__isnull=False)
    found = (
        ReadSuggestion.objects.filter(suggested_at__gte=clock.now() - USED_WITHIN)
        .values("code")
        .annotate(
            suggested=Count("pk"),
            taken=Count("pk", filter=decided & taken),
            decided=Count("pk", filter=decided),
        )
        .order_by("-suggested", "code")
    )
    names = dict(Category.objects.values_list("code", "name"))
    return [
        Use(
            code=each["code"],
            name=names.get(each["code"], each["code"]),
            suggested=each["suggested"],
            taken=each["taken"],
            corrected=each["decided"] - each["taken"],
        )
        for each in found
    ]
