"""How somebody is told: what they chose, and what stands where they did not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dispatch.models import DispatchPreference
from dispatch.rules.kinds import label_of
from dispatch.rules.messages import (
    BUNDLE_MINUTES,
    QUIET_FROM,
    QUIET_UNTIL,
    ROBOT,
    WAYS,
    Text,
    defaults_for,
    grouped,
)
from grids.models import Unit
from grids.selectors import memberships_in_force
from lianqin.kernel.actors import Actor
from relay.models import PERSONAL, ROBOTS, Channel


@dataclass(frozen=True, slots=True)
class Wishes:
    """Of a person, or of a unit's robots."""

    roles: tuple[str, ...]
    choices: Mapping[str, Mapping[str, bool]]
    quiet_from: dt.time | None = QUIET_FROM
    quiet_until: dt.time | None = QUIET_UNTIL
    bundle_minutes: int = BUNDLE_MINUTES

    def wants(self, way: str, kind: str) -> bool:
        chosen = self.choices.get(way, {}).get(kind)
        return kind in defaults_for(self.roles, way) if chosen is None else chosen


def wishes_of(row: DispatchPreference | None, roles: Sequence[str]) -> Wishes:
    if row is None:
        return Wishes(tuple(roles), {})
    return Wishes(tuple(roles), row.choices, row.quiet_from, row.quiet_until, row.bundle_minutes)


def wishes_of_people(pks: set[int]) -> dict[int, Wishes]:
    """Two queries, whatever the number."""
    if not pks:
        return {}
    roles: dict[int, list[str]] = {pk: [] for pk in pks}
    for user_id, role in memberships_in_force().filter(user_id__in=pks).values_list("user_id", "role"):
        roles[user_id].append(role)
    rows = {row.user_id: row for row in DispatchPreference.objects.filter(user_id__in=pks)}
    return {pk: wishes_of(rows.get(pk), roles[pk] or ("citizen",)) for pk in pks}


def wishes_of_units(pks: set[int]) -> dict[int, Wishes]:
    """One query."""
    rows = {row.unit_id: row for row in DispatchPreference.objects.filter(unit_id__in=pks)} if pks else {}
    return {pk: wishes_of(rows.get(pk), ()) for pk in pks}


def members_by_unit(pks: set[int]) -> dict[int, set[int]]:
    """People with a post of today in each unit; one query."""
    found: dict[int, set[int]] = {pk: set() for pk in pks}
    if pks:
        posts = memberships_in_force().filter(unit_id__in=pks, user__is_active=True)
        for unit_id, user_id in posts.values_list("unit_id", "user_id"):
            found[unit_id or 0].add(user_id)
    return found


@dataclass(frozen=True, slots=True)
class Choice:
    """A box of the page: one kind by one way."""

    way: str
    kind: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class Row:
    kind: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The settings of a person or of a unit's robots as the page has them. ``ways`` are the columns."""

    ways: tuple[tuple[str, Text], ...]
    groups: tuple[tuple[Text, tuple[Row, ...]], ...]
    wishes: Wishes
    unit: Unit | None = None


def sheet_of(actor: Actor, unit: Unit | None = None) -> Sheet:
    """For a person the ways that there are channels for; for a unit its robots. At most three queries."""
    if unit is None:
        kinds = set(Channel.objects.filter(active=True, kind__in=PERSONAL).values_list("kind", flat=True))
        ways = tuple((way, label) for way, label in WAYS.items() if way in kinds)
        row = DispatchPreference.objects.filter(user_id=actor.user_id or 0).first()
        wishes = wishes_of(row, [post.role for post in actor.posts] or ["citizen"])
    else:
        ways = ((ROBOT, ", ".join(channel.name for channel in robots_of({unit.pk}))),)
        wishes = wishes_of_units({unit.pk})[unit.pk]
    groups = tuple((title, tuple(_row(kind, ways, wishes) for kind in kinds)) for title, kinds in grouped())
    return Sheet(ways, groups, wishes, unit)


def _row(kind: str, ways: Sequence[tuple[str, Text]], wishes: Wishes) -> Row:
    label = label_of(kind)
    return Row(kind, label, tuple(Choice(way, kind, str(name), wishes.wants(way, kind)) for way, name in ways))


def robots_of(unit_pks: set[int]) -> list[Channel]:
    """Robots and webhooks that serve one of these units."""
    owners = [f"u:{pk}" for pk in unit_pks]
    return list(Channel.objects.filter(active=True, kind__in=ROBOTS, owner__in=owners).order_by("name"))


def units_to_set(actor: Actor) -> list[Unit]:
    """Units of the actor that have a robot; one or two queries."""
    owners = Channel.objects.filter(active=True, kind__in=ROBOTS, owner__in=[f"u:{pk}" for pk in actor.unit_ids])
    pks = {int(owner[2:]) for owner in owners.values_list("owner", flat=True)}
    return list(Unit.objects.filter(pk__in=pks).order_by("code")) if pks else []
