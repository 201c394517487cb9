"""What stands on a matter: open orders and rules, before it is put aside."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from catalogue.models import Category, DeadlineRule, Responsibility
from catalogue.selectors.lists import book
from workorders.models import WorkOrder
from workorders.states import FINAL


@dataclass(frozen=True, slots=True)
class Uses:
    """Counts over a category and, for a class, its matters."""

    open_orders: int
    deadlines: int
    responsibilities: int

    @property
    def any(self) -> bool:
        return bool(self.open_orders or self.deadlines or self.responsibilities)


def uses_of(category: Category) -> Uses:
    """Three queries."""
    here = Q(category=category) | Q(category__parent=category)
    known = book()
    version = known.version_on(known.today)
    return Uses(
        open_orders=WorkOrder.objects.filter(here).exclude(status__in=FINAL).count(),
        deadlines=DeadlineRule.objects.filter(here, valid_to=None).count(),
        responsibilities=Responsibility.objects.filter(here, version_id=version.pk).count() if version else 0,
    )


def classes(words: str) -> list[tuple[Category, list[Category]]]:
    """Every class with its matters, active or not; those that fit the words by name, code or pinyin. One query."""
    rows = list(Category.objects.select_related("parent").order_by("order", "code"))
    words = words.strip().lower()

    def fits(row: Category) -> bool:
        return not words or any(
            words in text.lower() for text in (row.name, row.code, row.pinyin, row.pinyin.replace(" ", ""))
        )

    found = []
    for top in (row for row in rows if row.parent_id is None):
        below = [row for row in rows if row.parent_id == top.pk and (fits(row) or fits(top))]
        if below or fits(top):
            found.append((top, below))
    return found
