"""Everybody who works here: found, filtered, told; and the units they stand in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.models import AuditAction, AuditEntry, User, UserKind
from lianqin.kernel.clock import Now

from ..models import (
    AppointmentLine,
    Departure,
    EntrustedService,
    LineState,
    Membership,
    Post,
    Presence,
    Secondment,
    Unit,
)
from .people import memberships_in_force

STATES = ("password", "no_post", "inactive", "leaving", "double", "waiting")


def people(
    *, text: str = "", street: str = "", unit: str = "", role: str = "", post: str = "", state: str = ""
) -> QuerySet[User]:
    """Staff who are no officers, in pinyin order, with their posts of today in ``held``. Two queries a page.

    ``text`` is a name, its pinyin or initials, a user name or a whole telephone number. ``state`` is one of ``STATES``;
    without it those who have left are left out.
    """
    found = User.objects.filter(kind=UserKind.STAFF, officer="")
    if text:
        plain = text.strip().lower()
        sought = Q(full_name__icontains=plain) | Q(username__icontains=plain) | Q(pinyin__icontains=plain)
        found = found.filter(sought | Q(phone=plain) if plain.isdigit() and len(plain) >= 7 else sought)
    held = memberships_in_force().filter(user=OuterRef("pk"))
    narrowed = held
    if street:
        narrowed = narrowed.filter(Q(unit__street__code=street) | Q(grid__community__street__code=street))
    if unit:
        narrowed = narrowed.filter(Q(unit__code=unit) | Q(grid__code=unit))
    wanted = {"role": role, "post": post}
    narrowed = narrowed.filter(**{name: value for name, value in wanted.items() if value})
    if street or unit or role or post:
        found = found.filter(Exists(narrowed))
    found = _in_state(found, state, held)
    return found.order_by("pinyin", "username").prefetch_related(
        Prefetch("memberships", queryset=with_places(memberships_in_force()), to_attr="held")
    )


def _in_state(found: QuerySet[User], state: str, held: QuerySet[Membership]) -> QuerySet[User]:
    if state == "inactive":
        return found.filter(is_active=False)
    found = found.filter(is_active=True)
    if state == "password":
        return found.filter(Q(one_time_until__isnull=False) | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX))
    if state == "no_post":
        return found.exclude(Exists(held))
    if state == "leaving":
        return found.filter(Exists(Departure.objects.filter(user=OuterRef("pk"), closed_at=None)))
    if state == "double":
        full = held.filter(post=Post.FULL_TIME_WORKER, standing="").order_by()
        twice = full.values("user").annotate(n=Count("pk")).filter(n__gt=1)
        return found.filter(Exists(twice) | Exists(full) & Exists(held.filter(unit__isnull=False)))
    if state == "waiting":
        return found.filter(Exists(AppointmentLine.objects.filter(user=OuterRef("pk"), state=LineState.WAITING)))
    return found


def with_places(posts: QuerySet[Membership]) -> QuerySet[Membership]:
    """Posts with everything that a line about them says, without shapes."""
    return (
        posts.select_related("user", "unit", "grid__community__street", "deputy_of__user")
        .defer("grid__boundary", "grid__community__boundary", "grid__community__street__boundary")
        .order_by("pk")
    )


def posts_over_time(user: User) -> QuerySet[Membership]:
    """All posts of a person, the newest first."""
    return with_places(Membership.objects.filter(user=user)).order_by("-starts_on", "-pk")


def audit_of(user: User, limit: int = 20) -> list[AuditEntry]:
    """The last lines of the audit log about a person's account and posts; sign-ins are the audit officer's."""
    shown = (
        Q(action__startswith="membership_")
        | Q(action__startswith="grids.")
        | Q(
            action__in=(
                AuditAction.USER_CREATED,
                AuditAction.USER_CHANGED,
                AuditAction.PASSWORD_ISSUED,
                AuditAction.PASSWORD_ASKED,
                AuditAction.PASSWORD_TAKEN,
                AuditAction.ACCESS_CLOSED,
                AuditAction.ACCESS_RESTORED,
            )
        )
    )
    entries = AuditEntry.objects.filter(shown, object_label=user.username).select_related("actor")
    return list(entries.order_by("-pk")[:limit])


def keys_of(users: Collection[User]) -> dict[int, tuple[AuditEntry, dt.datetime | None]]:
    """Who gave each the last password and when, and when it was first used, by the person's key. Two queries."""
    by_name = {user.username: user.pk for user in users if user.one_time_until or user.has_own_key}
    issued = AuditEntry.objects.filter(action=AuditAction.PASSWORD_ISSUED, object_label__in=by_name)
    last = {by_name[entry.object_label]: entry for entry in issued.select_related("actor").order_by("at", "pk")}
    since = min((entry.at for entry in last.values()), default=None)
    uses = AuditEntry.objects.filter(actor__in=last, action=AuditAction.SIGNED_IN, at__gte=since) if since else ()
    first: dict[int, dt.datetime] = {}
    for use in uses:  # The newest first.
        if use.actor_id and use.pk > last[use.actor_id].pk:
            first[use.actor_id] = use.at
    return {pk: (entry, first.get(pk)) for pk, entry in last.items()}


