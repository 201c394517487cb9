"""A search as conditions: pairs of characters by the index, then the words as they were typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q

from workorders.rules.bigrams import bigrams
from workorders.selectors.words import Group


@dataclass(frozen=True, slots=True)
class Sought:
    """``pairs`` are in the index; without any, a search can only look at the newest orders."""

    words: tuple[str, ...]
    pairs: tuple[str, ...]

    def in_text_of(self, order: str, text: str, places: Sequence[Group] = ()) -> Q:
        """The condition where ``order`` and ``text`` lead to the two rows, and it is in any place of each group.

        The vector has the street and the community of its order beside the pairs, as `street4`: see migration 0007.
        """
        where = Q()
        for word in self.words:
            # One pair in the index is the word itself; more of them may stand apart.
            if len(word) != 2 or bigrams(word) != {word}:
                where &= _holds(word, order, text)
        if not self.pairs:
            return where
        either = [f"({' | '.join(map(_lexeme, group))})" for group in places]
        query = SearchQuery(" & ".join([*map(_lexeme, self.pairs), *either]), search_type="raw", config="simple")
        return Q(**{f"{text}search": query}) & where


def sought(text: str) -> Sought | None:
    """Orders whose number, title, address or description holds every word of ``text``. None without any."""
    words = tuple(text.split())
    pairs = sorted({pair for word in words for pair in bigrams(word) if len(pair) > 1})
    return Sought(words, tuple(pairs)) if words else None


def _holds(word: str, order: str, text: str) -> Q:
    # Folding both sides costs ten times the comparison, and Chinese has no cases.
    lookup = "contains" if word.upper() == word.lower() else "icontains"
    where = Q()
    for column in (f"{text}title", f"{text}address", f"{text}description"):
        where |= Q(**{f"{column}__{lookup}": word})
    # Numbers are letters, digits and a dash.
    return where | Q(**{f"{order}number__icontains": word}) if word.isascii() else where


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
