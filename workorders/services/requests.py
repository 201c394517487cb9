"""Ask for an approval, and answer it. Clocks run on meanwhile; silence is a refusal, except of an arbitration."""

from __future__ import annotations

from typing import Any

from workorders.errors import RequestOpen
from workorders.models import Assignment, Request
from workorders.services.finishing import acting_unit_id
from workorders.services.moves import centre_id
from workorders.services.work import Work
from workorders.states import (
    ONE_LEVEL_UP,
    REQUEST_OF_ACTION,
    Level,
    RequestKind,
    Tier,
    Transition,
)


def tier_of(work: Work, row: Transition, part: Assignment | None) -> str:
    """Who decides: a second person of the same centre, or one level above the one who asks."""
    here = Tier.STREET if work.order.level == Level.STREET and work.order.street_id else Tier.DISTRICT
    if ONE_LEVEL_UP not in row.needs or part is not None:
        return here
    return Tier.DISTRICT if here == Tier.STREET else Tier.COMMANDER


def ask(
    work: Work, kind: str, *, tier: str, reason: str, payload: dict[str, Any], part: Assignment | None = None
) -> Request:
    """Add an open request to the order. Raises RequestOpen if one of its kind is waiting."""
    if work.open_request(kind) is not None:
        raise RequestOpen
    level = Level.STREET if tier == Tier.STREET else Level.DISTRICT
    request = Request(
        order=work.order,
        assignment=part,
        kind=kind,
        tier=tier,
        unit_id=centre_id(work.order, level),
        requester_id=work.actor.user_id,
        requester_unit_id=part.unit_id if part is not None else acting_unit_id(work),
        requested_at=work.now,
        payload=payload,
        reason=reason,
    )
    work.add_request(request)
    return request


def ask_for_arbitration(work: Work, *, reason: str, part: Assignment | None = None) -> Request:
    tier = Tier.DISTRICT if work.order.level == Level.STREET else Tier.COMMANDER
    return ask(work, RequestKind.ARBITRATION, tier=tier, reason=reason, payload={}, part=part)


def ask_by_row(work: Work, row: Transition, data: dict[str, Any], part: Assignment | None) -> Request:
    """Open the request that stands before an action that needs approval."""
    payload = {name: _stored(value) for name, value in data.items() if name != "reason" and value is not None}
    own = part if part is not None and part.unit_id in work.actor.unit_ids else None
    return ask(
        work,
        REQUEST_OF_ACTION[row.action],
        tier=tier_of(work, row, own),
        reason=data["reason"],
        payload=payload,
        part=own,
    )


def _stored(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool) else value.isoformat()
