"""The end of every change: who holds the order, which clocks run, and the event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Model

from workorders.models import Assignment, Event
from workorders.services import clocks
from workorders.services.moves import Move, centre_id, lead_unit_id
from workorders.services.settling import settle
from workorders.services.work import Work
from workorders.states import (
    ACTION_OF_REQUEST,
    FINAL,
    Level,
    Outcome,
    RequestKind,
    Stage,
    Status,
    rows,
)

# The clock that an action stops: acting after its due is recorded as late.
ENDS: Mapping[str, str] = {
    "register": Stage.ACCEPT,
    "register_to_district": Stage.ACCEPT,
    "decline": Stage.ACCEPT,
    "handle_on_site": Stage.ACCEPT,
    "dispatch": Stage.DISPATCH,
    "acknowledge": Stage.ACKNOWLEDGE,
    "submit_result": Stage.HANDLE,
    "verify": Stage.VERIFY,
    "rework": Stage.VERIFY,
}
ON_ASSIGNMENT = frozenset({Stage.ACKNOWLEDGE, Stage.HANDLE})


def finish(move: Move, texts: Mapping[str, str], kind: str | None = None, beside: Sequence[Model] = ()) -> Event:
    """Move the order along the row of ``move``, fit everything that hangs on it, and write it down."""
    work, row = move.work, move.row
    late = _is_late(work, kind or row.action, move.part, row.target)
    _move(move)
    _overtake_requests(move)
    settle(work)
    unit_id = _unit_id(move)
    return work.write(kind or row.action, data=move.facts, texts=texts, unit_id=unit_id, late=late, beside=beside)


def _unit_id(move: Move) -> int | None:
    """The department whose part it is, where it acts itself; who approves or overrides acts for their own unit."""
    work, part = move.work, move.part
    if part is not None and (work.actor.user_id is None or part.unit_id in work.actor.unit_ids):
        return part.unit_id
    return acting_unit_id(work)


def acting_unit_id(work: Work) -> int | None:
    """The unit for which the actor acts: the one that holds the order if it is a post of theirs, else their first."""
    units = [post.unit_id for post in work.actor.posts if post.unit_id is not None]
    return work.order.holder_id if work.order.holder_id in units else next(iter(units), None)


def _is_late(work: Work, action: str, part: Assignment | None, target: str) -> bool:
    """By the database's time of the event against the due, with the platform's downtime credited."""
    stage = ENDS.get(action)
    timer = work.timer(stage, assignment=part if stage in ON_ASSIGNMENT else None) if stage else None
    late = timer is not None and clocks.is_over(timer, work.now)
    if late and stage == Stage.HANDLE and part is not None:
        part.late = True
    if target == Status.SUBMITTED and action != "handle_on_site":
        resolve = work.timer(Stage.RESOLVE)
        late = late or (resolve is not None and clocks.is_over(resolve, work.now))
    return late


def _move(move: Move) -> None:
    work, order, row = move.work, move.order, move.row
    before = order.status, order.level
    order.status, order.level = row.target, row.target_level
    if order.level == Level.DISTRICT and before[1] == Level.STREET:
        order.highest_level = Level.DISTRICT
        order.generation += 1
        # A handed-down order that timed out comes back under supervision.
        order.supervision_tier = move.facts.get("tier", 0)
    if order.status in FINAL and before[0] not in FINAL:
        order.ended_at = work.now
    elif order.status not in FINAL:
        order.ended_at = None
    if order.status == Status.SUBMITTED and before[0] != Status.SUBMITTED:
        order.submitted_at = work.now
    if order.status == Status.REGISTERED and order.registered_at is None:
        order.registered_at = work.now
    order.holder_id = _holder_id(move, before)
    order.__dict__.get("_state").fields_cache.pop("holder", None)  # type: ignore[union-attr]


def _holder_id(move: Move, before: tuple[str, str]) -> int | None:
    order, work = move.order, move.work
    if order.status in FINAL:
        return None
    if move.holder_id is not None:
        return move.holder_id
    if order.status in (Status.DISPATCHED, Status.HANDLING):
        return lead_unit_id(work)
    if (order.status, order.level) == before and order.holder_id is not None:
        return order.holder_id
    return centre_id(order, order.level)


def _overtake_requests(move: Move) -> None:
    """Close what nobody can approve any more. A pending arbitration is answered by the arbitration itself."""
    order, work = move.order, move.work
    risen = move.row.level != order.level
    for request in work.requests:
        if request.outcome != Outcome.PENDING or request is move.request:
            continue
        if request.kind == RequestKind.ARBITRATION:
            stands = order.status == Status.REGISTERED
        else:
            stands = bool(rows(ACTION_OF_REQUEST[RequestKind(request.kind)], order.status, order.level))
        # The centre that should decide is no longer the order's: relocated to another street.
        left = centre_id(order, clocks.request_level(request)) != request.unit_id
        if risen or left or not stands:
            request.outcome, request.decided_at = Outcome.OVERTAKEN, work.now
