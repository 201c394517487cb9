"""Who may do what for citizens."""

from __future__ import annotations

from dispatch.permissions import may_try_out
from lianqin.kernel.actors import Actor, ActorKind


def may_configure(actor: Actor) -> bool:
    """Who enters platforms, their formats and keys: the system administrator."""
    return actor.kind == ActorKind.SYSTEM or actor.officer == "sysadmin"


def may_mend(actor: Actor) -> bool:
    """Who mends what a platform sent and could not be read: whoever takes reports in for the district."""
    return any(held.startswith("d:") for held in actor.tokens("register_orders"))


def may_teach(actor: Actor) -> bool:
    """Who has readers taught and brings them into use: the district's centre, and the officer who configures."""
    return may_try_out(actor)
