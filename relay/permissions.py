"""Who configures channels, and who sees what went through them."""

from __future__ import annotations

from lianqin.kernel.actors import DISTRICT, Actor


def configures_channels(actor: Actor) -> bool:
    """The system administrator."""
    return actor.officer == "sysadmin"


def scopes_of(actor: Actor) -> frozenset[str]:
    """Tokens of the districts whose messages the actor sees: on duty at a command centre, or commanding."""
    if actor.officer:
        return frozenset()
    held = actor.tokens("dispatch_orders") | actor.tokens("command_orders")
    return frozenset(each for each in held if each.startswith(f"{DISTRICT}:"))


def reads_messages(actor: Actor) -> bool:
    return configures_channels(actor) or bool(scopes_of(actor))
