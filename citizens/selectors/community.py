"""Communities that somebody looks after, and who is what there."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from citizens.models import Standing, StandingRole, StandingState
from grids.models import Community
from lianqin.kernel.actors import COMMUNITY, DISTRICT, STREET, Actor
from lianqin.kernel.errors import NotAllowed, NotVisible
from lianqin.kernel.numbers import whole

CENTRE = "register_orders"
STATION = "claim_orders"


def held(actor: Actor, codename: str, letter: str) -> list[int]:
    """Keys of the places of one kind on which a permission is held."""
    return [int(each[2:]) for each in actor.tokens(codename) if each.startswith(f"{letter}:")]


def runs_communities(actor: Actor) -> bool:
    """Whoever works at a workstation, or at the centre above it."""
    return bool(held(actor, STATION, COMMUNITY) or held(actor, CENTRE, STREET) or held(actor, CENTRE, DISTRICT))


def run_by(actor: Actor) -> Q:
    """Communities of which the actor is a workstation, or the centre above it."""
    return (
        Q(pk__in=held(actor, STATION, COMMUNITY))
        | Q(street__in=held(actor, CENTRE, STREET))
        | Q(street__district__in=held(actor, CENTRE, DISTRICT))
    )


def communities_run_by(actor: Actor) -> QuerySet[Community]:
    return Community.objects.filter(run_by(actor), valid_to=None).select_related("street").order_by("code")


def require_run(actor: Actor, community_id: int) -> Community:
    """The community, if the actor looks after it. Raises NotVisible."""
    found = Community.objects.filter(run_by(actor), pk=community_id).select_related("street").first()
    if found is None:
        raise NotVisible
    return found


def all_communities() -> QuerySet[Community]:
    """Those in force, street by street; annotates ``has_namesake``."""
    in_force = Community.objects.filter(valid_to=None)
    alike = Q(short_name=OuterRef("short_name")) & (~Q(short_name="") | Q(name=OuterRef("name")))
    others = in_force.filter(alike).exclude(pk=OuterRef("pk"))
    found = in_force.annotate(has_namesake=Exists(others)).select_related("street").order_by("street__code", "code")
    return found.defer("boundary", "street__boundary")


def standings_of(user_id: int) -> QuerySet[Standing]:
    return Standing.objects.filter(user_id=user_id).select_related("community__street").order_by("-pk")


def confirmed(user_id: int, role: StandingRole) -> QuerySet[Standing]:
    found = Standing.objects.filter(user_id=user_id, role=role, state=StandingState.CONFIRMED)
    return found.select_related("community").order_by("pk")


def home_of(user_id: int) -> Standing | None:
    """Where somebody lives, once the workstation confirmed it."""
    return confirmed(user_id, StandingRole.RESIDENT).first()


def sent_key(text: str | None) -> int:
    """A key that somebody sent. Raises NotVisible for what cannot be one."""
    key = whole(text)
    if key is None:
        raise NotVisible
    return key


def person(by: Actor) -> int:
    """The key of the account that acts. Raises NotAllowed for who has none."""
    if by.user_id is None:
        raise NotAllowed
    return by.user_id
