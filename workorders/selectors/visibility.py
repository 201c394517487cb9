"""Who sees which orders: the queryset form of permissions.is_visible; a test proves that they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, PERSON, STREET, UNIT, Actor, ActorKind
from workorders.errors import NotVisible
from workorders.models import WorkOrder
from workorders.permissions import eyes
from workorders.selectors.words import Group, having
from workorders.states import OPEN


@dataclass(frozen=True, slots=True)
class Branch:
    """One simple reason to see an order, such that one index has these orders by id.

    ``part_of`` is a unit that has or had a part in them, whose index is that of its parts. ``words`` find the same
    orders together with others; alone where nothing else has them, ``is_in_words_only``. ``place`` is their word in the
    index of texts.
    """

    where: Q = field(default_factory=Q)
    words: Group = ()
    part_of: int | None = None
    place: str = ""
    is_in_words_only: bool = False

    def by_id(self, **bound: int) -> QuerySet[WorkOrder]:
        """Its orders as they are walked; ``bound`` is ``lt`` or ``gt`` and an id."""
        limits: dict[str, Any] = {f"pk__{name}": pk for name, pk in bound.items()}
        if self.part_of is None:
            orders = having(WorkOrder.objects.all(), (self.words,) if self.is_in_words_only else ())
            return orders.filter(self.where, **limits)
        # Said of both: the index of parts has the ids in order, and the database carries no range over from either.
        limits |= {f"assignments__order__{name}": pk for name, pk in bound.items()}
        return WorkOrder.objects.filter(assignments__unit_id=self.part_of, **limits)


def visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """The orders that an actor sees: by place, by unit that holds or had a part, by person. No query by itself.

    For questions about known orders or about few: for a list by itself, see ``finding``.
    """
    if actor.kind == ActorKind.SYSTEM:
        return WorkOrder.objects.all()
    if not eyes(actor):
        return WorkOrder.objects.none()
    return WorkOrder.objects.filter(sight(actor))


def sight(actor: Actor) -> Q:
    """``visible_to`` as one condition. An actor without eyes has no such condition."""
    where = Q()
    for letter, pks in by_letter(eyes(actor)).items():
        for column in COLUMNS[letter]:
            where |= Q(**{column: pks})
    return where


COLUMNS: Mapping[str, tuple[str, ...]] = {
    DISTRICT: ("district_id__in",),
    STREET: ("street_id__in", "affected_street_ids__overlap"),
    COMMUNITY: ("community_id__in",),
    GRID: ("grid_id__in",),
    UNIT: ("holder_id__in", "part_unit_ids__overlap"),
    PERSON: ("reporter_id__in", "worker_id__in"),
}


def branches(actor: Actor) -> list[Branch]:
    """``visible_to`` taken apart: an order seen for several reasons is in several branches."""
    if actor.kind == ActorKind.SYSTEM:
        return [Branch()]
    return [each for letter, pks in by_letter(eyes(actor)).items() for pk in pks for each in _reasons(letter, pk)]


def of_unit(pk: int) -> tuple[Branch, Branch]:
    """Orders that a unit holds (open ones only), and those in which it has or had a part."""
    return (
        Branch(Q(holder_id=pk, status__in=OPEN)),
        Branch(Q(part_unit_ids__contains=[pk]), words=(f"unit {pk}",), part_of=pk, is_in_words_only=True),
    )


def _reasons(letter: str, pk: int) -> tuple[Branch, ...]:
    match letter:
        case "d":
            return (Branch(Q(district_id=pk)),)
        case "s":
            touched = Branch(Q(affected_street_ids__contains=[pk]), words=(f"touched {pk}",), is_in_words_only=True)
            return Branch(Q(street_id=pk), words=(f"street {pk}",), place=f"street{pk}"), touched
        case "c":
            return (Branch(Q(community_id=pk), words=(f"community {pk}",), place=f"community{pk}"),)
        case "g":
            return (Branch(Q(grid_id=pk)),)
        case "u":
            return of_unit(pk)
        case _:
            return Branch(Q(reporter_id=pk), words=(f"reporter {pk}",)), Branch(Q(worker_id=pk))


def joined(reasons: Iterable[Branch]) -> list[Branch]:
    """Those that have words in one, which one look at the index of words answers; the others each for itself."""
    kept = list(reasons)
    worded = [each for each in kept if each.words]
    if not worded:
        return kept
    where = reduce(or_, (each.where for each in worded))
    together = Branch(where, words=tuple(word for each in worded for word in each.words))
    return [together, *(each for each in kept if not each.words)]


def by_letter(tokens: frozenset[str]) -> dict[str, list[int]]:
    """Primary keys by the letter of their tokens."""
    found: dict[str, list[int]] = {}
    for each in sorted(tokens):
        letter, _, pk = each.partition(":")
        found.setdefault(letter, []).append(int(pk))
    return found


def sees_a_district(actor: Actor) -> bool:
    return actor.kind == ActorKind.SYSTEM or DISTRICT in by_letter(eyes(actor))


def visible_order(actor: Actor, number: str) -> WorkOrder:
    """The order of that number. Raises NotVisible alike for one that does not exist and one that may not be seen."""
    order = visible_to(actor).filter(number=number).first()
    if order is None:
        raise NotVisible
    return order


def seen_among(actor: Actor, pks: Iterable[int | None]) -> frozenset[int]:
    """Which of these orders the actor sees. No query without any."""
    wanted = {pk for pk in pks if pk is not None}
    return frozenset(visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else frozenset()
