"""What is kept about a citizen, told by each part of this room that keeps something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

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
