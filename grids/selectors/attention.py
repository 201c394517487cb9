"""People who need attention: seen by who answers for their ground, masked until a reason is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry
from lianqin.kernel.actors import COMMUNITY, GRID, Actor, token
from lianqin.kernel.errors import NotAllowed, NotVisible

from ..ground import ground
from ..models import AttentionRecord, ElementType
from ..models.element_fields import Shown, masked_address, masked_name, masked_values, shown
from ..rules import VIEW_ATTENTION

# About ten metres: the building, not the door.
DECIMALS_MASKED = 4
LOOKS = ("attention_viewed", "attention_listed", "attention_opened")


@dataclass(frozen=True, slots=True)
class Person:
    """A record as somebody may read it; ``revealed`` when the reason was given."""

    code: str
    type_code: str
    type_name: str
    name: str
    address: str
    lon: float
    lat: float
    grid_code: str
    grid_name: str
    key: bool
    active: bool
    values: tuple[Shown, ...]
    raw: dict[str, Any]
    revealed: bool


def may_see_attention(actor: Actor) -> bool:
    return not actor.officer and bool(actor.tokens(VIEW_ATTENTION))


def types_of_attention(actor: Actor) -> list[ElementType]:
    """For who may see such people; for nobody else."""
    return list(ElementType.objects.filter(sensitive=True, active=True)) if may_see_attention(actor) else []


def of_own_ground(actor: Actor, grid_id: int) -> bool:
    """Whether the grid, as it lies today, is the actor's own or in the actor's community."""
    place = ground().place_of_grid(grid_id)
    on = {token(GRID, grid_id)} | ({token(COMMUNITY, place.community_id)} if place else set())
    return may_see_attention(actor) and actor.may(VIEW_ATTENTION, on)


def attention_visible_to(actor: Actor) -> QuerySet[AttentionRecord]:
    """The records in use on one's own ground, type and grid loaded; none for anybody else.

    What is retired waits for its erasure, and nobody reads it.
    """
    held = {letter: [] for letter in (GRID, COMMUNITY)}  # type: dict[str, list[int]]
    for each in actor.tokens(VIEW_ATTENTION) if may_see_attention(actor) else ():
        letter, _, pk = each.partition(":")
        held[letter].append(int(pk))
    own = Q(grid_id__in=held[GRID]) | Q(grid__community_id__in=held[COMMUNITY])
    found = AttentionRecord.objects.filter(own, active=True).select_related("type", "grid")
    return found.defer("grid__boundary").order_by("code")


def attention_seen_by(actor: Actor, code: str) -> AttentionRecord:
    """Raise NotVisible: elsewhere, retired, or not there at all, is the same."""
    if not may_see_attention(actor):
        raise NotAllowed
    found = attention_visible_to(actor).filter(code=code).first()
    if found is None:
        raise NotVisible
    return found


def searched_attention(found: QuerySet[AttentionRecord], q: str) -> QuerySet[AttentionRecord]:
    """Search finds what one sees: a code, or the first character of a name. Nothing that is masked."""
    text = q.strip()
    if not text:
        return found
    by_code = Q(code__istartswith=text)
    return found.filter(by_code | Q(name__startswith=text) if len(text) == 1 else by_code)


def person(record: AttentionRecord, *, revealed: bool = False) -> Person:
    """Masked, unless its reason was given."""
    fields = record.type.definitions
    values = record.fields if revealed else masked_values(fields, record.fields)
    places = 6 if revealed else DECIMALS_MASKED
    return Person(
        code=record.code,
        type_code=record.type.code,
        type_name=record.type.name,
        name=record.name if revealed else masked_name(record.name),
        address=record.address if revealed else masked_address(record.address),
        lon=round(record.lon, places),
        lat=round(record.lat, places),
        grid_code=record.grid.code if record.grid else "",
        grid_name=str(record.grid or ""),
        key=record.key,
        active=record.active,
        values=tuple(each._replace(note="") if not revealed else each for each in shown(fields, values)),
        raw=values,
        revealed=revealed,
    )


def looks_at_attention(code: str = "") -> QuerySet[AuditEntry]:
    """Who looked at whom, when and why, newest first: for the audit officer."""
    found = AuditEntry.objects.filter(action__in=LOOKS).select_related("actor").order_by("-pk")
    return found.filter(Q(object_label=code) | Q(detail__codes__contains=code)) if code else found
