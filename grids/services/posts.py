"""Who holds which post, and the grants that go with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User, UserKind
from accounts.services import audit
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, GRID, STREET, UNIT

from ..errors import NotStaff, OfficerHoldsNoPost, PostDoesNotFit, PostHolderIsNoOfficer, PostTaken
from ..models import (
    District,
    DistrictPermission,
    Grid,
    Membership,
    Role,
    Street,
    StreetPermission,
    Unit,
    UnitPermission,
)
from ..permissions import home_of
from ..rules import GRANTS, ROLE_UNITS
from .training import require_courses

PERMISSION_MODELS: dict[str, type[DistrictPermission | StreetPermission | UnitPermission]] = {
    DISTRICT: DistrictPermission,
    STREET: StreetPermission,
    UNIT: UnitPermission,
}
PLACE_MODELS: dict[str, type[District | Street | Unit]] = {DISTRICT: District, STREET: Street, UNIT: Unit}


def today() -> dt.date:
    """Today in the district's time zone, by the clock of the database."""
    return timezone.localdate(clock.now())


@transaction.atomic
def appoint(
    *,
    user: User,
    role: str,
    unit: Unit | None = None,
    grid: Grid | None = None,
    post: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    by_id: int | None = None,
    ip: str | None = None,
) -> Membership:
    """Give a person a post from ``starts_on`` (default today) until the day before ``ends_on``; write its grants."""
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.officer:
        raise OfficerHoldsNoPost
    if person.kind != UserKind.STAFF:
        raise NotStaff
    starts_on = starts_on or today()
    _require_fit(role=role, unit=unit, grid=grid, post=post, starts_on=starts_on, ends_on=ends_on)
    require_courses(user=person, role=role, post=post, on=starts_on)
    membership = Membership(
        user=person, role=role, unit=unit, grid=grid, post=post, starts_on=starts_on, ends_on=ends_on
    )
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise PostTaken from error
    write_grants([membership])
    audit(
        actor_id=by_id,
        action="membership_started",
        object_label=person.username,
        detail={**_detail(membership), "starts_on": starts_on.isoformat()},
        ip=ip,
    )
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, ends_on: dt.date | None = None, by_id: int | None = None, ip: str | None = None
) -> Membership:
    """End a post; from ``ends_on`` on (default: today, at once) it gives nothing."""
    User.objects.select_for_update().get(pk=membership.user_id)
    ended = Membership.objects.select_related("unit", "grid").get(pk=membership.pk)
    ended.ends_on = max(ends_on or today(), ended.starts_on)
    ended.save(update_fields=["ends_on"])
    withdraw_stale_grants(user_id=ended.user_id)
    audit(
        actor_id=by_id,
        action="membership_ended",
        object_label=str(membership.user),
        detail={**_detail(ended), "ends_on": ended.ends_on.isoformat()},
        ip=ip,
    )
    return ended


@transaction.atomic
def make_officer(*, user: User, officer: str, by_id: int | None = None, ip: str | None = None) -> User:
    """Make somebody without posts one of the three officers (or none of them: ``""``)."""
    person = User.objects.select_for_update().get(pk=user.pk)
    if officer and Membership.objects.filter(user=person).exclude(ends_on__lte=today()).exists():
        raise PostHolderIsNoOfficer
    person.officer = officer
    person.save(update_fields=["officer"])
    audit(
        actor_id=by_id,
        action="officer_changed",
        object_label=person.username,
        detail={"officer": officer},
        ip=ip,
    )
    return person


def write_grants(memberships: Iterable[Membership]) -> None:
    """Write guardian's rows for posts, in bulk; rows that are there stay. ``unit`` or ``grid`` must be loaded."""
    codes: dict[tuple[str, str], int] = {
        (model, codename): pk
        for model, codename, pk in Permission.objects.filter(
            content_type__app_label="grids", content_type__model__in=["district", "street", "unit"]
        ).values_list("content_type__model", "codename", "pk")
    }
    rows: dict[str, list[tuple[int, int, int]]] = {letter: [] for letter in PERMISSION_MODELS}
    for membership in memberships:
        letter, _, pk = home_of(membership).partition(":")
        if letter == GRID:
            continue
        model = PLACE_MODELS[letter]._meta.model_name or ""
        rows[letter] += [(membership.user_id, codes[model, codename], int(pk)) for codename in GRANTS[membership.role]]
    for letter, wanted in rows.items():
        table = PERMISSION_MODELS[letter]
        table.objects.bulk_create(
            [table(user_id=user, permission_id=permission, content_object_id=pk) for user, permission, pk in wanted],
            ignore_conflicts=True,
        )


def withdraw_stale_grants(*, user_id: int) -> None:
    """Delete the rows that no post of the person, current or to come, backs any more."""
    day = today()
    kept: set[tuple[str, str]] = set()
    posts = Membership.objects.filter(user_id=user_id).exclude(ends_on__lte=day).select_related("unit")
    for membership in posts:
        kept |= {(home_of(membership), codename) for codename in GRANTS.get(membership.role, ())}
    for letter, table in PERMISSION_MODELS.items():
        rows = table.objects.filter(user_id=user_id).values_list("pk", "content_object_id", "permission__codename")
        stale = [pk for pk, place, codename in rows if (f"{letter}:{place}", codename) not in kept]
        table.objects.filter(pk__in=stale).delete()


def _require_fit(
    *, role: str, unit: Unit | None, grid: Grid | None, post: str, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    if role not in Role.values:
        raise PostDoesNotFit(fields={"role": [PostDoesNotFit.message]})
    on_grid = role == Role.GRID_WORKER
    fits = (
        unit is None and grid is not None and bool(post)
        if on_grid
        else grid is None and not post and unit is not None and unit.kind in ROLE_UNITS[role]
    )
    if not fits:
        raise PostDoesNotFit(fields={"grid" if on_grid else "unit": [PostDoesNotFit.message]})
    if ends_on is not None and ends_on <= starts_on:
        raise PostDoesNotFit(fields={"ends_on": [PostDoesNotFit.message]})


def _detail(membership: Membership) -> dict[str, str | int | None]:
    return {
        "membership": membership.pk,
        "role": membership.role,
        "post": membership.post,
        "unit": membership.unit.code if membership.unit else None,
        "grid": membership.grid.code if membership.grid else None,
    }
