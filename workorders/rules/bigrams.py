"""Cut text into overlapping pairs of characters: the words of a search without a dictionary. Pure."""

from __future__ import annotations

import re
import unicodedata

RUNS = re.compile(r"[^\W_]+")


def bigrams(text: str) -> set[str]:
    """Pairs within each run of letters, digits or characters, folded to half width and lower case.

    A run of one character gives that character. Punctuation separates.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: set[str] = set()
    for run in RUNS.findall(folded):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
        if len(run) == 1:
            found.add(run)
    return found
