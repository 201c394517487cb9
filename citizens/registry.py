"""What is kept about a citizen, told by each part of this room that keeps something."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from lianqin.kernel.actors import Actor

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of data: its rows are (what, value), as the citizen reads them."""

    title: Text
    rows: tuple[tuple[Text, str], ...]


Provider = Callable[[int], Kept]
_providers: dict[str, tuple[int, Provider]] = {}


def keeps(name: str, *, place: int) -> Callable[[Provider], Provider]:
    """Register who tells what is kept about a user (by id); lower places stand higher."""

    def register(provider: Provider) -> Provider:
        known = _providers.get(name)
        if known is not None and known[1].__qualname__ != provider.__qualname__:
            raise ValueError(f"{name!r} is registered twice")
        _providers[name] = (place, provider)
        return provider

    return register


def kept_about(user_id: int) -> list[Kept]:
    """Everything, in its order; kinds without rows as well, so that one sees that there is nothing."""
    return [provider(user_id) for _place, provider in sorted(_providers.values(), key=lambda each: each[0])]


Farewell = Callable[[int], None]
_farewells: list[Farewell] = []


def farewell(handler: Farewell) -> Farewell:
    """Register what a part forgets when a citizen leaves; run in the transaction of the leaving."""
    if handler.__qualname__ not in {each.__qualname__ for each in _farewells}:
        _farewells.append(handler)
    return handler


def farewells() -> Iterable[Farewell]:
    return tuple(_farewells)


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing as who decides sees it: its words (empty if they are gone), where it stands, where its picture is."""

    text: str
    address: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Moderated:
    """What may be looked at before it is shown in public.

    ``look`` tells of several rows by their ids in as many queries as of one; what is not there is left out. ``hide``
    takes away what is shown already, ``remove`` deletes a row's words for good and is told why and by whom.
    """

    title: Text
    look: Callable[[Collection[int]], Mapping[int, Seen]]
    remove: Callable[[int, str, Actor], None]
    hide: Callable[[int], None] = lambda object_id: None


_moderated: dict[str, Moderated] = {}


def moderates(kind: str, moderated: Moderated) -> None:
    """Register a kind of things that can be flagged; whoever shows them asks ``selectors.abuse.hidden_of``."""
    _moderated[kind] = moderated


def moderated_kinds() -> dict[str, Moderated]:
    return dict(_moderated)
