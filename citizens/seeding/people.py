"""Who acts for the district in a demonstration."""

from __future__ import annotations

from accounts.models import User
from grids.selectors import actor_for
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible


def two_of_the_centre() -> tuple[Actor, Actor]:
    """Two people of the district's centre. Raises NotVisible."""
    roles = ("supervisor", "district_commander", "district_dispatcher")
    found = User.objects.filter(
        is_active=True, memberships__role__in=roles, memberships__unit__kind="command_center"
    ).distinct()
    two = [actor_for(user) for user in found.order_by("pk")[:2]]
    if len(two) < 2:
        raise NotVisible
    return two[0], two[1]
