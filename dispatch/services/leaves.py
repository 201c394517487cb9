"""Leave: whoever cannot come is out of the roster, and the deputy steps in where there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.locks import people_locked
from dispatch.models import COMING, Leave, Shift, Watch, WatchState
from dispatch.permissions import may_edit_roster
from dispatch.rules.rosters import Span
from dispatch.selectors.conflicts import Standing, standing
from dispatch.services.staffing import look_again
from grids.models import Membership
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

LONGEST = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Gone:
    """A leave, the shifts it takes somebody out of, and who stands in."""

    leave: Leave
    freed: tuple[int, ...]
    stand_ins: tuple[Watch, ...]


@transaction.atomic
def take_leave(*, user: User, span: Span, by: Actor) -> Gone:
    """Register a leave; shifts in it are freed, and a free deputy of the same post takes them. Raises Invalid."""
    _require_may_tell(user, by)
    if not dt.timedelta(0) < span.ends_at - span.starts_at <= LONGEST:
        raise Invalid(fields={"ends_at": [_("结束应晚于开始，且不超过一年")]})
    deputies = _deputies_of(user)
    people_locked([user.pk, *deputies])
    if Leave.objects.filter(user=user, ended_at=None, starts_at__lt=span.ends_at, ends_at__gt=span.starts_at).exists():
        raise RosterRefused(_("这段时间已登记请假"), code="leave_there")
    leave = Leave.objects.create(user=user, starts_at=span.starts_at, ends_at=span.ends_at, told_by_id=by.user_id)
    watches = _watches_in(user.pk, span)
    Watch.objects.filter(pk__in=[each.pk for each in watches]).update(state=WatchState.ABSENT)
    stand_ins = _stand_in(deputies, watches, span)
    audit(actor_id=by.user_id, action="roster_leave", object_label=user.username, detail={"freed": len(watches)})
    look_again(each.shift_id for each in watches)
    return Gone(leave, tuple(each.shift_id for each in watches), stand_ins)


@transaction.atomic
def end_leave(*, leave_id: int, by: Actor) -> Leave:
    """Take back a leave: shifts to come are theirs again, who stood in is let go. Raises NotVisible, NotAllowed."""
    leave = Leave.objects.select_for_update(of=("self",)).select_related("user").filter(pk=leave_id).first()
    if leave is None:
        raise NotVisible
    _require_may_tell(leave.user, by)
    if leave.ended_at is not None:
        return leave
    now = clock.now()
    people_locked([leave.user_id])
    mine = Watch.objects.filter(
        user_id=leave.user_id, state=WatchState.ABSENT, shift__starts_at__gt=now,
        shift__starts_at__lt=leave.ends_at, shift__ends_at__gt=leave.starts_at,
    ).select_related("shift__unit")  # fmt: skip
    known = standing([leave.user_id], Span(leave.starts_at, leave.ends_at))
    known.leaves.clear()
    back = [each for each in mine if not known.hard(leave.user_id, each.shift.unit, _span(each), each.post)]
    pks = [each.pk for each in back]
    Watch.objects.filter(instead_of_id__in=pks, state=WatchState.PLANNED).delete()
    Watch.objects.filter(pk__in=pks).update(state=WatchState.PLANNED)
    leave.ended_at = now
    leave.save(update_fields=["ended_at"])
    audit(actor_id=by.user_id, action="roster_leave_ended", object_label=leave.user.username)
    look_again(each.shift_id for each in back)
    return leave


def _require_may_tell(user: User, by: Actor) -> None:
    """Oneself, or who keeps the roster of a unit of theirs."""
    if by.user_id == user.pk:
        return
    posts = memberships_in_force().filter(user=user, unit__isnull=False).select_related("unit")
    in_rosters = Shift.objects.filter(watches__user=user).select_related("unit").order_by("unit_id").distinct("unit_id")
    units = [post.unit for post in posts] + [shift.unit for shift in in_rosters]
    if not any(unit is not None and may_edit_roster(by, unit) for unit in units):
        raise NotAllowed


def _watches_in(user_id: int, span: Span) -> list[Watch]:
    now = clock.now()
    found = Watch.objects.filter(
        user_id=user_id, state__in=COMING, shift__ends_at__gt=max(now, span.starts_at),
        shift__starts_at__lt=span.ends_at,
    )  # fmt: skip
    return list(found.select_related("shift__unit").order_by("shift__starts_at"))


def _deputies_of(user: User) -> list[int]:
    found = Membership.objects.filter(pk__in=memberships_in_force().values("pk"), deputy_of__user=user)
    return list(found.order_by("standing", "pk").values_list("user_id", flat=True))


def _stand_in(deputies: list[int], watches: list[Watch], span: Span) -> tuple[Watch, ...]:
    """The first of the deputies, who are locked, that is free and rested takes each shift."""
    if not deputies or not watches:
        return ()
    known = standing(deputies, Span(min(span.starts_at, watches[0].shift.starts_at), _last_end(watches, span)))
    made = []
    for watch in watches:
        free = _first_free(known, dict.fromkeys(deputies), watch)
        if free is None:
            continue
        told, _new = Watch.objects.update_or_create(
            shift_id=watch.shift_id, user_id=free,
            defaults={"post": watch.post, "instead_of": watch, "state": WatchState.PLANNED, "taken_up_at": None},
        )  # fmt: skip
        known.take(free, told.pk, _span(watch))
        made.append(told)
    return tuple(made)


def _first_free(known: Standing, deputies: Iterable[int], watch: Watch) -> int | None:
    for pk in deputies:
        if not known.against(pk, watch.shift.unit, _span(watch), watch.post):
            return pk
    return None


def _span(watch: Watch) -> Span:
    return Span(watch.shift.starts_at, watch.shift.ends_at)


def _last_end(watches: list[Watch], span: Span) -> dt.datetime:
    return max(span.ends_at, *(each.shift.ends_at for each in watches))
