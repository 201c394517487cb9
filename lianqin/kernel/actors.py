"""Who acts: a person with the permissions granted on places and units, or a machine of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NO_GRANTS: Mapping[str, frozenset[str]] = MappingProxyType({})


class ActorKind(StrEnum):
    PERSON = "person"
    SOURCE = "source"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Post:
    """A person's standing in one unit or on one grid; ``None`` where it does not apply."""

    role: str
    unit_id: int | None
    district_id: int | None
    street_id: int | None
    community_id: int | None
    grid_id: int | None


@dataclass(frozen=True, slots=True)
class Actor:
    """``grants`` maps a permission codename to the tokens it is held on (see :func:`token`)."""

    kind: ActorKind
    name: str
    user_id: int | None = None
    officer: str = ""
    posts: tuple[Post, ...] = ()
    grants: Mapping[str, frozenset[str]] = field(default_factory=lambda: NO_GRANTS)

    def tokens(self, codename: str) -> frozenset[str]:
        return self.grants.get(codename, frozenset())

    def may(self, codename: str, on: Iterable[str]) -> bool:
        """True if the permission is held on any of the places or units ``on``. Deny by default."""
        held = self.grants.get(codename)
        return held is not None and not held.isdisjoint(on)

    @property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(post.unit_id for post in self.posts if post.unit_id is not None)


SYSTEM = Actor(kind=ActorKind.SYSTEM, name="系统")

DISTRICT, STREET, COMMUNITY, GRID, UNIT, PERSON, ORDER = "d", "s", "c", "g", "u", "p", "o"


def token(letter: str, pk: int) -> str:
    """``s:4`` is the street with primary key 4. Audiences and grants are sets of such tokens."""
    return f"{letter}:{pk}"
