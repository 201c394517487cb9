"""What rooms above add to the page of an order. Filled by their ``pages`` when Django starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder


@dataclass(frozen=True, slots=True)
class Main:
    """The main action of the page, where a panel has it: the first button of the bar sends that panel's form.

    ``form``: its id. ``named``: the label with %s for what is chosen, ``none``: while nothing is. ``confirms``: what
    the click stands for, said above it.
    """

    form: str
    label: str
    named: str
    none: str
    confirms: str = ""
    icon: str = "send"


@dataclass(frozen=True, slots=True)
class Panel:
    """A section beside the order or above the queue: its template is given ``panel``, which is ``data``.

    ``dialog``: another template, of what it opens; it stands where news leave it alone while it is open.
    """

    template: str
    data: Any
    main: Main | None = None
    dialog: str = ""


Provider = Callable[[Actor, WorkOrder, dt.datetime], Panel | None]
_providers: dict[str, tuple[int, Provider]] = {}


def panel(name: str, *, place: int) -> Callable[[Provider], Provider]:
    """Register a provider; lower places stand higher. It returns None where it has nothing to show to this actor."""

    def register(provider: Provider) -> Provider:
        known = _providers.get(name)
        if known is not None and known[1].__qualname__ != provider.__qualname__:
            raise ValueError(f"panel {name!r} is registered twice")
        _providers[name] = (place, provider)
        return provider

    return register


def panels(actor: Actor, order: WorkOrder, now: dt.datetime) -> tuple[Panel, ...]:
    """The panels of all rooms above, in their places."""
    ranked = sorted(_providers.values(), key=lambda entry: entry[0])
    found = (provider(actor, order, now) for _place, provider in ranked)
    return tuple(each for each in found if each is not None)


Taker = Callable[[WorkOrder], bool]
_takers: dict[str, Taker] = {}


def takes_over(action: str) -> Callable[[Taker], Taker]:
    """Register of which orders a room above offers this action in a place of its own: their bar leaves it out."""

    def register(taker: Taker) -> Taker:
        known = _takers.get(action)
        if known is not None and known.__qualname__ != taker.__qualname__:
            raise ValueError(f"action {action!r} is taken over twice")
        _takers[action] = taker
        return taker

    return register


def is_taken_over(action: str, order: WorkOrder) -> bool:
    return action in _takers and _takers[action](order)


Strip = Callable[[Actor, str], Panel | None]
_strips: dict[str, tuple[int, Strip]] = {}


def strip(name: str, *, place: int) -> Callable[[Strip], Strip]:
    """Register what stands above the lines of the queue; it is told what the queue is asked for, as in an address."""

    def register(provider: Strip) -> Strip:
        known = _strips.get(name)
        if known is not None and known[1].__qualname__ != provider.__qualname__:
            raise ValueError(f"strip {name!r} is registered twice")
        _strips[name] = (place, provider)
        return provider

    return register


def strips(actor: Actor, query: str) -> tuple[Panel, ...]:
    """The strips of all rooms above, in their places."""
    ranked = sorted(_strips.values(), key=lambda entry: entry[0])
    found = (provider(actor, query) for _place, provider in ranked)
    return tuple(each for each in found if each is not None)
