"""Who sees which orders: the queryset form of permissions.is_visible; a test proves that they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any, Literal

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable

from grids.models import District
from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, PERSON, STREET, UNIT, Actor, ActorKind
from workorders.errors import NotVisible
from workorders.models import Assignment, WorkOrder
from workorders.permissions import eyes
from workorders.selectors.words import Group
from workorders.states import OPEN

Way = Literal["pk", "-pk"]


@dataclass(frozen=True, slots=True)
class Branch:
    """One simple reason to see an order, such that one index has these orders by id.

    ``part_of`` is a unit that has or had a part in them, whose index is that of its parts. ``walk`` leads to the index
    by id where ``where`` alone does not. ``words`` find the same orders together with others; alone where nothing else
    has them, ``is_in_words_only``. ``place`` is their word in the index of texts. ``unless`` asks nothing of an order:
    where it is false, nothing is read.
    """

    where: Q = field(default_factory=Q)
    words: Group = ()
    part_of: int | None = None
    walk: Q = field(default_factory=Q)
    place: str = ""
    is_in_words_only: bool = False
    unless: Q = field(default_factory=Q)
    is_all_of_a_place: bool = False

    def steps(self, condition: Q, order: Way, **bound: int) -> QuerySet[Any, Any]:
        """(id, whether the condition holds) of its orders as they are walked; ``bound`` is ``lt`` or ``gt`` and an id.

        A unit's come once for each of its parts.
        """
        hit: Combinable = Case(When(condition, then=Value(True)), default=Value(False)) if condition else Value(True)
        if self.part_of is None:
            limits: dict[str, Any] = {f"pk__{name}": pk for name, pk in bound.items()}
            orders = WorkOrder.objects.filter(self.where, self.walk, self.unless, **limits)
            return orders.annotate(hit=hit).order_by(order).values_list("id", "hit")
        # Not joined: the database may walk all orders beside the parts of one unit.
        limits = {f"order__{name}": pk for name, pk in bound.items()}
        parts = Assignment.objects.filter(self.unless, unit_id=self.part_of, **limits)
        if condition:
            hit = Subquery(WorkOrder.objects.filter(pk=OuterRef("order_id")).values(hit=hit))
        return (
            parts.annotate(hit=hit)
            .order_by("order_id" if order == "pk" else "-order_id")
            .values_list("order_id", "hit")
        )


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
        return [Branch(is_all_of_a_place=True)]
    found = [(letter, _reasons(letter, pk)) for letter, pks in by_letter(eyes(actor)).items() for pk in pks]
    districts = [each for letter, reasons in found if letter == DISTRICT for each in reasons]
    others = [each for letter, reasons in found if letter != DISTRICT for each in reasons]
    if not districts:
        return others
    # What the others have is in the district already, if there is no other one.
    elsewhere = Q(Exists(District.objects.exclude(pk__in=by_letter(eyes(actor))[DISTRICT])))
    return [*districts, *(replace(each, unless=elsewhere) for each in others)]


def of_unit(pk: int) -> tuple[Branch, Branch]:
    """Orders that a unit holds (open ones only), and those in which it has or had a part."""
    return (
        Branch(Q(holder_id=pk, status__in=OPEN)),
        Branch(Q(part_unit_ids__contains=[pk]), words=(f"unit {pk}",), part_of=pk, is_in_words_only=True),
    )


def _reasons(letter: str, pk: int) -> tuple[Branch, ...]:
    match letter:
        case "d":
            return (Branch(Q(district_id=pk), is_all_of_a_place=True),)
        case "s":
            touched = Branch(
                Q(affected_street_ids__contains=[pk]),
                words=(f"touched {pk}",),
                walk=~Q(affected_street_ids=[]),
                is_in_words_only=True,
            )
            street = Branch(Q(street_id=pk), words=(f"street {pk}",), place=f"street{pk}", is_all_of_a_place=True)
            return street, touched
        case "c":
            word, place = f"community {pk}", f"community{pk}"
            return (Branch(Q(community_id=pk), words=(word,), place=place, is_all_of_a_place=True),)
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
    where = reduce(or_, (each.where & each.unless for each in worded))
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
