"""A search as conditions: pairs of characters by the index, then the words as they were typed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from workorders.models import WorkOrder
from workorders.rules.bigrams import bigrams


@dataclass(frozen=True, slots=True)
class Sought:
    """``by_index`` is none where no word has two characters: then only the newest orders are looked at."""

    by_index: Q | None
    word_by_word: Q

    @property
    def where(self) -> Q:
        return self.word_by_word if self.by_index is None else self.by_index & self.word_by_word


def sought(text: str) -> Sought | None:
    """Orders whose number, title, address or description holds every word of ``text``. None without any."""
    words = text.split()
    if not words:
        return None
    pairs = sorted({pair for word in words for pair in bigrams(word) if len(pair) > 1})
    by_index = None
    if pairs:
        query = SearchQuery(" & ".join(map(_lexeme, pairs)), search_type="raw", config="simple")
        by_index = Q(text__search=query)
    spelled = Q()
    for word in words:
        # One pair in the index is the word itself; more of them may stand apart.
        if len(word) != 2 or bigrams(word) != {word}:
            spelled &= _holds(word)
    return Sought(by_index, spelled)


def _holds(word: str) -> Q:
    # Folding both sides costs ten times the comparison, and Chinese has no cases.
    lookup = "contains" if word.upper() == word.lower() else "icontains"
    columns = ("text__title", "text__address", "number", "text__description")
    where = Q()
    for column in columns:
        where |= Q(**{f"{column}__{lookup}": word})
    return where


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def search(orders: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    """Narrow orders that are few already."""
    found = sought(text)
    return orders if found is None else orders.filter(found.where)
