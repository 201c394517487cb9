"""Who sees documents of supervision, and who may take note of one."""

from __future__ import annotations

from dispatch.models import SupervisionOrder
from grids.models import Unit, UnitKind
from lianqin.kernel.actors import DISTRICT, STREET, UNIT, Actor, ActorKind, token

VIEW = "view_orders"


def is_of_the_district(actor: Actor) -> bool:
    """Whether the actor sees orders of a whole district."""
    return any(held.startswith(f"{DISTRICT}:") for held in actor.tokens(VIEW))


def may_acknowledge(actor: Actor, document: SupervisionOrder) -> bool:
    """Somebody of the supervised unit, or the commander."""
    own = document.unit_id in actor.unit_ids
    return own or actor.may("command_orders", {f"{DISTRICT}:{document.order.district_id}"})


def may_try_out(actor: Actor) -> bool:
    """Who answers for the whole district's deadlines and hours: its centre, and the officer who drafts rules."""
    of_the_centre = any(
        held.startswith(f"{DISTRICT}:") for held in actor.tokens("dispatch_orders") | actor.tokens("command_orders")
    )
    return actor.user_id is not None and (of_the_centre or actor.officer == "sysadmin")


def may_edit_roster(actor: Actor, unit: Unit) -> bool:
    """A centre's dispatchers theirs, a department's and a workstation's own people theirs. Nobody another's."""
    if actor.kind == ActorKind.SYSTEM:
        return True
    if unit.kind == UnitKind.SUB_CENTER:
        return actor.may("dispatch_orders", {token(STREET, unit.street_id)} if unit.street_id else set())
    if unit.kind == UnitKind.COMMAND_CENTER:
        return actor.may("dispatch_orders", {token(DISTRICT, unit.district_id)})
    own = {token(UNIT, unit.pk)}
    return actor.may("handle_orders", own) or actor.may("claim_orders", own)
