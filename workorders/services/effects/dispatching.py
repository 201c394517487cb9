"""Who is to act: dispatch, adjust, arbitrate."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from catalogue.services import propose_responsibility
from grids.models import Unit
from grids.selectors import may_be_dispatched_to
from workorders.errors import AlreadyAssigned, Invalid
from workorders.models import Assignment
from workorders.services.moves import Move, check, effect
from workorders.services.suggested import note_suggestion
from workorders.states import (
    LIVE_ASSIGNMENT,
    AssignmentStatus,
    Outcome,
    RequestKind,
    Role,
)


@check("dispatch")
def check_dispatch(move: Move) -> None:
    if move.data.get("adopt") and move.data.get("lead") is None:
        adopted = _superseded(move)
        move.data = {**move.data, **adopted}
    if move.data.get("lead") is None:
        raise Invalid(fields={"lead": [_("请选择主办单位")]})
    _check_lead_and_assists(move)


def _superseded(move: Move) -> dict[str, object]:
    """The departments that were at work when the order rose, as they were."""
    parts = [each for each in move.work.assignments if each.status == AssignmentStatus.SUPERSEDED]
    units = Unit.objects.in_bulk([each.unit_id for each in parts])
    leads = [units[each.unit_id] for each in parts if each.role == Role.LEAD]
    assists = [units[each.unit_id] for each in parts if each.role == Role.ASSIST]
    if not leads:
        raise Invalid(fields={"adopt": [_("没有可沿用的原派单，请选择主办单位")]})
    lead = leads[-1]
    unique = {unit.pk: unit for unit in assists if unit.pk != lead.pk}
    return {"lead": lead, "assists": list(unique.values())}


@check("adjust")
def check_adjust(move: Move) -> None:
    if not move.data["add"] and not move.data["revoke"]:
        raise Invalid(fields={"add": [_("请选择要增加或撤销的协办单位")]})
    _check_units(move, "add", move.data["add"])
    live = {each.unit_id for each in move.work.live_assignments if each.role == Role.ASSIST}
    if any(unit.pk not in live for unit in move.data["revoke"]):
        raise Invalid(fields={"revoke": [_("只能撤销尚未反馈的协办单位")]})
    revoked = {unit.pk for unit in move.data["revoke"]}
    left = [each for each in move.work.live_assignments if each.unit_id not in revoked]
    if not left and not move.data["add"]:
        raise Invalid(code="nobody_left", fields={"revoke": [_("其他单位都已反馈，请用“主办代结”")]})


@check("arbitrate")
def check_arbitrate(move: Move) -> None:
    _check_lead_and_assists(move)


def _check_lead_and_assists(move: Move) -> None:
    _check_units(move, "lead", [move.data["lead"]])
    _check_units(move, "assists", move.data["assists"])


def _check_units(move: Move, field: str, units: Collection[Unit]) -> None:
    """Only departments that this centre may send an order to, and those that were at work on it before."""
    order = move.order
    adopted = {each.unit_id for each in move.work.assignments}
    for unit in units:
        stands = may_be_dispatched_to(unit, level=order.level, street_id=order.street_id, district_id=order.district_id)
        if unit.pk in adopted or stands:
            continue
        raise Invalid(fields={field: [_("只能选择本级可派的参勤单位")]})
    if field in ("assists", "add") and move.data.get("lead") in units:
        raise Invalid(fields={field: [_("主办单位不能同时协办")]})


@effect("dispatch")
def dispatch(move: Move) -> None:
    move.order.last_dispatcher_id = move.work.actor.user_id
    _assign(move, move.data["lead"], move.data["assists"])
    note_suggestion(move, move.data["lead"].pk, frozenset(unit.pk for unit in move.data["assists"]))


@effect("arbitrate")
def arbitrate(move: Move) -> None:
    """Binding: no further return; offered to the catalogue as a rule of responsibility."""
    work = move.work
    request = work.open_request(RequestKind.ARBITRATION)
    assert request is not None
    request.outcome, request.approver_id, request.decided_at = Outcome.APPROVED, work.actor.user_id, work.now
    request.answer = move.data["reason"]
    move.request = request
    move.facts["request"] = request.pk
    lead = move.data["lead"].pk
    # Whoever returned the order and gets it again: dispatching to them was right.
    own = (each for each in work.assignments if each.unit_id == lead and each.role == Role.LEAD)
    move.facts["upheld"] = any(each.status == AssignmentStatus.RETURNED for each in own)
    _assign(move, move.data["lead"], move.data["assists"], binding=True)
    if move.order.category_id is not None:
        propose_responsibility(
            category_id=move.order.category_id,
            street_id=move.order.street_id,
            unit_id=move.data["lead"].pk,
            order_number=move.order.number,
            reason=move.data["reason"],
        )


@effect("adjust")
def adjust(move: Move) -> None:
    revoked = {unit.pk for unit in move.data["revoke"]}
    for each in move.work.live_assignments:
        if each.role == Role.ASSIST and each.unit_id in revoked:
            end(move, each, AssignmentStatus.REVOKED)
    _assign(move, None, move.data["add"])
    move.facts["revoked"] = sorted(revoked)


def _assign(move: Move, lead: Unit | None, assists: Iterable[Unit], *, binding: bool = False) -> None:
    """Open an assignment for each unit; an assisting one that is still at work goes on."""
    work = move.work
    live = {each.unit_id: each for each in work.live_assignments}
    if lead is not None and lead.pk in live:
        end(move, live.pop(lead.pk), AssignmentStatus.REVOKED)
    wanted = [(lead, Role.LEAD)] if lead is not None else []
    wanted += [(unit, Role.ASSIST) for unit in assists if unit.pk not in live]
    if lead is None and not wanted and assists:
        raise AlreadyAssigned
    work.add_assignments(
        [
            Assignment(
                order=move.order,
                unit_id=unit.pk,
                role=role,
                level=move.row.target_level,
                binding=binding,
                dispatched_at=work.now,
                dispatched_by_id=work.actor.user_id,
                instruction=move.data.get("instruction") or "",
            )
            for unit, role in wanted
        ]
    )
    if lead is not None:
        move.facts["lead"] = lead.pk
    move.facts["assists"] = [unit.pk for unit, role in wanted if role == Role.ASSIST]


def end(move: Move, part: Assignment, status: AssignmentStatus) -> None:
    """End somebody's part without a result."""
    assert part.status in LIVE_ASSIGNMENT
    part.status = status
    part.version += 1
    part.finished_at, part.finished_by_id = move.work.now, move.work.actor.user_id
