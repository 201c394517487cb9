"""Who holds which post, and the grants that go with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, UserKind
from accounts.services import audit, take_key
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, GRID, STREET, UNIT, Actor, ActorKind
from lianqin.kernel.errors import NotAllowed

from ..errors import (
    DeputyDoesNotFit,
    LeavesBefore,
    NotInService,
    NotStaff,
    OfficerHoldsNoPost,
    PostDoesNotFit,
    PostHolderIsNoOfficer,
    PostTaken,
)
from ..models import (
    Departure,
    District,
    DistrictPermission,
    Grid,
    Membership,
    Role,
    Standing,
    Street,
    StreetPermission,
    Unit,
    UnitKind,
    UnitPermission,
)
from ..permissions import Action, can, home_of
from ..rules import GRANTS, ROLE_UNITS
from ..selectors.people import memberships_that_count
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
    standing: str = "",
    deputy_of: Membership | None = None,
    title: str = "",
    note: str = "",
    by: Actor,
    ip: str | None = None,
) -> Membership:
    """Give a person a post from ``starts_on`` (default today) until the day before ``ends_on``; write its grants.

    ``standing`` and ``deputy_of`` make it the post of a deputy. Raise NotAllowed, OfficerHoldsNoPost, NotStaff,
    PostDoesNotFit, LeavesBefore, TrainingMissing, PostTaken. Who held none loses the password from before the post.
    """
    require_appointer(by)
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if person.officer:
        raise OfficerHoldsNoPost
    if person.kind != UserKind.STAFF:
        raise NotStaff
    if not person.is_active:
        raise NotInService
    starts_on = starts_on or today()
    require_fit(role=role, unit=unit, grid=grid, post=post, starts_on=starts_on, ends_on=ends_on)
    _require_stays(person, ends_on)
    _require_stands(unit=unit, grid=grid)
    _require_deputy(user=person, unit=unit, grid=grid, standing=standing, deputy_of=deputy_of)
    require_courses(user=person, role=role, post=post, on=starts_on)
    membership = Membership(
        user=person, role=role, unit=unit, grid=grid, post=post, starts_on=starts_on, ends_on=ends_on,
        standing=standing, deputy_of=deputy_of, title=title.strip(), note=note.strip(),
    )  # fmt: skip
    if person.has_usable_password() and not _holds_post(person):
        take_key(user=person, by=by, ip=ip)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise PostTaken from error
    write_grants([membership])
    _tell(membership, "membership_started", by, ip, starts_on=starts_on.isoformat())
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, ends_on: dt.date | None = None, by: Actor, ip: str | None = None
) -> Membership:
    """End a post; from ``ends_on`` on (default: today, at once) it gives nothing. Raise NotAllowed."""
    require_appointer(by)
    return end_post(membership=membership, ends_on=ends_on, by=by, ip=ip)


def end_post(*, membership: Membership, ends_on: dt.date | None, by: Actor, ip: str | None = None) -> Membership:
    """End a post for a service that has asked who may, within its transaction."""
    User.objects.select_for_update(no_key=True).get(pk=membership.user_id)
    ended = Membership.objects.select_related("user", "unit", "grid").defer("grid__boundary").get(pk=membership.pk)
    before = ended.ends_on
    ended.ends_on = max(ends_on or today(), ended.starts_on)
    ended.save(update_fields=["ends_on"])
    withdraw_stale_grants(user_id=ended.user_id)
    told = {"before": {"ends_on": before and before.isoformat()}, "after": {"ends_on": ended.ends_on.isoformat()}}
    _tell(ended, "membership_ended", by, ip, **told)
    return ended


@transaction.atomic
def name_deputy(
    *, membership: Membership, standing: str, deputy_of: Membership | None, by: Actor, ip: str | None = None
) -> Membership:
    """Say whose deputy a holder of a post is, or that it is nobody's (``""``, None).

    Raise NotAllowed, DeputyDoesNotFit, PostTaken.
    """
    require_appointer(by)
    held = (
        Membership.objects.select_for_update(no_key=True, of=("self",))
        .select_related("user", "unit", "grid")
        .get(pk=membership.pk)
    )
    _require_deputy(user=held.user, unit=held.unit, grid=held.grid, standing=standing, deputy_of=deputy_of)
    if deputy_of is not None and deputy_of.pk == held.pk:
        raise DeputyDoesNotFit
    before = {"standing": held.standing, "deputy_of": held.deputy_of_id}
    held.standing, held.deputy_of = standing, deputy_of
    try:
        with transaction.atomic():
            held.save(update_fields=["standing", "deputy_of"])
    except IntegrityError as error:
        raise PostTaken from error
    after = {"standing": standing, "deputy_of": held.deputy_of_id}
    _tell(held, "membership_deputy", by, ip, before=before, after=after)
    return held


@transaction.atomic
def make_officer(*, user: User, officer: str, by: Actor, ip: str | None = None) -> User:
    """Make somebody without posts one of the three officers (or none: ``""``). Only the command line may.

    Raise NotAllowed, PostHolderIsNoOfficer.
    """
    if by.kind != ActorKind.SYSTEM:
        raise NotAllowed
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if officer and _holds_post(person):
        raise PostHolderIsNoOfficer
    person.officer = officer
    person.save(update_fields=["officer"])
    audit(
        actor_id=by.user_id,
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
        letter, _colon, pk = home_of(membership).partition(":")
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


def require_appointer(by: Actor) -> None:
    if not can(by, Action.APPOINT):
        raise NotAllowed


def _holds_post(person: User) -> bool:
    return memberships_that_count().filter(user=person).exists()


def _require_stays(person: User, ends_on: dt.date | None) -> None:
    """Raise LeavesBefore for a post that would outlast a service whose end is settled."""
    leaves_on = Departure.objects.filter(user=person, closed_at=None).values_list("leaves_on", flat=True).first()
    if leaves_on is not None and (ends_on is None or ends_on > leaves_on):
        raise LeavesBefore(_("%(who)s 将于 %(day)s 离任") % {"who": person, "day": leaves_on}, leaves_on=str(leaves_on))


def _require_stands(*, unit: Unit | None, grid: Grid | None) -> None:
    """Raise PostDoesNotFit for a unit that was closed or a grid that is no more."""
    if unit is not None and not unit.active:
        raise PostDoesNotFit(fields={"unit": [_("该单位已停用")]})
    if grid is not None and grid.valid_to is not None and grid.valid_to <= today():
        raise PostDoesNotFit(fields={"grid": [_("该网格已停用")]})


def _require_deputy(
    *, user: User, unit: Unit | None, grid: Grid | None, standing: str, deputy_of: Membership | None
) -> None:
    """Raise DeputyDoesNotFit unless it is nobody's deputy, or that of another person who holds a post there."""
    if not standing and deputy_of is None:
        return
    if standing not in Standing.values or deputy_of is None:
        raise DeputyDoesNotFit
    here = (deputy_of.unit_id, deputy_of.grid_id) == (unit and unit.pk, grid and grid.pk)
    leads = Membership.objects.filter(pk=deputy_of.pk, standing="").exclude(ends_on__lte=today()).exists()
    if not here or not leads or deputy_of.user_id == user.pk:
        raise DeputyDoesNotFit


