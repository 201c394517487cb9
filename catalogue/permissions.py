"""Who may change what the whole district goes by. Deny by default."""

from __future__ import annotations

from enum import StrEnum

from lianqin.kernel.actors import Actor, ActorKind


class Action(StrEnum):
    DRAFT_CALENDARS = "draft_calendars"
    DRAFT_DEADLINES = "draft_deadlines"
    ADMIT_CATEGORIES = "admit_categories"
    PUBLISH_CALENDAR = "publish_calendar"
    CHANGE_DEADLINES = "change_deadlines"
    PROPOSE_RECOMPUTATION = "propose_recomputation"
    APPROVE_RECOMPUTATION = "approve_recomputation"
    DECIDE_RESPONSIBILITY = "decide_responsibility"


# What needs a draft and a second person when somebody wants it; only our own machines do it at once.
BY_SYSTEM = frozenset({Action.PUBLISH_CALENDAR, Action.CHANGE_DEADLINES})


def can(actor: Actor, action: Action) -> bool:
    """True if the post allows it: the system administrator configures, the district commander approves."""
    commander = bool(actor.tokens("command_orders"))
    if action in {Action.APPROVE_RECOMPUTATION, Action.DECIDE_RESPONSIBILITY}:
        return commander
    if action in BY_SYSTEM:
        return actor.kind == ActorKind.SYSTEM
    if action == Action.PROPOSE_RECOMPUTATION and commander:
        return True
    return actor.kind == ActorKind.SYSTEM or actor.officer == "sysadmin"
