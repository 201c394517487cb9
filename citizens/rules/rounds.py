"""A report may be handled more than once: which part of its history belongs to which time. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from citizens.rules.progress import AT, ENDED, TAKEN, WITHOUT_WORK

# What begins another round, and what sends a round back to be dispatched anew: results from before count no more.
BEGINS = ("reopen", "contest")
SENT_BACK = ("rework", "escalate")
RESULTS = ("submit_result", "handle_on_site")


@dataclass(frozen=True, slots=True)
class Happening:
    """What of an event may be told. ``own``: the follower did it; ``becomes``: the status, if it changed."""

    kind: str
    at: dt.datetime
    becomes: str = ""
    text: str = ""
    own: bool = False
    assignment_id: int | None = None
    unit_id: int | None = None


def rounds_of(happenings: Iterable[Happening]) -> list[list[Happening]]:
    """The first from the report on, each other from what began it."""
    found: list[list[Happening]] = [[]]
    for each in happenings:
        if each.kind in BEGINS:
            found.append([])
        found[-1].append(each)
    return found


def times_of(happenings: Sequence[Happening]) -> dict[int, dt.datetime]:
    """When each step was first reached, of those that still count: what was sent back has yet to come again."""
    times: dict[int, dt.datetime] = {TAKEN: happenings[0].at} if happenings else {}
    for each in happenings:
        place = ENDED if each.becomes in WITHOUT_WORK else AT.get(each.becomes)
        if place is not None:
            times = {known: at for known, at in times.items() if known <= place}
            times.setdefault(place, each.at)
    return times


def results_of(happenings: Iterable[Happening]) -> list[Happening]:
    """The last result of each department that stands; in the order in which they were first told."""
    found: dict[int | None, Happening] = {}
    for each in happenings:
        if each.kind in SENT_BACK and each.becomes == "registered":
            found.clear()
        if each.kind in RESULTS and each.text:
            found[each.assignment_id] = each
    return list(found.values())
