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


def may_set_rewards(actor: Actor) -> bool:
    """Who drafts rules of thanks and runs the shop: the district's commanders and supervisors."""
    codenames = ("command_orders", "supervise_orders")
    return bool(actor.user_id) and any(held.startswith("d:") for name in codenames for held in actor.tokens(name))


def hands_out(actor: Actor) -> bool:
    """Whoever serves at a workstation, and who runs the shop: what exactly, :func:`may_hand_out` says."""
    return may_set_rewards(actor) or any(post.community_id is not None and post.unit_id for post in actor.posts)


def may_read_tips(actor: Actor) -> bool:
    """Who opens what strangers tell in confidence: the same few people, and nobody who only dispatches."""
    return may_set_rewards(actor) and not actor.officer


def may_hand_out(actor: Actor, pickup_id: int) -> bool:
    """Who hands out what was redeemed: whoever serves where it lies, and who runs the shop."""
    return pickup_id in actor.unit_ids or may_set_rewards(actor)


def may_moderate(actor: Actor) -> bool:
    """Who decides what is shown in public and who is kept out: whoever checks, supervises or commands the district."""
    if actor.officer or not actor.user_id:
        return False
    codenames = ("check_orders", "supervise_orders", "command_orders")
    return any(held.startswith("d:") for codename in codenames for held in actor.tokens(codename))
