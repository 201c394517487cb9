"""Who a user is on the ground."""

from __future__ import annotations

import json

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from lianqin.kernel.actors import DISTRICT, Actor, ActorKind, token
from lianqin.kernel.actors import Post as ActorPost
from lianqin.kernel.clock import Now
from lianqin.kernel.rows import columns, from_json, from_row, link
from lianqin.kernel.statements import prepared

from ..ground import ground
from ..models import (
    Community,
    Grid,
    Membership,
    Street,
    Unit,
)
from ..permissions import district_id_of, grants_of
from ..rules import REPORT


def memberships_in_force() -> QuerySet[Membership]:
    """Posts held today, by the clock of the database."""
    today = TruncDate(Now())
    return Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gt=today), starts_on__lte=today)


def memberships_that_count() -> QuerySet[Membership]:
    """Posts in force or to come. One that was ended before its first day never gives anything."""
    return Membership.objects.exclude(ends_on__lte=TruncDate(Now())).exclude(ends_on=F("starts_on"))


def passer_by() -> Actor:
    """Somebody of whom we know nothing: may report, and sees nothing."""
    return Actor(kind=ActorKind.PERSON, name=str(_("匿名居民")), grants={REPORT: _everywhere()})


def _everywhere() -> frozenset[str]:
    return frozenset(token(DISTRICT, pk) for pk in ground().district_ids)


def actor_for(user: User) -> Actor:
    """Return the actor of a signed-in user with posts and grants of today. One query for staff, none for others."""
    if user.kind != UserKind.STAFF:
        kind = ActorKind.SOURCE if user.kind == UserKind.SOURCE else ActorKind.PERSON
        return Actor(kind=kind, name=str(user), user_id=user.pk, grants={REPORT: _everywhere()})
    if user.officer:
        return Actor(kind=ActorKind.PERSON, name=str(user), user_id=user.pk, officer=user.officer)
    held, written = _standing(user.pk)
    return Actor(
        kind=ActorKind.PERSON,
        name=str(user),
        user_id=user.pk,
        posts=tuple(_post(membership) for membership in held),
        grants=grants_of(held, written) if held else {},
    )


# Asked at every request, so that what is taken away is gone at once. Places and units are looked up one by one: joined,
# planning would cost more than reading.
STANDING = """
SELECT {columns},
(SELECT row_to_json(x) FROM
 (SELECT id, kind, district_id, street_id, community_id FROM grids_unit WHERE id = m.unit_id) x)::text,
(SELECT row_to_json(x) FROM
 (SELECT g.community_id, c.street_id, s.district_id FROM grids_grid g JOIN grids_community c ON c.id = g.community_id
  JOIN grids_street s ON s.id = c.street_id WHERE g.id = m.grid_id) x)::text,
(SELECT array_agg(p.codename || ' ' || w.held) FROM auth_permission p JOIN (
 SELECT permission_id, 'd:' || content_object_id AS held FROM grids_districtpermission WHERE user_id = %(user)s
 UNION ALL SELECT permission_id, 's:' || content_object_id FROM grids_streetpermission WHERE user_id = %(user)s
 UNION ALL SELECT permission_id, 'u:' || content_object_id FROM grids_unitpermission WHERE user_id = %(user)s
) w ON w.permission_id = p.id)
FROM grids_membership m
WHERE m.user_id = %(user)s AND m.starts_on <= (lianqin_now() AT TIME ZONE %(zone)s)::date
AND (m.ends_on IS NULL OR m.ends_on > (lianqin_now() AT TIME ZONE %(zone)s)::date) ORDER BY m.id
"""


def _standing(user_id: int) -> tuple[list[Membership], frozenset[tuple[str, str]]]:
    """The posts of today with their places, and guardian's (codename, token) pairs of the person. One query."""
    with prepared() as cursor:
        statement = STANDING.format(columns=columns(Membership, "m"))
        cursor.execute(statement, {"user": user_id, "zone": settings.TIME_ZONE})
        found = cursor.fetchall()
    held = []
    for *membership, unit, grid, _written in found:
        post = from_row(Membership, membership)
        link(post, "unit", unit and from_json(Unit, json.loads(unit)))
        link(post, "grid", grid and _grid(post.grid_id, json.loads(grid)))
        held.append(post)
    pairs = (found[0][-1] if found else None) or ()
    return held, frozenset((codename, place) for codename, place in (pair.split(" ") for pair in pairs))


def _grid(pk: int | None, told: dict[str, int]) -> Grid:
    grid = from_json(Grid, {"id": pk, "community_id": told["community_id"]})
    community = from_json(Community, {"id": told["community_id"], "street_id": told["street_id"]})
    street = from_json(Street, {"id": told["street_id"], "district_id": told["district_id"]})
    link(community, "street", street)
    link(grid, "community", community)
    return grid


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
