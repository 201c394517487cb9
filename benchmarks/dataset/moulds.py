"""The shape of a mould: text with numbered slots, for one order or for several that belong together."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.dataset.town import Matter

Cell = str | int
"""Literal text, or the number of a slot."""

RAW, QUOTED = "\ue000%06d\ue001", "\ue002%06d\ue003"
SLOT = re.compile('"\ue000(\\d+)\ue001"|\ue002(\\d+)\ue003')


@dataclass(slots=True)
class EventMould:
    """``texts``: (text, salt, hash) to be filled before the body; ``at``: microseconds from the start."""

    at: int
    texts: list[tuple[Cell, int, int]]
    body: list[Cell]
    body_slot: int
    hash_slot: int
    row: list[Cell]
    message: list[Cell]


@dataclass(slots=True)
class OrderMould:
    reported: int
    number_slot: int
    id_slot: int
    events: list[EventMould]
    rows: list[tuple[str, list[Cell]]]
    search_slot: int
    searched: tuple[Cell, ...]
    # Where the order lies, as it stands in the vector beside what is searched.
    places: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Mould:
    """``start`` is local time; ``counts``: rows of each kind of id; ``slots`` in the order of their numbers."""

    course: str
    matter: Matter
    start: dt.datetime
    last: int
    status: str
    level: str
    due: dt.datetime | None
    slots: list[tuple[Any, ...]]
    orders: list[OrderMould]
    counts: dict[str, int] = field(default_factory=dict)


def render(cells: Sequence[Cell], values: Sequence[str]) -> str:
    return "".join([values[cell] if cell.__class__ is int else cell for cell in cells])  # type: ignore[misc]


def escaped(text: str) -> str:
    """As COPY reads it."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def split(text: str) -> list[Cell]:
    """Cut a JSON text at its slots."""
    cells: list[Cell] = []
    end = 0
    for found in SLOT.finditer(text):
        cells += [text[end : found.start()], int(found[1] or found[2])]
        end = found.end()
    return [*cells, text[end:]]


def joined(cells: Sequence[Cell]) -> list[Cell]:
    """Put literals that stand beside each other together."""
    made: list[Cell] = []
    for cell in cells:
        if isinstance(cell, str) and made and isinstance(made[-1], str):
            made[-1] += cell
        elif cell != "":
            made.append(cell)
    return made
