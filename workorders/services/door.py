"""The one door: lock, re-read, find the row, check the permission, write. Nothing else changes an order.

Answers in this order: 404 what one may not see, 409 stale version, 409 wrong state, 403, 400.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lianqin.kernel.actors import Actor, ActorKind
from workorders.errors import Archived, NotAllowed, NotVisible, SamePerson, StaleVersion, Unmet, WrongState
from workorders.locks import orders_locked
from workorders.models import Assignment, Request, WorkOrder
from workorders.permissions import holds, is_visible, may_decide
from workorders.services import effects, requests
from workorders.services.cleaning import clean, clean_answer, number_of, texts_of
from workorders.services.finishing import acting_unit_id, finish
from workorders.services.moves import CHECKS, EFFECTS, Move
from workorders.services.needs import FILLED_IN, PERSONAL, STATE, first_unmet
from workorders.services.settling import settle
from workorders.services.work import Work
from workorders.states import (
    ACTION_OF_REQUEST,
    APPROVALS,
    ASSIGNMENT_ACTIONS,
    LIVE_ASSIGNMENT,
    REQUEST_OF_ACTION,
    Outcome,
    RequestKind,
    Role,
    Transition,
    rows,
)

__all__ = ["advance", "advance_locked", "decide", "effects"]

# What is merged into an order ends with it, or is let go; and comes along when it is taken up again.
WITH_MERGED = ("verify", "withdraw", "reopen")


def advance(
    *,
    order_id: int,
    action: str,
    by: Actor,
    data: Mapping[str, Any] | None = None,
    seen_version: int | None = None,
    assignment_id: int | None = None,
) -> WorkOrder:
    """Do one action on one order. ``seen_version``: what the actor had before them; the assignment's, if one is named.

    Raises NotVisible, StaleVersion, WrongState (and Unmet), NotAllowed, Invalid; then nothing is written.
    """
    data = data or {}

    def change(locked: dict[int, WorkOrder]) -> WorkOrder:
        work = _work(locked, order_id, by, with_merged=action in WITH_MERGED)
        part = _part(work, action, assignment_id)
        if not is_visible(by, work.order, work.assignments):
            raise NotVisible
        _check_version(work, part if assignment_id is not None else None, seen_version)
        advance_locked(work, action, data, part=part, others=locked)
        return work.order

    return _changed({order_id, *_masters(action, data)}, change)


def advance_locked(
    work: Work,
    action: str,
    data: Mapping[str, Any],
    *,
    part: Assignment | None = None,
    others: Mapping[int, WorkOrder] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """The same on an order that is locked and visible: for the sweep and for actions that contain others."""
    row = choose_row(work, action, part)
    if not holds(work.actor, row.permission, work.order, part):
        raise NotAllowed
    for need in row.needs:
        if need in PERSONAL:
            PERSONAL[need](work)
    move = Move(work, row, _cleaned(work, action, data), part=part, others=others or {}, facts=dict(facts or {}))
    for need in row.needs:
        if need in FILLED_IN:
            FILLED_IN[need](work, move.data)
    if action in CHECKS:
        CHECKS[action](move)
    if APPROVALS.isdisjoint(row.needs):
        EFFECTS.get(action, _nothing)(move)
        finish(move, texts_of(action, move.data))
    else:
        _ask(move)


def choose_row(work: Work, action: str, part: Assignment | None) -> Transition:
    """The row of the table that holds now. Raises WrongState, or Unmet with the need that keeps the last row shut."""
    order = work.order
    if order.archived_at is not None:
        raise Archived
    cell = rows(action, order.status, order.level)
    if not cell:
        raise WrongState(current={"status": order.status, "level": order.level, "version": order.version})
    unmet = ""
    for row in cell:
        need = first_unmet(row, work, part)
        if need is None:
            return row
        unmet = unmet or need
    raise Unmet(STATE[unmet][1], need=unmet, current={"status": order.status, "level": order.level})


def decide(
    *, request_id: int, approve: bool, by: Actor, answer: str = "", seen_version: int | None = None
) -> WorkOrder:
    """Answer a request. Approving does what was asked, in the same transaction."""
    order_id = Request.objects.filter(pk=request_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotVisible

    def change(locked: dict[int, WorkOrder]) -> WorkOrder:
        work = _work(locked, order_id, by, with_merged=True)
        if not is_visible(by, work.order, work.assignments):
            raise NotVisible
        _check_version(work, None, seen_version)
        request = next((each for each in work.requests if each.pk == request_id), None)
        if request is None:
            raise WrongState(_("该申请已经办结"), code="request_closed")
        _check_decider(work, request)
        _decide(work, request, approve, clean_answer(answer, approve=approve), locked)
        return work.order

    return _changed({order_id}, change)


def refuse_expired(work: Work, request: Request, facts: Mapping[str, Any]) -> None:
    """What nobody answered in time is refused."""
    _refuse(work, request, Outcome.EXPIRED, "", facts)


class _AlsoLock(Exception):
    """Further orders are merged into one that is held and about to change with them."""

    def __init__(self, order_ids: Iterable[int]) -> None:
        super().__init__()
        self.order_ids = order_ids


def _changed(wanted: set[int], change: Callable[[dict[int, WorkOrder]], WorkOrder]) -> WorkOrder:
    """Do ``change`` with these orders locked.

    What turns out to be merged into them cannot simply be locked as well: that would break the order of the ids. So
    everything is let go and locked anew; once a master is held, nothing more is merged into it.
    """
    while True:
        try:
            with transaction.atomic():
                return change(orders_locked(wanted))
        except _AlsoLock as found:
            wanted = {*wanted, *found.order_ids}


def _work(locked: dict[int, WorkOrder], order_id: int, by: Actor, *, with_merged: bool) -> Work:
    """The order, taken out of those that are locked; the others stay for the effects."""
    work = Work(locked[order_id], by)
    if with_merged and not work.merged_ids <= locked.keys():
        raise _AlsoLock(work.merged_ids)
    del locked[order_id]
    return work


def _masters(action: str, data: Mapping[str, Any]) -> Iterable[int]:
    """The order into which one is to be merged; what is wrong with it is said when the inputs are cleaned."""
    if action != "merge":
        return ()
    return WorkOrder.objects.filter(number=number_of(data.get("master"))).values_list("pk", flat=True)


def _part(work: Work, action: str, assignment_id: int | None) -> Assignment | None:
    """The assignment of an action: the one that is named, else the actor's own, else the one it would be about."""
    if assignment_id is not None:
        found = next((each for each in work.assignments if each.pk == assignment_id), None)
        if found is None:
            raise NotVisible
        return found
    if action not in ASSIGNMENT_ACTIONS and action != "extend":
        return None
    live = [each for each in work.assignments if each.status in LIVE_ASSIGNMENT]
    if action == "override":
        return next((each for each in live if each.role == Role.ASSIST), None)
    own = [each for each in live if each.unit_id in work.actor.unit_ids]
    if own or action == "extend":
        return own[0] if own else None
    # A part of one's own that is over says so (409); somebody else's is none of one's business (403).
    over = [each for each in reversed(work.assignments) if each.unit_id in work.actor.unit_ids]
    return next(iter([*over, *live, *work.assignments]), None)


