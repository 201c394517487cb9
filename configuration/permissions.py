"""Who sees which section. What one may change there is asked again by the service that changes it."""

from __future__ import annotations

from collections.abc import Callable

from lianqin.kernel.actors import Actor

Rule = Callable[[Actor], bool]


def nobody(actor: Actor) -> bool:
    return False


def configures(actor: Actor) -> bool:
    """The system administrator, who drafts and edits."""
    return actor.officer == "sysadmin"


def secures(actor: Actor) -> bool:
    """The security officer, who appoints."""
    return actor.officer == "secadmin"


def commands(actor: Actor) -> bool:
    """The district commander, who approves."""
    return bool(actor.tokens("command_orders"))


def answers_for_ground(actor: Actor) -> bool:
    """Whoever drafts, appoints or approves."""
    return configures(actor) or secures(actor) or commands(actor)


def works_at_centre(actor: Actor) -> bool:
    """Anybody above, or with a post at a command centre or sub-centre: they look things up."""
    return answers_for_ground(actor) or bool(actor.tokens("dispatch_orders") | actor.tokens("supervise_orders"))
