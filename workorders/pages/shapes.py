"""The context of every template: frozen shapes, already worded in Chinese, so that a template only arranges."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from workorders.pages.entries import Form
from workorders.pages.tags import Tag, Text, Tone


@dataclass(frozen=True, slots=True)
class Clock:
    """One running, paused or finished timer. ``now`` is the database's; fractions run over wall time."""

    label: Text
    started_at: dt.datetime
    due_at: dt.datetime
    now: dt.datetime
    state: Literal["running", "paused", "done"] = "running"
    who: Text = ""
    consequence: Text = ""
    paused_because: Text = ""
    warning: Text = ""
    warn_at: float = 0.8

    @property
    def remaining_seconds(self) -> int:
        return round((self.due_at - self.now).total_seconds())

    @property
    def is_overdue(self) -> bool:
        return self.remaining_seconds < 0

    @property
    def used(self) -> float:
        """Share of the time that is used up, between 0 and 1."""
        whole = (self.due_at - self.started_at).total_seconds()
        return 1.0 if whole <= 0 else min(1.0, max(0.0, (self.now - self.started_at).total_seconds() / whole))

    @property
    def percent(self) -> int:
        return round(self.used * 100)

    @property
    def hand(self) -> str:
        """``stroke-dasharray`` of a ring with radius 18."""
        return f"{self.used * 113.1:.1f} 113.1"

    @property
    def tone(self) -> str:
        if self.state != "running":
            return self.state
        if self.is_overdue:
            return "critical"
        return "warn" if self.used >= self.warn_at else "ok"

    @property
    def value(self) -> str:
        return countdown(self.remaining_seconds)

    @property
    def words(self) -> str:
        """``12分钟``, ``3小时20分``, ``2天4小时``: how long until it runs out."""
        return in_words(self.remaining_seconds)

    @property
    def is_long(self) -> bool:
        """More than a day either way: needs a smaller figure."""
        return abs(self.remaining_seconds) >= 86_400


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
    """``tabs`` are the groups of statuses with their counts."""

    unit: str
    tabs: tuple[Option, ...]
    rows: tuple[Row, ...]
    filters: tuple[Filter, ...] = ()
    search: str = ""
    total: int = 0
    previous_url: str = ""
    next_url: str = ""
    is_filtered: bool = False
    clear_url: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    label: Text
    note: Text
    state: Literal["done", "now", "todo", "stopped"]


@dataclass(frozen=True, slots=True)
class Fact:
    label: Text
    value: Text
    wide: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    name: str
    kind: Literal["picture", "video", "audio", "file"] = "picture"
    mark: Text = ""
    thumbnail_url: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the timeline as a sentence. ``actor`` is empty for machine events."""

    at: dt.datetime
    actor: str
    sentence: Text
    reason: str = ""
    icon: str = "point"
    tone: Tone = "muted"
    is_machine: bool = False
    is_late: bool = False
    is_talk: bool = False
    kind: str = ""
    seq: int = 0
    raises: bool = False
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """An assignment: who does it, as lead or assisting, and its own clock."""

    name: str
    role: Text
    is_lead: bool
    state: Tag
    note: Text = ""
    clock: Clock | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A department that the order may be sent to; ``why`` is one line, ``load`` what it has in hand."""

    code: str
    name: str
    mark: str
    why: Text
    load: int
    tag: Tag | None = None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Twin:
    """An open order that may tell of the same matter."""

    row: Row
    distance_m: int
    apart: str


@dataclass(frozen=True, slots=True)
class OpenRequest:
    pk: int
    label: Text
    requester: str
    reason: str
    clock: Clock | None
    may_decide: bool = False
    waits_for: Text = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Longitude and latitude in WGS-84, None where the order lies nowhere yet."""

    longitude: float | None
    latitude: float | None
    grid_code: str = ""
    grid_name: str = ""
    street_code: str = ""
    path: str = ""
    accuracy: Text = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page of one order."""

    number: str
    url: str
    print_url: str
    title: str
    address: str
    description: str
    version: int
    status: Tag
    level: Tag
    source: str
    place: Place
    now: dt.datetime
    urgency: Tag | None = None
    badges: tuple[Tag, ...] = ()
    steps: tuple[Step, ...] = ()
    clock: Clock | None = None
    clocks: tuple[Clock, ...] = ()
    facts: tuple[Fact, ...] = ()
    pictures: tuple[Picture, ...] = ()
    parties: tuple[Party, ...] = ()
    requests: tuple[OpenRequest, ...] = ()
    duplicates: tuple[Twin, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    rise: Happening | None = None
    may_merge: bool = False
    status_code: str = ""
    timeline: tuple[Happening, ...] = ()
    holder: str = ""
    forms: tuple[Form, ...] = ()
    request_forms: tuple[Form, ...] = ()
    outcome: Text = ""
    outcome_tone: str = ""

    @property
    def main_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms if not form.in_more)

    @property
    def more_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms if form.in_more)


def countdown(seconds: int) -> str:
    """``03:25``, ``4:03:25``, ``2天 03:25``; overdue counts on with a minus sign."""
    sign, rest = ("\u2212" if seconds < 0 else ""), abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{sign}{days}天 {hours:02d}:{minutes:02d}"
    return f"{sign}{hours}:{minutes:02d}:{left:02d}" if hours else f"{sign}{minutes:02d}:{left:02d}"


def in_words(seconds: int) -> str:
    """``12分钟``, ``3小时20分``, ``2天4小时``; under a minute in seconds."""
    rest = abs(seconds)
    days, rest = divmod(rest, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes = rest // 60
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    return f"{minutes}分钟" if minutes else f"{rest}秒"
