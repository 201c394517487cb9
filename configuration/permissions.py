"""Who sees which section. What one may change there is asked again by the service that changes it."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.permissions import bureaus_of
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


def takes_part_in_admissions(actor: Actor) -> bool:
    """Who works at a centre, and the bureaus of the district, which apply."""
    return works_at_centre(actor) or bool(bureaus_of(actor))


def sees_elements(actor: Actor) -> bool:
    """The centres and the officers who configure, and who answers for a piece of ground and its people."""
    return works_at_centre(actor) or bool(actor.tokens("view_attention"))


def sees_cameras(actor: Actor) -> bool:
    """The staff of the centres, and the system administrator who registers cameras."""
    return configures(actor) or (works_at_centre(actor) and not actor.officer)
