"""The context of every template: frozen shapes, already worded in Chinese, so that a template only arranges."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from workorders.pages.entries import Form
from workorders.pages.faces import Clock
from workorders.pages.lines import Row
from workorders.pages.tags import Tag, Text, Tone
from workorders.pages.words import MOST_IN_BAR
from workorders.registry import Main, Panel


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
    times: int = 1
    since: dt.datetime | None = None

    @property
    def repeats(self) -> Text:
        """Said of what a machine did again and again, with nobody's act between."""
        if self.times == 1:
            return ""
        words = _("已重复督办 %d 次") if self.kind == "supervised" else _("已重复催办 %d 次")
        return words % self.times


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
class Twin:
    """An open order that may tell of the same matter."""

    row: Row
    distance_m: int
    apart: str


@dataclass(frozen=True, slots=True)
class Around:
    """An order close by: open, or closed of the same matter not long ago."""

    row: Row
    distance_m: int
    ended: Text = ""


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
    reveal_url: str = ""
    pictures: tuple[Picture, ...] = ()
    parties: tuple[Party, ...] = ()
    requests: tuple[OpenRequest, ...] = ()
    duplicates: tuple[Twin, ...] = ()
    nearby: tuple[Around, ...] = ()
    returned: tuple[Around, ...] = ()
    rise: Happening | None = None
    may_merge: bool = False
    may_register: bool = False
    status_code: str = ""
    timeline: tuple[Happening, ...] = ()
    # Set when the history lies in the archive and the timeline is empty.
    archived_at: dt.datetime | None = None
    holder: str = ""
    forms: tuple[Form, ...] = ()
    request_forms: tuple[Form, ...] = ()
    outcome: Text = ""
    outcome_tone: str = ""
    panels: tuple[Panel, ...] = ()

    @property
    def has_neighbours(self) -> bool:
        return bool(self.duplicates or self.nearby or self.returned)

    @property
    def main(self) -> Main | None:
        """The main action, where a panel has it; else the first form of the bar is."""
        return next((each.main for each in self.panels if each.main is not None), None)

    @property
    def main_forms(self) -> tuple[Form, ...]:
        return tuple(form for form in self.forms if not form.in_more)[: self._room]

    @property
    def more_forms(self) -> tuple[Form, ...]:
        rest = tuple(form for form in self.forms if not form.in_more)[self._room :]
        return rest + tuple(form for form in self.forms if form.in_more)

    @property
    def phone_slice(self) -> str:
        """A phone's bar holds two buttons; the other forms of the bar stand under 更多 there."""
        return "1:" if self.main is not None else "2:"

    @property
    def _room(self) -> int:
        """A panel's main action takes the place of two forms in the bar: it names whom it is about."""
        return MOST_IN_BAR - 2 if self.main is not None else MOST_IN_BAR
