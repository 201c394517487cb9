"""Finding words of a list in what people wrote, however they are spelled. Pure.

Half and full width, capitals, traditional characters, and anything put between the letters make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

CATEGORY = "#"
LONGEST_WORD, MOST_WORDS = 40, 20_000
# Where characters that have a simple form are found.
IDEOGRAPHS = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00), range(0x20000, 0x2A6E0))


@dataclass(frozen=True, slots=True)
class Hit:
    word: str
    category: str


@lru_cache(maxsize=1)
def simple() -> dict[int, str]:
    """One character at a time: what stands beside it must not change what it becomes."""
    told = [chr(code) for codes in IDEOGRAPHS for code in codes]
    made = OpenCC("t2s").convert("\n".join(told)).split("\n")
    return {ord(one): other for one, other in zip(told, made, strict=True) if one != other and len(other) == 1}


def plain(text: str) -> str:
    """Small, half as wide, simplified; everything else stays in its place."""
    return unicodedata.normalize("NFKC", text).casefold().translate(simple())


def letters(text: str) -> str:
    """Only letters and digits of what :func:`plain` made: spaces, marks and what nobody sees fall out."""
    return "".join(each for each in text if each.isalnum())


def words_of(contents: str) -> tuple[dict[str, str], list[str]]:
    """Word -> category of lines ``# category`` with words below; and what is wrong, by line."""
    found: dict[str, str] = {}
    faults: list[str] = []
    category = ""
    for number, line in enumerate(contents.splitlines(), start=1):
        text = line.strip()
        if text.startswith(CATEGORY):
            category = text.removeprefix(CATEGORY).strip()[:20]
        elif text and not category:
            faults.append(f"{number}: {text[:20]}")
        elif text:
            if not 2 <= len(letters(plain(text))) <= LONGEST_WORD:
                faults.append(f"{number}: {text[:20]}")
            else:
                found[text] = category
    return found, faults


class Matcher:
    """Every word of a list in one pass over the text: a trie with the ways back of Aho and Corasick.

    Words of Latin letters alone have to stand alone: "ass" is not in "class", but in "a.s.s".
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._back: list[int] = [0]
        self._ends: list[tuple[Hit, ...]] = [()]
        latin: dict[str, Hit] = {}
        for word, category in words.items():
            told = letters(plain(word))
            if told.isascii():
                latin[told] = Hit(word, category)
            else:
                self._add(told, Hit(word, category))
        self._latin = latin
        self._pattern = _alone(latin)
        self._link()

    def hits(self, text: str) -> list[Hit]:
        """What was found, each once, in the order of the text."""
        told = plain(text)
        found: dict[Hit, None] = {}
        state = 0
        for letter in letters(told):
            while state and letter not in self._next[state]:
                state = self._back[state]
            state = self._next[state].get(letter, 0)
            found.update(dict.fromkeys(self._ends[state]))
        if self._pattern is not None:
            found.update({self._latin[letters(each.group())]: None for each in self._pattern.finditer(told)})
        return list(found)

    def _add(self, told: str, hit: Hit) -> None:
        state = 0
        for letter in told:
            if letter not in self._next[state]:
                self._next[state][letter] = len(self._next)
                self._next.append({})
                self._back.append(0)
                self._ends.append(())
            state = self._next[state][letter]
        self._ends[state] += (hit,)

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for letter, child in self._next[state].items():
                waiting.append(child)
                back = self._back[state]
                while back and letter not in self._next[back]:
                    back = self._back[back]
                self._back[child] = self._next[back].get(letter, 0)
                self._ends[child] += self._ends[self._back[child]]


def _alone(words: Iterable[str]) -> re.Pattern[str] | None:
    if not words:
        return None
    longest_first = sorted(words, key=len, reverse=True)
    parts = (r"[\W_]*".join(map(re.escape, word)) for word in longest_first)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(parts)})(?![a-z0-9])")
