"""Find names of places in a text: the longest name known at each position, and what looks like an address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
END = ""
LONGEST = 1000
# 中山北路 23 号, 滨江花园小区: what an address looks like where its name is not known.
PATTERN = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,6}?(?:大道|街道|社区|小区|花园|新村|家园|公寓|路|街|巷))(?P<house>\s*[0-9]{1,5}(?:-[0-9]{1,4})?\s*号)?"
)
# A name does not begin with these: what stands before them belongs to the sentence.
LEADS = re.compile(r"^.*(?:在|到|从|位于|住|是|于|的|和|与|向|沿|往|至|对面|旁边|附近|靠近)")
FEWEST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """``start`` to ``end`` in the text; ``known``: all that bear the name, none for what only looks like a place."""

    start: int
    end: int
    words: str
    known: tuple[T, ...]


class Gazetteer(Generic[T]):
    """Names in a tree of letters; one name may belong to several places."""

    def __init__(self, names: Iterable[tuple[str, T]] = ()) -> None:
        """Take names with what bears them; shorter ones than two letters are left out."""
        self._root: dict[str, object] = {}
        for name, place in names:
            if len(name) < 2:
                continue
            node = self._root
            for letter in name:
                node = node.setdefault(letter, {})  # type: ignore[assignment]
            node.setdefault(END, []).append(place)  # type: ignore[attr-defined]

    def find(self, text: str) -> list[Found[T]]:
        """Known names, the longest at each position and none within another; then what looks like an address."""
        text = text[:LONGEST]
        known = list(self._known(text))
        taken = [False] * len(text)
        for each in known:
            taken[each.start : each.end] = [True] * (each.end - each.start)
        looks: Iterator[Found[T]] = _looks(text)
        return known + [each for each in looks if not any(taken[each.start : each.end])]

    def _known(self, text: str) -> Iterator[Found[T]]:
        at = 0
        while at < len(text):
            end, places = self._longest(text, at)
            if places:
                yield Found(at, end, text[at:end], places)
                at = end
            else:
                at += 1

    def _longest(self, text: str, start: int) -> tuple[int, tuple[T, ...]]:
        node, best, places = self._root, start, ()
        for at in range(start, len(text)):
            if text[at] not in node:
                break
            node = node[text[at]]  # type: ignore[assignment]
            if END in node:
                best, places = at + 1, tuple(node[END])  # type: ignore[arg-type, assignment]
        return best, places


def _looks(text: str) -> Iterator[Found[T]]:
    for each in PATTERN.finditer(text):
        lead = LEADS.match(each["name"])
        start = each.start() + (lead.end() if lead else 0)
        if each.end("name") - start >= FEWEST_LETTERS:
            yield Found(start, each.end(), text[start : each.end()], ())


def name_of_address(address: str) -> str:
    """The road or housing estate of an address, without its house number; empty where there is none.

    A house number tells who lives there: it never becomes a name that others are shown.
    """
    found: list[Found[str]] = list(_looks(re.sub(r"^.*?(?:市|区|街道|社区|镇)(?=[\u4e00-\u9fff]{3})", "", address)))
    return re.sub(r"\s*[0-9].*$", "", found[0].words) if found else ""
