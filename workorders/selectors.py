"""Reads of orders. ``visible_to`` is the queryset form of permissions.is_visible; a test proves that they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from grids.models import UnitKind
from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, PERSON, STREET, UNIT, Actor, ActorKind
from lianqin.kernel.clock import Now
from workorders.errors import NotVisible
from workorders.models import Assignment, Event, EventText, Request, Timer, WorkOrder
from workorders.permissions import eyes
from workorders.rules.bigrams import bigrams
from workorders.states import LIVE_ASSIGNMENT, OPEN, RUNNING, Level, Outcome, Status


def visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """The orders that an actor sees: by place, by unit that holds or had a part, by person. No query by itself."""
    if actor.kind == ActorKind.SYSTEM:
        return WorkOrder.objects.all()
    seen = by_letter(eyes(actor))
    if not seen:
        return WorkOrder.objects.none()
    if seen.keys() == {DISTRICT, PERSON}:
        return WorkOrder.objects.filter(_within(seen))
    return WorkOrder.objects.filter(_within(seen) | _with_part(seen))


def by_letter(tokens: frozenset[str]) -> dict[str, list[int]]:
    """Primary keys by the letter of their tokens."""
    found: dict[str, list[int]] = {}
    for each in sorted(tokens):
        letter, _, pk = each.partition(":")
        found.setdefault(letter, []).append(int(pk))
    return found


def _within(seen: Mapping[str, list[int]]) -> Q:
    columns = {
        DISTRICT: ("district_id__in",),
        STREET: ("street_id__in", "affected_street_ids__overlap"),
        COMMUNITY: ("community_id__in",),
        GRID: ("grid_id__in",),
        UNIT: ("holder_id__in",),
        PERSON: ("reporter_id__in", "worker_id__in"),
    }
    where = Q()
    for letter, pks in seen.items():
        for column in columns[letter]:
            where |= Q(**{column: pks})
    return where


def _with_part(seen: Mapping[str, list[int]]) -> Q:
    if UNIT not in seen:
        return Q()
    part = Assignment.objects.filter(order=OuterRef("pk"), unit_id__in=seen[UNIT])
    return Q(Exists(part))


def visible_order(actor: Actor, number: str) -> WorkOrder:
    """The order of that number. Raises NotVisible alike for one that does not exist and one that may not be seen."""
    order = visible_to(actor).filter(number=number).first()
    if order is None:
        raise NotVisible
    return order


def history_of(order: WorkOrder) -> QuerySet[Event]:
    """The events of an order, oldest first, with what is left of their texts. Two queries, each to one partition."""
    texts = Prefetch("texts", EventText.objects.filter(order=order))
    return order.events.order_by("seq").prefetch_related(texts)


def seen_among(actor: Actor, pks: Iterable[int | None]) -> frozenset[int]:
    """Which of these orders the actor sees. No query without any."""
    wanted = {pk for pk in pks if pk is not None}
    return frozenset(visible_to(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else frozenset()


def with_names(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """Everything that a line of a list says, in one query and no boundaries."""
    return orders.select_related("text", "category", "street", "community", "grid", "holder", "master").defer(
        "text__search", "street__boundary", "community__boundary", "grid__boundary"
    )


def with_parts(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """What the page of one order shows beside its line: three queries more."""
    return with_names(orders).prefetch_related(
        Prefetch("assignments", Assignment.objects.select_related("unit", "acknowledged_by", "finished_by")),
        Prefetch("requests", Request.objects.select_related("unit", "requester", "approver", "assignment__unit")),
        Prefetch("timers", Timer.objects.filter(state__in=RUNNING).select_related("assignment__unit", "request")),
    )


def search(orders: QuerySet[WorkOrder], text: str) -> QuerySet[WorkOrder]:
    """Orders whose number, title, address or description holds every pair of characters of ``text``, and the text."""
    words = sorted(bigrams(text))
    for word in text.split():
        like = Q(text__title__icontains=word) | Q(text__address__icontains=word) | Q(number__icontains=word)
        orders = orders.filter(like | Q(text__description__icontains=word))
    long_enough = [word for word in words if len(word) > 1]
    if long_enough:
        query = SearchQuery(" & ".join(_lexeme(word) for word in long_enough), search_type="raw", config="simple")
        orders = orders.filter(text__search=query)
    return orders


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def overdue(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return orders.filter(status__in=OPEN, due_at__lt=Now())


def queue_of(actor: Actor) -> QuerySet[WorkOrder]:
    """What waits for the actor: what its units hold, are at work on or must decide, and reports it may still take."""
    units = actor.unit_ids
    at_work = Assignment.objects.filter(order=OuterRef("pk"), unit_id__in=units, status__in=LIVE_ASSIGNMENT)
    to_decide = Request.objects.filter(order=OuterRef("pk"), unit_id__in=units, outcome=Outcome.PENDING)
    mine = Q(holder_id__in=units) | Q(Exists(at_work)) | Q(Exists(to_decide)) | _open_to(actor) | _to_confirm(actor)
    if actor.user_id is not None:
        mine |= Q(worker_id=actor.user_id)
        # Who works in a unit took down what others told; it is not theirs once another unit holds it.
        if not units:
            mine |= Q(reporter_id=actor.user_id)
    return visible_to(actor).filter(mine, status__in=OPEN).order_by(F("due_at").asc(nulls_last=True), "id")


def _open_to(actor: Actor) -> Q:
    """Reports of the actor's community or grid, until the street acts."""
    communities = by_letter(actor.tokens("claim_orders")).get(COMMUNITY, [])
    grids = by_letter(actor.tokens("handle_on_site")).get(GRID, [])
    here = Q(community_id__in=communities) | Q(grid_id__in=grids)
    return here & Q(status=Status.REPORTED, level=Level.STREET, holder__kind=UnitKind.SUB_CENTER)


def _to_confirm(actor: Actor) -> Q:
    """What was settled on the spot in a grid that the actor leads; it is held by the workstation."""
    grids = by_letter(actor.tokens("confirm_orders")).get(GRID, [])
    return Q(grid_id__in=grids, status=Status.SUBMITTED, on_site=True, holder__kind=UnitKind.WORKSTATION)
