"""Leaving the service: the posts end, the account is shut, nothing stays open."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import OfficerUntouchable
from accounts.models import User, UserKind
from accounts.services import audit, close_access
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Invalid, NotAllowed

from ..errors import AlreadyLeaving
from ..models import Departure, Membership, Secondment
from ..permissions import Action, can
from ..signals import departed
from .appointments import lock_lists_of, refuse_lines_of
from .posts import end_post, today, withdraw_stale_grants


@transaction.atomic
def leave(
    *,
    user: User,
    by: Actor,
    leaves_on: dt.date | None = None,
    reason: str = "",
    successor: User | None = None,
    ip: str | None = None,
) -> Departure:
    """Let somebody go from ``leaves_on`` on (default today: at once). Raise NotAllowed, AlreadyLeaving, Invalid.

    Posts end that day, what waits for confirmation is refused; then the account is shut, with its sessions and tokens.
    """
    if not can(by, Action.END_SERVICE):
        raise NotAllowed
    lock_lists_of(user)
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    _require_may_leave(person, successor, by)
    day = max(leaves_on or today(), today())
    departure = Departure.objects.create(
        user=person, leaves_on=day, reason=reason.strip()[:200], successor=successor, told_by_id=by.user_id
    )
    _end_posts(person, day, by, ip)
    audit(
        actor_id=by.user_id,
        action="grids.departure",
        object_label=person.username,
        detail={
            "leaves_on": day.isoformat(),
            "reason": departure.reason,
            "successor": successor and successor.username,
        },
        ip=ip,
    )
    if day <= today():
        _close(departure, by, ip)
    return departure


@transaction.atomic
def take_back_departure(*, departure: Departure, by: Actor) -> None:
    """Somebody stays after all, while the day has not come. Posts that were ended are given anew by appointment."""
    if not can(by, Action.END_SERVICE):
        raise NotAllowed
    if not Departure.objects.filter(pk=departure.pk, closed_at=None).delete()[0]:
        raise AlreadyLeaving(_("账号已停用，请改用恢复账号"))
    audit(actor_id=by.user_id, action="grids.departure_taken_back", object_label=departure.user.username)


def close_departed() -> int:
    """Shut the accounts of those whose day has come; return how many. Run it again and nothing happens."""
    closed = 0
    for pk in Departure.objects.filter(closed_at=None, leaves_on__lte=today()).values_list("pk", flat=True):
        with transaction.atomic():
            departure = (
                Departure.objects.select_for_update(of=("self",), skip_locked=True)
                .filter(pk=pk, closed_at=None)
                .first()
            )
            if departure is not None:
                lock_lists_of(departure.user)
                _close(departure, SYSTEM, None)
                closed += 1
    return closed


def _close(departure: Departure, by: Actor, ip: str | None) -> None:
    # Since the departure was settled somebody may have been given a post all the same, or proposed for one.
    _end_posts(departure.user, departure.leaves_on, by, ip)
    close_access(user=departure.user, by=by, reason=departure.reason, ip=ip)
    withdraw_stale_grants(user_id=departure.user_id)
    for secondment in Secondment.objects.filter(people=departure.user_id):
        secondment.people.remove(departure.user_id)
    Departure.objects.filter(pk=departure.pk).update(closed_at=Now())
    departure.refresh_from_db(fields=["closed_at"])
    # Robust: nothing that others do with the news keeps an account open.
    departed.send_robust(sender=Departure, departure=departure)


def _end_posts(person: User, day: dt.date, by: Actor, ip: str | None) -> None:
    """End every post in force or to come, and what waits to become one."""
    for post in Membership.objects.filter(user=person).filter(Q(ends_on=None) | Q(ends_on__gt=day)):
        end_post(membership=post, ends_on=day, by=by, ip=ip)
    refuse_lines_of(user=person, reason=_("已离任"), by=by)


def _require_may_leave(person: User, successor: User | None, by: Actor) -> None:
    if person.officer:
        raise OfficerUntouchable
    if person.kind != UserKind.STAFF:
        raise Invalid(_("只有工作人员办理离任"))
    if person.pk == by.user_id:
        raise NotAllowed
    if not person.is_active or Departure.objects.filter(user=person, closed_at=None).exists():
        raise AlreadyLeaving
    if successor is not None and (successor.pk == person.pk or not successor.is_active or successor.kind != "staff"):
        raise Invalid(fields={"successor": [_("接替人须是另一名在用的工作人员")]})
