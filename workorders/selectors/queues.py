"""What is open: what waits for somebody, what is late."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet

from grids.models import UnitKind
from lianqin.kernel.actors import COMMUNITY, GRID, Actor
from lianqin.kernel.clock import Now
from workorders.models import Assignment, Request, WorkOrder
from workorders.selectors.visibility import by_letter, visible_to
from workorders.states import LIVE_ASSIGNMENT, OPEN, Level, Outcome, Status


def overdue(orders: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    return orders.filter(status__in=OPEN, due_at__lt=Now())


def queue_of(actor: Actor) -> QuerySet[WorkOrder]:
    """What waits for the actor: what its units hold, are at work on or must decide, and reports it may still take.

    Each reason asks an index of what is open or live, so that no history is read.
    """
    units = actor.unit_ids
    at_work = Assignment.objects.filter(unit_id__in=units, status__in=LIVE_ASSIGNMENT).values("order_id")
    to_decide = Request.objects.filter(unit_id__in=units, outcome=Outcome.PENDING).values("order_id")
    waiting = _open(Q(holder_id__in=units)).union(at_work, to_decide, *map(_open, _own(actor)))
    mine = visible_to(actor).filter(pk__in=waiting, status__in=OPEN)
    return mine.order_by(F("due_at").asc(nulls_last=True), "id")


def _open(where: Q) -> QuerySet[WorkOrder, Any]:
    return WorkOrder.objects.order_by().filter(where, status__in=OPEN).values("pk")


def _own(actor: Actor) -> list[Q]:
    """Reasons that are no unit's."""
    found = []
    communities = by_letter(actor.tokens("claim_orders")).get(COMMUNITY, [])
    grids = by_letter(actor.tokens("handle_on_site")).get(GRID, [])
    # Reports of the actor's community or grid, until the street acts.
    untouched = Q(status=Status.REPORTED, level=Level.STREET, holder__kind=UnitKind.SUB_CENTER)
    if communities:
        found.append(untouched & Q(community_id__in=communities))
    if grids:
        found.append(untouched & Q(grid_id__in=grids))
    led = by_letter(actor.tokens("confirm_orders")).get(GRID, [])
    if led:
        # What was settled on the spot in a grid that the actor leads; it is held by the workstation.
        on_the_spot = Q(status=Status.SUBMITTED, on_site=True, holder__kind=UnitKind.WORKSTATION)
        found.append(on_the_spot & Q(grid_id__in=led))
    if actor.user_id is not None:
        found.append(Q(worker_id=actor.user_id))
        # Who works in a unit took down what others told; it is not theirs once another unit holds it.
        if not actor.unit_ids:
            found.append(Q(reporter_id=actor.user_id))
    return found
