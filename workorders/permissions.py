"""Who may do what to which order: one rule in two forms, a fact here and a queryset in selectors.

Permissions are held on places and units (grids.services.appoint); an order is reached through where it lies,
who holds it and who had a part in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from grids.ground import ground
from lianqin.kernel.actors import COMMUNITY, DISTRICT, GRID, ORDER, PERSON, STREET, UNIT, Actor, ActorKind, token
from workorders.models import Assignment, Request, WorkOrder
from workorders.states import Level, Tier

VIEW = "view_orders"
# Held on single orders by who brings proof of having reported them, and is nobody else to us.
FOLLOW = "follow_orders"


def audience(order: WorkOrder, assignments: Iterable[Assignment]) -> set[str]:
    """The tokens of everybody whom the order concerns."""
    places = (
        (DISTRICT, order.district_id),
        (STREET, order.street_id),
        (COMMUNITY, order.community_id),
        (GRID, order.grid_id),
        (UNIT, order.holder_id),
        (PERSON, order.reporter_id),
        (PERSON, order.worker_id),
    )
    reached = {token(letter, pk) for letter, pk in places if pk is not None}
    reached |= {token(STREET, pk) for pk in order.affected_street_ids}
    reached |= {token(UNIT, each.unit_id) for each in assignments}
    return reached


def eyes(actor: Actor) -> frozenset[str]:
    """The tokens through which an actor sees orders."""
    mine = {token(PERSON, actor.user_id)} if actor.user_id is not None and not actor.officer else set()
    return actor.tokens(VIEW) | mine


def is_visible(actor: Actor, order: WorkOrder, assignments: Iterable[Assignment]) -> bool:
    if actor.kind == ActorKind.SYSTEM or _follows(actor, order):
        return True
    return not eyes(actor).isdisjoint(audience(order, assignments))


def _follows(actor: Actor, order: WorkOrder) -> bool:
    return actor.may(FOLLOW, {token(ORDER, order.pk)})


def centre(order: WorkOrder, level: str | None = None) -> frozenset[str]:
    """The place whose command centre answers for the order; an unplaced one is the district's."""
    if (level or order.level) == Level.STREET and order.street_id is not None:
        return frozenset({token(STREET, order.street_id)})
    return frozenset({token(DISTRICT, order.district_id)})


def _district(order: WorkOrder) -> frozenset[str]:
    return frozenset({token(DISTRICT, order.district_id)})


def _community(order: WorkOrder) -> frozenset[str]:
    return frozenset() if order.community_id is None else frozenset({token(COMMUNITY, order.community_id)})


def _reporting(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return actor.may("report_orders", _district(order))


def _workstation(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return actor.may("claim_orders", _community(order))


def _registrar(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return actor.may("register_orders", centre(order))


def _dispatcher(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return actor.may("dispatch_orders", centre(order))


def _department(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return part is not None and actor.may("handle_orders", {token(UNIT, part.unit_id)})


def _lead_or_centre(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    leads = order.holder_id is not None and actor.may("handle_orders", {token(UNIT, order.holder_id)})
    return leads or _dispatcher(actor, order, part)


def _on_site(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    claimed = order.community_id is not None and order.holder_id == ground().workstation_id(order.community_id)
    if claimed:
        return _workstation(actor, order, part) or (actor.user_id is not None and actor.user_id == order.worker_id)
    return order.grid_id is not None and actor.may("handle_on_site", {token(GRID, order.grid_id)})


def _checker(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    if actor.may("check_orders", centre(order)) or actor.may("supervise_orders", centre(order) | _district(order)):
        return True
    at_workstation = order.community_id is not None and order.holder_id == ground().workstation_id(order.community_id)
    here = _community(order) | ({token(GRID, order.grid_id)} if order.grid_id is not None else set())
    return at_workstation and actor.may("confirm_orders", here)


def _arbiter(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    codename = "approve_requests" if order.level == Level.STREET else "command_orders"
    return actor.may(codename, _district(order))


def _department_or_centre(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return _department(actor, order, part) or _dispatcher(actor, order, part)


def _reporter(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return _follows(actor, order) or (actor.user_id is not None and actor.user_id == order.reporter_id)


def _reopener(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return _checker(actor, order, part) or _reporter(actor, order, part)


def _viewer(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return True


def _machine(actor: Actor, order: WorkOrder, part: Assignment | None) -> bool:
    return False


PERMISSIONS: Mapping[str, Callable[[Actor, WorkOrder, Assignment | None], bool]] = {
    "reporting": _reporting,
    "workstation": _workstation,
    "holder": _registrar,
    "registrar": _registrar,
    "dispatcher": _dispatcher,
    "department": _department,
    "lead_or_centre": _lead_or_centre,
    "on_site": _on_site,
    "checker": _checker,
    "arbiter": _arbiter,
    "department_or_centre": _department_or_centre,
    "reporter": _reporter,
    "reopener": _reopener,
    "viewer": _viewer,
    "machine": _machine,
}


def holds(actor: Actor, permission: str, order: WorkOrder, part: Assignment | None = None) -> bool:
    """Whether the actor holds a permission of the transition table on an order that it sees. Ours always does."""
    return actor.kind == ActorKind.SYSTEM or PERMISSIONS[permission](actor, order, part)


def may_decide(actor: Actor, request: Request, order: WorkOrder) -> bool:
    """Whether the actor's post may decide the request; that it is another person is checked in the service."""
    if actor.kind == ActorKind.SYSTEM:
        return True
    if request.tier == Tier.COMMANDER:
        return actor.may("command_orders", _district(order))
    at = _district(order) if request.tier == Tier.DISTRICT else _district(order) | centre(order, Level.STREET)
    return actor.may("approve_requests", at)


def may_remind(actor: Actor, order: WorkOrder) -> bool:
    """Whether the actor may remind whoever has the order: its centre, the one above, and those who supervise."""
    if actor.kind == ActorKind.SYSTEM:
        return True
    above = centre(order) | _district(order)
    return actor.may("dispatch_orders", above) or actor.may("supervise_orders", above)


def may_supervise(actor: Actor, order: WorkOrder) -> bool:
    """Whether the actor may put the order under supervision: the commander and the supervisors of the district."""
    return actor.kind == ActorKind.SYSTEM or actor.may("supervise_orders", _district(order))
