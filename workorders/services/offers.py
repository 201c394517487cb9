"""What an actor may do with an order now: the same table, needs and permissions as the door, only asked."""

from __future__ import annotations

from dataclasses import dataclass

from lianqin.kernel.actors import Actor
from workorders.models import Assignment, Request, WorkOrder
from workorders.permissions import holds, may_decide
from workorders.rules.inputs import INPUTS, Input
from workorders.services.needs import first_unmet, may_act
from workorders.services.work import Work
from workorders.states import (
    ACTIONS,
    APPROVALS,
    ASSIGNMENT_ACTIONS,
    MACHINE_ACTIONS,
    REQUEST_OF_ACTION,
    Outcome,
    RequestKind,
    Transition,
    rows,
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An action that the actor may take now. ``asks_approval``: it opens a request that somebody else answers."""

    action: str
    permission: str
    inputs: tuple[Input, ...]
    version: int
    assignment_id: int | None = None
    asks_approval: bool = False
    target: str = ""
    target_level: str = ""
    needs: tuple[str, ...] = ()


def available_actions(actor: Actor, order: WorkOrder) -> list[Offer]:
    """Exactly the actions whose every need of state and person holds now; what is filled in is checked when it is."""
    if order.archived_at is not None:
        return []
    work = Work(order, actor, locked=False)
    offers = []
    for action in ACTIONS:
        if action in MACHINE_ACTIONS or action in ("report", "attach"):
            continue
        parts = work.live_assignments if action in ASSIGNMENT_ACTIONS else _own_or_none(work, action)
        for part in parts:
            offer = _offer(work, action, part)
            if offer is not None:
                offers.append(offer)
                if action == "extend":
                    break
    return offers


def _own_or_none(work: Work, action: str) -> list[Assignment | None]:
    own: list[Assignment | None] = []
    if action == "extend":
        own.extend(each for each in work.live_assignments if each.unit_id in work.actor.unit_ids)
    return own or [None]


def _offer(work: Work, action: str, part: Assignment | None) -> Offer | None:
    order, actor = work.order, work.actor
    row = next((row for row in rows(action, order.status, order.level) if first_unmet(row, work, part) is None), None)
    if row is None or not holds(actor, row.permission, order, part) or not may_act(row, actor, work):
        return None
    if action in REQUEST_OF_ACTION and work.open_request(REQUEST_OF_ACTION[action]) is not None:
        return None
    on_part = part is not None and action in ASSIGNMENT_ACTIONS
    return Offer(
        action=action,
        permission=row.permission,
        inputs=INPUTS[action],
        version=part.version if on_part and part is not None else order.version,
        assignment_id=part.pk if on_part and part is not None else None,
        asks_approval=not APPROVALS.isdisjoint(row.needs),
        target=row.target,
        target_level=row.target_level,
        needs=_filled_in(row),
    )


def _filled_in(row: Transition) -> tuple[str, ...]:
    """Needs that the form must help to meet."""
    return tuple(need for need in row.needs if need in ("category", "place", "conditions", "evidence", "master"))


def decidable_requests(actor: Actor, order: WorkOrder) -> list[Request]:
    """Open requests that the actor may answer; an arbitration is answered by arbitrating."""
    return [
        request
        for request in order.requests.all()
        if request.outcome == Outcome.PENDING
        and request.kind != RequestKind.ARBITRATION
        and may_decide(actor, request, order)
        and request.requester_id != actor.user_id
    ]