def require_fit(
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
        raise PostDoesNotFit(fields=_unfit(role, unit=unit, grid=grid, post=post))
    if ends_on is not None and ends_on <= starts_on:
        raise PostDoesNotFit(fields={"ends_on": [PostDoesNotFit.message]})


def _unfit(role: str, *, unit: Unit | None, grid: Grid | None, post: str) -> dict[str, list[str]]:
    """Why a role is not held there: what is missing, what is too much, or where it is held."""
    if role == Role.GRID_WORKER:
        lacks = {name: [_("网格员必填")] for name, value in (("grid", grid), ("post", post)) if not value}
        return lacks or {"unit": [_("网格员不填单位")]}
    kinds = "、".join(str(kind.label) for kind in UnitKind if kind in ROLE_UNITS[role])
    where = _("%(role)s应在%(kinds)s任职") % {"role": Role(role).label, "kinds": kinds}
    return {"unit": [f"{PostDoesNotFit.message}：{where}"]}


def _tell(membership: Membership, action: str, by: Actor, ip: str | None, **detail: object) -> None:
    label = membership.user.username
    audit(actor_id=by.user_id, action=action, object_label=label, detail={**_detail(membership), **detail}, ip=ip)


def _detail(membership: Membership) -> dict[str, str | int | None]:
    return {
        "membership": membership.pk,
        "role": membership.role,
        "post": membership.post,
        "unit": membership.unit.code if membership.unit else None,
        "grid": membership.grid.code if membership.grid else None,
    }
