"""Whose totals one may see: those of places on which one sees all orders. A part in single orders shows no totals."""

from __future__ import annotations

from dataclasses import dataclass

from lianqin.kernel.actors import DISTRICT, STREET, Actor, ActorKind
from workorders.permissions import VIEW


@dataclass(frozen=True, slots=True)
class Places:
    """Districts and streets, by key; ``everywhere`` for a machine of ours."""

    districts: frozenset[int]
    streets: frozenset[int]
    everywhere: bool = False

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.districts or self.streets)


def places_of(actor: Actor) -> Places:
    """The places whose totals the actor may see; none by default."""
    if actor.kind == ActorKind.SYSTEM:
        return Places(frozenset(), frozenset(), everywhere=True)
    held: dict[str, set[int]] = {DISTRICT: set(), STREET: set()}
    for each in actor.tokens(VIEW):
        letter, _, pk = each.partition(":")
        if letter in held:
            held[letter].add(int(pk))
    return Places(frozenset(held[DISTRICT]), frozenset(held[STREET]))
