"""Who may do what for citizens."""

from __future__ import annotations

from lianqin.kernel.actors import Actor, ActorKind


def may_configure(actor: Actor) -> bool:
    """Who enters platforms, their formats and keys: the system administrator."""
    return actor.kind == ActorKind.SYSTEM or actor.officer == "sysadmin"


def may_mend(actor: Actor) -> bool:
    """Who mends what a platform sent and could not be read: whoever takes reports in for the district."""
    return any(held.startswith("d:") for held in actor.tokens("register_orders"))
