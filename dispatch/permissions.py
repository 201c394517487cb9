"""Who sees documents of supervision, and who may take note of one."""

from __future__ import annotations

from dispatch.models import SupervisionOrder
from lianqin.kernel.actors import DISTRICT, Actor

VIEW = "view_orders"


def is_of_the_district(actor: Actor) -> bool:
    """Whether the actor sees orders of a whole district."""
    return any(held.startswith(f"{DISTRICT}:") for held in actor.tokens(VIEW))


def may_acknowledge(actor: Actor, document: SupervisionOrder) -> bool:
    """Somebody of the supervised unit, or the commander."""
    own = document.unit_id in actor.unit_ids
    return own or actor.may("command_orders", {f"{DISTRICT}:{document.order.district_id}"})
