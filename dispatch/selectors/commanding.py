"""What a commander looks at: requests to decide, joint orders, and the minutes of orders."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery

from lianqin.kernel.actors import Actor
from workorders.models import Assignment, Event, Request, Timer, WorkOrder
from workorders.permissions import may_decide
from workorders.rules.minutes import STILL, Account, account
from workorders.states import LIVE_ASSIGNMENT, AssignmentStatus, Outcome, Role, Status, TimerState

MOST_JOINT, MOST_REQUESTS = 10, 36


def accounts_of(order_ids: Iterable[int], until: dt.datetime) -> dict[int, Account]:
    """The accounts of orders, from their events. One query."""
    wanted = sorted(set(order_ids))
    if not wanted:
        return {}
    rows = Event.objects.filter(order__in=wanted).exclude(kind__in=STILL).order_by("order_id", "seq")
    told = groupby(rows.values_list("order_id", "body"), key=lambda row: row[0])
    return {pk: account((body for _pk, body in bodies), until) for pk, bodies in told}


def requests_waiting(actor: Actor) -> list[Request]:
    """Requests that the actor may decide, with ``due`` and ``began`` of their clocks. One query."""
    if not actor.tokens("approve_requests"):
        return []
    running = Timer.objects.filter(request=OuterRef("pk"), order=OuterRef("order_id"), state=TimerState.PENDING)
    found = (
        Request.objects.filter(outcome=Outcome.PENDING, unit_id__in=actor.unit_ids)
        .exclude(requester_id=actor.user_id)
        .select_related("order__text", "requester_unit")
        .annotate(due=Subquery(running.values("due_at")[:1]), began=Subquery(running.values("started_at")[:1]))
        .order_by("requested_at")
    )
    return [request for request in found[:MOST_REQUESTS] if may_decide(actor, request, request.order)]


def joint_orders_of(seen: QuerySet[WorkOrder]) -> list[WorkOrder]:
    """Open orders on which several departments are at work, the soonest due first. Two queries."""
    counted = (*LIVE_ASSIGNMENT, AssignmentStatus.DONE, AssignmentStatus.OVERRIDDEN)
    parts = Assignment.objects.filter(status__in=counted).select_related("unit").order_by("-role", "pk")
    open_now = (Status.REGISTERED, Status.DISPATCHED, Status.HANDLING)
    assisted = Assignment.objects.filter(role=Role.ASSIST, status__in=LIVE_ASSIGNMENT).values("order_id")
    found = (
        seen.filter(status__in=open_now, pk__in=assisted)
        .select_related("text")
        .prefetch_related(Prefetch("assignments", parts))
        .order_by(F("due_at").asc(nulls_last=True))
    )
    return list(found[:MOST_JOINT])
