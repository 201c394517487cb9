"""One action being done: what the effects see, and the registry that finds the effect of an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grids.ground import ground
from lianqin.kernel.actors import ActorKind
from workorders.models import Assignment, Request, WorkOrder
from workorders.services.work import Work
from workorders.states import Level, Role, Transition


@dataclass(slots=True)
class Move:
    """``data`` is cleaned; ``others`` are further orders under lock; ``facts`` go into the event."""

    work: Work
    row: Transition
    data: Mapping[str, Any]
    part: Assignment | None = None
    request: Request | None = None
    others: Mapping[int, WorkOrder] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    holder_id: int | None = None

    @property
    def order(self) -> WorkOrder:
        return self.work.order

    @property
    def assignment(self) -> Assignment:
        """The assignment of an action that has one."""
        assert self.part is not None
        return self.part

    @property
    def is_machine(self) -> bool:
        return self.work.actor.kind == ActorKind.SYSTEM


Effect = Callable[[Move], None]
EFFECTS: dict[str, Effect] = {}
CHECKS: dict[str, Effect] = {}


def effect(*actions: str) -> Callable[[Effect], Effect]:
    """What an action changes beside status and level. Runs after every check, before the clocks are settled."""

    def register(function: Effect) -> Effect:
        EFFECTS.update(dict.fromkeys(actions, function))
        return function

    return register


def check(*actions: str) -> Callable[[Effect], Effect]:
    """What else must be right in the inputs of an action. Runs when it is asked for, too. Raises Invalid."""

    def register(function: Effect) -> Effect:
        CHECKS.update(dict.fromkeys(actions, function))
        return function

    return register


def centre_id(order: WorkOrder, level: str) -> int:
    """The unit that commands the order at a level; an unplaced order is the district's."""
    if level == Level.STREET and order.street_id is not None:
        return ground().sub_center_id(order.street_id)
    return ground().command_center_id(order.district_id)


def lead_unit_id(work: Work) -> int | None:
    """The unit of the live lead, or of the one that finished last."""
    if work.lead is not None:
        return work.lead.unit_id
    leads = [each for each in work.assignments if each.role == Role.LEAD]
    return leads[-1].unit_id if leads else None
