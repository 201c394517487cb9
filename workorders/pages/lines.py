"""The shapes of the queue: lines, tabs, filters."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from workorders.pages.faces import Clock
from workorders.pages.tags import Tag, Text


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the queue."""

    number: str
    url: str
    title: str
    place: str
    category: str
    status: Tag
    version: int
    status_code: str = ""
    urgency: Tag | None = None
    level: Tag | None = None
    holder: str = ""
    clock: Clock | None = None
    reported_at: dt.datetime | None = None
    selected: bool = False
    may_batch: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Text
    count: int | None = None
    current: bool = False
    url: str = ""
    short: Text = ""


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    label: Text
    options: tuple[Option, ...]

    @property
    def is_set(self) -> bool:
        return any(option.current and option.value for option in self.options)


@dataclass(frozen=True, slots=True)
class Queue:
    """``tabs`` are the groups of statuses with their counts; ``batch`` is what may be done with several.

    ``total`` is what to show: ``1000+`` where nobody counted on.
    """

    unit: str
    tabs: tuple[Option, ...]
    rows: tuple[Row, ...]
    filters: tuple[Filter, ...] = ()
    search: str = ""
    total: str = "0"
    previous_url: str = ""
    next_url: str = ""
    is_filtered: bool = False
    clear_url: str = ""

    batch: Literal["", "verify", "dispatch"] = ""

    @property
    def to_batch(self) -> int:
        return sum(row.may_batch for row in self.rows)
