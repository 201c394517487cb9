"""What the responsibility list said when an order was dispatched, and whether that was followed: it is history."""

from __future__ import annotations

from catalogue.selectors import Answer
from catalogue.selectors.responsible import PROPOSAL, RULE, stands_here
from workorders.models import Assignment
from workorders.selectors.listed import listed, spot_of_order
from workorders.services.moves import Move
from workorders.states import AssignmentStatus, Role


def note_suggestion(move: Move, lead_unit_id: int, assist_ids: frozenset[int]) -> None:
    """Write beside the facts of the event, and on the lead's part, what was suggested. No statement.

    ``followed`` is None where nothing was: no rule applies, or its department has returned this order already.
    """
    answer = listed(move.order)
    part = next(each for each in reversed(move.work.assignments) if each.role == Role.LEAD and each.is_live)
    if answer is None or answer.lead is None or answer.decided_by not in (PROPOSAL, RULE):
        move.facts["followed"] = None
        return
    part.suggested_unit_id = answer.lead.pk
    part.suggested_rule = answer.number if answer.decided_by == RULE else ""
    part.list_version = answer.version
    if not _has_returned(move, answer.lead.pk):
        part.followed = answer.lead.pk == lead_unit_id
    if part.followed is False:
        part.correction = move.data.get("correction") or ""
    move.facts |= _facts(move, answer, part, assist_ids)


def _facts(move: Move, answer: Answer, part: Assignment, assist_ids: frozenset[int]) -> dict[str, object]:
    spot, level = spot_of_order(move.order), move.order.level
    named = {unit.pk for unit in answer.assisting if stands_here(unit, spot, level)}
    found: dict[str, object] = {
        "suggested": part.suggested_unit_id,
        "rule": part.suggested_rule,
        "list_version": part.list_version,
        "followed": part.followed,
        "assists_differ": named - {part.unit_id} != assist_ids,
    }
    return found | ({"correction": part.correction} if part.correction else {})


def _has_returned(move: Move, unit_id: int) -> bool:
    parts = (each for each in move.work.assignments if each.unit_id == unit_id)
    return any(each.status == AssignmentStatus.RETURNED for each in parts)