def unit_tree(*, text: str = "", street: str = "", kind: str = "", state: str = "") -> list[tuple[int, Unit]]:
    """(depth, unit) in the order of a tree: district, its units, each street's centre, squads and stations. One query.

    Each has ``members`` (people in office today) and ``seconded_here`` (departments that serve it).
    """
    day = TruncDate(Now())
    today = Q(memberships__ends_on=None) | Q(memberships__ends_on__gt=day)
    found = (
        Unit.objects.select_related("street", "community", "parent")
        .defer("street__boundary", "community__boundary")
        .annotate(
            members=Count(
                "memberships__user",
                filter=today & Q(memberships__starts_on__lte=day, memberships__user__is_active=True),
                distinct=True,
            )
        )
    )
    if text:
        plain = text.strip().lower()
        found = found.filter(
            Q(name__icontains=plain)
            | Q(short_name__icontains=plain)
            | Q(pinyin__icontains=plain)
            | Q(code__icontains=plain)
        )
    if street:
        found = (
            found.filter(street=None, level="district") if street == "district" else found.filter(street__code=street)
        )
    if kind:
        found = found.filter(kind=kind)
    found = found.filter(active=state != "inactive")
    if state == "empty":
        found = found.filter(members=0)
    ordered = sorted(found, key=_place_in_tree)
    return [(_depth(unit), unit) for unit in ordered]


KIND_ORDER: Mapping[str, int] = {
    "leading_group": 0, "office": 1, "command_center": 2, "sub_center": 2, "duty_department": 3, "social_group": 4,
    "contractor": 5, "workstation": 6,
}  # fmt: skip


def _place_in_tree(unit: Unit) -> tuple[str, int, str, str]:
    community = unit.community.code if unit.community else ""
    return (unit.street.code if unit.street else "", KIND_ORDER.get(unit.kind, 9), community, unit.pinyin)


def _depth(unit: Unit) -> int:
    top = unit.kind in ("command_center", "leading_group", "office") and unit.street_id is None
    if top or (unit.kind == "sub_center"):
        return 0 if unit.street_id is None else 1
    return 1 if unit.street_id is None else 2


def secondments(*, unit: Unit | None = None, centre: Unit | None = None, past: bool = False) -> QuerySet[Secondment]:
    """Departments at centres, today's and to come (``past``: those that ended), people loaded. Two queries."""
    found = Secondment.objects.select_related("unit", "centre").prefetch_related("people")
    over = Q(ends_on__isnull=False, ends_on__lte=TruncDate(Now()))
    found = found.filter(over) if past else found.exclude(over)
    wanted = {"unit": unit, "centre": centre}
    return found.filter(**{name: value for name, value in wanted.items() if value}).order_by(
        "centre__code", "-kind", "pk"
    )


def presence_counts(centre: Unit) -> dict[str, int]:
    """How many departments serve a centre today, by kind. One query."""
    rows = secondments(centre=centre).order_by().values("kind").annotate(n=Count("pk"))
    counts = {row["kind"]: row["n"] for row in rows}
    return {kind: counts.get(kind, 0) for kind in Presence.values}


def entrusted(*, unit: Unit | None = None, year: int | None = None) -> QuerySet[EntrustedService]:
    """What is entrusted, with its ``balance`` in yuan."""
    found = EntrustedService.objects.select_related("unit", "entrusted_by").annotate(balance=F("amount") - F("paid"))
    if unit is not None:
        found = found.filter(Q(unit=unit) | Q(entrusted_by=unit))
    return found.filter(year=year) if year else found


def remaining_after(user: User) -> list[tuple[Membership, int]]:
    """Each post of a person today, and how many others hold the same role in that unit or grid. Two queries."""
    posts = list(with_places(memberships_in_force().filter(user=user)))
    others = memberships_in_force().filter(user__is_active=True).exclude(user=user)
    here = others.filter(
        Q(unit__in=[post.unit_id for post in posts if post.unit_id])
        | Q(grid__in=[post.grid_id for post in posts if post.grid_id])
    ).values_list("unit_id", "grid_id", "role", "post")
    found = list(here)
    return [
        (post, sum(1 for row in found if row == (post.unit_id, post.grid_id, post.role, post.post))) for post in posts
    ]