def _check_version(work: Work, part: Assignment | None, seen: int | None) -> None:
    current = part.version if part is not None else work.order.version
    if seen is not None and seen != current:
        raise StaleVersion(
            current={"status": work.order.status, "level": work.order.level, "version": current}, seen=seen
        )


def _cleaned(work: Work, action: str, data: Mapping[str, Any]) -> dict[str, Any]:
    return dict(data) if work.actor.kind == ActorKind.SYSTEM else clean(action, data, work.actor)


def _nothing(move: Move) -> None:
    """The row says it all."""


def _ask(move: Move) -> None:
    """Write the request instead of doing it."""
    work, row = move.work, move.row
    request = requests.ask_by_row(work, row, dict(move.data), move.part)
    settle(work)
    facts = {"request": request.pk, "request_kind": request.kind, "tier": request.tier, **request.payload}
    unit_id = request.requester_unit_id
    work.write("request", data=facts, texts={"reason": request.reason}, unit_id=unit_id)


def _check_decider(work: Work, request: Request) -> None:
    if not may_decide(work.actor, request, work.order):
        raise NotAllowed
    if request.requester_id is not None and request.requester_id == work.actor.user_id:
        raise SamePerson


def _decide(work: Work, request: Request, approve: bool, answer: str, others: Mapping[int, WorkOrder]) -> None:
    if request.kind == RequestKind.ARBITRATION:
        raise WrongState(code="use_arbitrate")
    if not approve:
        _refuse(work, request, Outcome.REFUSED, answer, {})
        return
    action = ACTION_OF_REQUEST[RequestKind(request.kind)]
    row = choose_row(work, action, request.assignment)
    facts = {"request": request.pk, "approved": True}
    data = {"reason": request.reason, **request.payload}
    move = Move(work, row, data, part=request.assignment, request=request, others=others, facts=facts)
    if action in CHECKS:
        # What was right when it was asked for need not be now.
        CHECKS[action](move)
    _answer(work, request, Outcome.APPROVED, answer)
    EFFECTS.get(action, _nothing)(move)
    finish(move, {"reason": request.reason, "answer": answer})


def _refuse(work: Work, request: Request, outcome: str, answer: str, facts: Mapping[str, Any]) -> None:
    _answer(work, request, outcome, answer)
    settle(work)
    data = {"request": request.pk, "request_kind": request.kind, "outcome": outcome, **facts}
    work.write("request_refused", data=data, texts={"answer": answer}, unit_id=acting_unit_id(work))


def _answer(work: Work, request: Request, outcome: str, answer: str) -> None:
    request.outcome, request.answer = outcome, answer
    request.approver_id, request.decided_at = work.actor.user_id, work.now


assert set(REQUEST_OF_ACTION) <= set(EFFECTS) | {"decline", "void"}, "every approval has an effect"
