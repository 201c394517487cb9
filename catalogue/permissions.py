"""Who may change what the whole district goes by. Deny by default."""

from __future__ import annotations

from enum import StrEnum

from catalogue.states import AdmissionRole
from grids.models import Role
from lianqin.kernel.actors import Actor, ActorKind


class Action(StrEnum):
    DRAFT_CALENDARS = "draft_calendars"
    DRAFT_DEADLINES = "draft_deadlines"
    DRAFT_RESPONSIBILITIES = "draft_responsibilities"
    EDIT_CATEGORIES = "edit_categories"
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


def bureaus_of(actor: Actor) -> frozenset[int]:
    """Return the district's departments that the actor may ask for an admission in the name of."""
    return frozenset(
        post.unit_id
        for post in actor.posts
        if post.unit_id is not None and post.street_id is None and post.role == Role.DEPARTMENT_HANDLER
    )


def admission_roles(actor: Actor, unit_id: int) -> frozenset[AdmissionRole]:
    """Return the parts that the actor may play in the admission of a task that ``unit_id`` asked for."""
    roles = set()
    if unit_id in bureaus_of(actor):
        roles.add(AdmissionRole.APPLICANT)
    if any(post.role == Role.DISTRICT_DISPATCHER for post in actor.posts):
        roles.add(AdmissionRole.OFFICE)
    if actor.tokens("command_orders"):
        roles.add(AdmissionRole.DISTRICT)
    return frozenset(roles)


def sees_all_admissions(actor: Actor) -> bool:
    """The office, who decides, and the officers who set up and watch over what is decided."""
    if actor.kind == ActorKind.SYSTEM or actor.officer in ("sysadmin", "secadmin"):
        return True
    district = {Role.DISTRICT_DISPATCHER, Role.DISTRICT_COMMANDER}
    return any(post.role in district for post in actor.posts) or bool(actor.tokens("command_orders"))


def sees_admitted(actor: Actor) -> bool:
    """Whoever stands at a centre or checks the work reads what was admitted: it will be asked of them."""
    return bool(actor.tokens("dispatch_orders") | actor.tokens("supervise_orders"))
