"""Breaking Chinese text into lines as an official document asks: nothing begins or ends a line that must not. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Measure = Callable[[str], float]
NOT_FIRST = frozenset("，。、；：！？）」』》〉】〕”’…—%,.;:!?)")
NOT_LAST = frozenset("（「『《〈【〔“‘(")
INDENT = "\u3000\u3000"
# Neither XML nor a database takes them all: control characters but tab and new line, halves of pairs, no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_RUN = r"[0-9A-Za-z][0-9A-Za-z.:/_-]*"


def printable(text: str) -> str:
    """The text without what no document can show; whatever ended a line is a new line."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def broken(text: str, *, room: float, measure: Measure, whole: Iterable[str] = ()) -> list[str]:
    """The lines of a paragraph. Names in ``whole`` and runs of Latin letters or digits stay in one line."""
    lines: list[list[str]] = [[]]
    width = 0.0
    for token in _tokens(text, room, measure, whole):
        wide = measure(token)
        if lines[-1] and width + wide > room:
            carried = _carried(lines[-1], token)
            lines.append(carried)
            width = sum(measure(each) for each in carried)
        lines[-1].append(token)
        width += wide
    return ["".join(line) for line in lines]


def _carried(line: list[str], token: str) -> list[str]:
    """What goes to the next line with ``token``: what would otherwise leave a mark at a wrong end."""
    carried: list[str] = []
    while len(line) > 1 and ((carried or [token])[0][0] in NOT_FIRST or line[-1] in NOT_LAST):
        carried.insert(0, line.pop())
    return carried


def _tokens(text: str, room: float, measure: Measure, whole: Iterable[str]) -> list[str]:
    names = sorted({name for name in whole if name}, key=len, reverse=True)
    pattern = "|".join([*(re.escape(name) for name in names), _RUN, "."])
    found: list[str] = []
    for token in re.findall(pattern, text, re.DOTALL):
        found.extend([token] if measure(token) <= room else token)
    return found


_DIGITS = "〇一二三四五六七八九"


def in_characters(number: int) -> str:
    """Numbers of headings, up to 99: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones else "")
