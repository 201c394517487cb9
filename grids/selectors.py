"""Reads: who a user is on the ground, which units may be dispatched to."""

from __future__ import annotations

from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate

from accounts.models import User, UserKind
from lianqin.kernel.actors import DISTRICT, Actor, ActorKind, token
from lianqin.kernel.actors import Post as ActorPost
from lianqin.kernel.clock import Now

from .ground import ground
from .models import (
    Community,
    District,
    DistrictPermission,
    Grid,
    Membership,
    Street,
    StreetPermission,
    Unit,
    UnitKind,
    UnitLevel,
    UnitPermission,
)
from .permissions import district_id_of, grants_of
from .rules import REPORT


def memberships_in_force() -> QuerySet[Membership]:
    """Posts held today, by the clock of the database."""
    today = TruncDate(Now())
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)


def actor_for(user: User) -> Actor:
    """Return the actor of a signed-in user with posts and grants of today. Two queries for staff, none for others."""
    if user.kind != UserKind.STAFF:
        kind = ActorKind.SOURCE if user.kind == UserKind.SOURCE else ActorKind.PERSON
        everywhere = frozenset(token(DISTRICT, pk) for pk in ground().district_ids)
        return Actor(kind=kind, name=str(user), user_id=user.pk, grants={REPORT: everywhere})
    if user.officer:
        return Actor(kind=ActorKind.PERSON, name=str(user), user_id=user.pk, officer=user.officer)
    held = list(
        memberships_in_force()
        .filter(user=user)
        .select_related("unit", "grid__community__street")
        .defer("grid__boundary", "grid__community__boundary", "grid__community__street__boundary")
        .order_by("pk")
    )
    return Actor(
        kind=ActorKind.PERSON,
        name=str(user),
        user_id=user.pk,
        posts=tuple(_post(membership) for membership in held),
        grants=grants_of(held, _written(user)) if held else {},
    )


def _written(user: User) -> frozenset[tuple[str, str]]:
    """(codename, token) pairs that guardian holds for the user. One query."""

    def pairs(
        model: type[DistrictPermission | StreetPermission | UnitPermission], letter: str
    ) -> QuerySet[DistrictPermission | StreetPermission | UnitPermission, tuple[str, str]]:
        name = Concat(Value(f"{letter}:"), Cast("content_object_id", CharField()), output_field=CharField())
        return model.objects.filter(user=user).values_list(F("permission__codename"), name)

    found = pairs(DistrictPermission, "d").union(pairs(StreetPermission, "s"), pairs(UnitPermission, "u"), all=True)
    return frozenset((codename, held) for codename, held in found)


def _post(membership: Membership) -> ActorPost:
    unit, grid = membership.unit, membership.grid
    return ActorPost(
        role=membership.role,
        unit_id=membership.unit_id,
        district_id=district_id_of(membership),
        street_id=unit.street_id if unit else grid.community.street_id if grid else None,
        community_id=unit.community_id if unit else grid.community_id if grid else None,
        grid_id=membership.grid_id,
    )


def post_labels(user: User) -> list[tuple[str, str]]:
    """(post, place) in words for everything the user holds today, for the account page. One query."""
    held = (
        memberships_in_force()
        .filter(user=user)
        .select_related("unit", "grid__community")
        .defer("grid__boundary", "grid__community__boundary")
        .order_by("pk")
    )
    return [
        (
            membership.get_post_display() or membership.get_role_display(),
            membership.unit.name if membership.unit else str(membership.grid),
        )
        for membership in held
    ]


def units_for_dispatch(*, level: str, street_id: int | None, district_id: int) -> QuerySet[Unit]:
    """Departments that a centre may send an order to: a street its own squads, the district every department.

    Sorted by pinyin; ``street`` is loaded.
    """
    units = Unit.objects.filter(kind=UnitKind.DUTY_DEPARTMENT, active=True, district_id=district_id)
    if level == UnitLevel.STREET:
        units = units.filter(level=UnitLevel.STREET, street_id=street_id)
    return units.select_related("street").defer("street__boundary").order_by("level", "pinyin")


def district_tree() -> QuerySet[District]:
    return District.objects.defer("boundary").order_by("code")


def streets() -> QuerySet[Street]:
    return Street.objects.select_related("district").defer("boundary", "district__boundary")


def communities() -> QuerySet[Community]:
    return Community.objects.select_related("street").defer("boundary", "street__boundary")


def grids() -> QuerySet[Grid]:
    return Grid.objects.select_related("community__street").defer(
        "boundary", "community__boundary", "community__street__boundary"
    )
