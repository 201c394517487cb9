"""Who is the second pair of eyes."""

from __future__ import annotations

from lianqin.kernel.actors import Actor, ActorKind

from ..models import Role
from .people import memberships_in_force


def may_approve(actor: Actor) -> bool:
    """True for the district commander; while nobody holds that post, for the security officer. One query at most."""
    if actor.kind == ActorKind.SYSTEM or actor.tokens("command_orders"):
        return True
    if actor.officer != "secadmin":
        return False
    return not memberships_in_force().filter(role=Role.DISTRICT_COMMANDER).exists()
