"""Evenings of patrol teams: planned by the workstation, filled by volunteers, with a waiting list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NoReturn

from django.db import IntegrityError, transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import (
    PatrolShift,
    PatrolTeam,
    ShiftState,
    SignUp,
    SignUpState,
    Standing,
    StandingRole,
)
from citizens.rules.community import LONGEST, is_night, may_step_back
from citizens.selectors.community import confirmed, person, require_run
from citizens.services.telling import tell
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed, NotVisible, WrongState

FIRST_CHANCE = dt.timedelta(days=90)
MOST_PLACES, MOST_CANCEL_HOURS = 60, 72
REMIND_BEFORE = dt.timedelta(hours=24)


@transaction.atomic
def save_team(*, by: Actor, community_id: int, told: Mapping[str, Any], team_id: int | None = None) -> PatrolTeam:
    """Set a team up, or change it: ``name``, ``leader`` (a volunteer's user), ``cancel_hours``, ``active``.

    Raises NotVisible, Invalid.
    """
    community = require_run(by, community_id)
    leader = told.get("leader")
    held = held_volunteer(leader, community_id) if leader is not None else None
    team = PatrolTeam(community=community, created_at=clock.now())
    if team_id is not None:
        team = PatrolTeam.objects.select_for_update().filter(pk=team_id, community=community).first() or _unknown()
    faults: dict[str, list[str]] = {}
    team.name = str(told.get("name") or "").strip()
    if not 0 < len(team.name) <= 40:
        faults["name"] = [_("队名应为 1 到 40 个字")]
    hours = told.get("cancel_hours")
    if not isinstance(hours, int) or not 0 <= hours <= MOST_CANCEL_HOURS:
        faults["cancel_hours"] = [_("请填 0 到 72 之间的整数")]
    else:
        team.cancel_hours = hours
    if leader is not None and held is None:
        faults["leader"] = [_("队长应是本社区已确认的志愿者")]
    if faults:
        raise Invalid(fields=faults)
    team.leader_id, team.active = leader, bool(told.get("active", True))
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Invalid(fields={"name": [_("本社区已有同名的队")]}) from error
    audit(actor_id=by.user_id, action="patrol_team_saved", object_label=team.name, detail={"team": team.pk})
    return team


@transaction.atomic
def plan_shift(
    *, team_id: int, by: Actor, starts_at: dt.datetime, ends_at: dt.datetime, place: str, places: int,
    point: tuple[float, float] | None = None,
) -> PatrolShift:  # fmt: skip
    """Plan one evening; ``point`` is (lon, lat) of where they meet. Raises NotVisible, WrongState, Invalid."""
    team = PatrolTeam.objects.filter(pk=team_id).first() or _unknown()
    require_run(by, team.community_id)
    if not team.active:
        raise WrongState(_("这支队伍已停用"))
    now, place = clock.now(), place.strip()
    faults: dict[str, list[str]] = {}
    if not now < starts_at < now + FIRST_CHANCE:
        faults["starts_at"] = [_("开始时间应在今后 90 天之内")]
    if not starts_at < ends_at <= starts_at + LONGEST:
        faults["ends_at"] = [_("结束应晚于开始，一班最长 12 小时")]
    if not 0 < len(place) <= 100:
        faults["place"] = [_("请写集合地点，不超过 100 字")]
    if not 1 <= places <= MOST_PLACES:
        faults["places"] = [_("请填 1 到 60 之间的整数")]
    if faults:
        raise Invalid(fields=faults)
    lon, lat = point or (None, None)
    try:
        with transaction.atomic():
            shift = PatrolShift.objects.create(
                team=team, starts_at=starts_at, ends_at=ends_at, night=is_night(starts_at, ends_at), place=place,
                lon=lon, lat=lat, places=places, created_by_id=person(by), created_at=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Invalid(fields={"starts_at": [_("这支队伍在这个时间已有一班")]}) from error
    audit(actor_id=by.user_id, action="patrol_shift_planned", object_label=str(shift), detail={"shift": shift.pk})
    return shift


@transaction.atomic
def cancel_shift(*, shift_id: int, by: Actor, reason: str) -> PatrolShift:
    """Cancel an evening and tell everybody who signed up. Raises NotVisible, WrongState, Invalid."""
    shift = locked_shift(shift_id)
    require_run(by, shift.team.community_id)
    if shift.state != ShiftState.PLANNED:
        raise WrongState(_("这一班已经结束或取消"))
    reason = reason.strip()
    if not 0 < len(reason) <= 200:
        raise Invalid(fields={"reason": [_("请写明原因，不超过 200 字")]})
    shift.state, shift.reason = ShiftState.CANCELLED, reason
    shift.save(update_fields=("state", "reason"))
    live = shift.signups.exclude(state=SignUpState.CANCELLED)
    for user_id in list(live.values_list("user_id", flat=True)):
        tell(user_id=user_id, key=f"shift-off:{shift.pk}:{user_id}",
             text=_("%(when)s的巡夜取消了：%(reason)s") % {"when": told(shift), "reason": reason})  # fmt: skip
    live.update(state=SignUpState.CANCELLED, seat=None, cancelled_at=clock.now())
    audit(actor_id=by.user_id, action="patrol_shift_cancelled", object_label=str(shift), detail={"shift": shift.pk})
    return shift


@transaction.atomic
def sign_up(*, shift_id: int, by: Actor) -> SignUp:
    """Take a place, or stand on the waiting list. A repeat gives the same row.

    Raises NotVisible, WrongState, NotAllowed, Conflict for somebody who is elsewhere at that time.
    """
    # Before the evening, as whoever ends a standing: none ends while somebody takes a place by it.
    team = PatrolTeam.objects.filter(shifts=shift_id).first() or _unknown()
    standing = held_volunteer(person(by), team.community_id)
    shift, now = locked_shift(shift_id), clock.now()
    rows = list(shift.signups.filter(user_id=person(by)))
    known = next((each for each in rows if each.state != SignUpState.CANCELLED), None)
    if known is not None:
        return known
    if shift.state != ShiftState.PLANNED or now >= shift.starts_at or not shift.team.active:
        raise WrongState(_("这一班已经开始、结束或取消"))
    if standing is None:
        raise NotAllowed(_("请先申请做这个社区的志愿者，社区确认后就能报名"))
    if shift.night and not standing.adult:
        raise NotAllowed(_("晚上 8 点以后的班次只接受成年人报名"))
    seat = free_seat(shift)
    state = SignUpState.PLACED if seat else SignUpState.WAITING
    try:
        with transaction.atomic():
            return SignUp.objects.create(
                shift=shift, user_id=person(by), state=state, seat=seat, at=now,
                tries=max((each.tries for each in rows), default=0),
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(_("您在这段时间已经报了另一班，请先取消那一班")) from error


@transaction.atomic
def step_back(*, shift_id: int, by: Actor) -> SignUp:
    """Give the place back in time; the first who waits has it. Raises NotVisible, WrongState."""
    shift, now = locked_shift(shift_id), clock.now()
    row = shift.signups.filter(user_id=person(by)).exclude(state=SignUpState.CANCELLED).first() or _unknown()
    if shift.state != ShiftState.PLANNED:
        raise WrongState(_("这一班已经结束或取消"))
    was_placed = row.state == SignUpState.PLACED
    if was_placed and not may_step_back(now, shift.starts_at, shift.team.cancel_hours):
        raise WrongState(_("已过了自己取消的时间，来不了请打电话告诉队长或社区"))
    row.state, row.seat, row.cancelled_at = SignUpState.CANCELLED, None, now
    row.save(update_fields=("state", "seat", "cancelled_at"))
    if was_placed and now < shift.starts_at:
        move_up(shift)
    return row


def move_up(shift: PatrolShift) -> None:
    """Give what is free to who waits, first come first; the shift is locked."""
    for row in shift.signups.filter(state=SignUpState.WAITING).order_by("at", "pk"):
        seat = free_seat(shift)
        if seat is None:
            return
        row.state, row.seat = SignUpState.PLACED, seat
        row.save(update_fields=("state", "seat"))
        tell(
            user_id=row.user_id,
            key=f"moved-up:{row.pk}",
            text=_("%(when)s的巡夜，您已从候补转为参加。") % {"when": told(shift)},
        )


def free_seat(shift: PatrolShift) -> int | None:
    taken = set(shift.signups.filter(state=SignUpState.PLACED).values_list("seat", flat=True))
    return next((seat for seat in range(1, shift.places + 1) if seat not in taken), None)


def remind_volunteers() -> int:
    """Tell who has a place tomorrow, once each; returns how many."""
    now, count = clock.now(), 0
    soon = SignUp.objects.filter(
        state=SignUpState.PLACED, reminded_at=None, shift__state=ShiftState.PLANNED,
        shift__starts_at__gt=now, shift__starts_at__lte=now + REMIND_BEFORE,
    )  # fmt: skip
    for pk in list(soon.order_by("pk").values_list("pk", flat=True)[:500]):
        with transaction.atomic():
            row = SignUp.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, reminded_at=None)
            found = row.select_related("shift").first()
            if found is None:
                continue
            tell(user_id=found.user_id, key=f"remind:{pk}", text=_("提醒：%(when)s巡夜，在%(place)s集合。") % {
                "when": told(found.shift), "place": found.shift.place})  # fmt: skip
            found.reminded_at = now
            found.save(update_fields=("reminded_at",))
            count += 1
    return count


def forget_signups(user_id: int, community_id: int | None = None) -> None:
    """Evenings to come of who is no volunteer any more, there or anywhere, are free again."""
    teams = PatrolTeam.objects.filter(**{"community": community_id} if community_id is not None else {})
    now = clock.now()
    ahead = PatrolShift.objects.filter(
        team__in=teams,
        signups__user_id=user_id, signups__state__in=(SignUpState.PLACED, SignUpState.WAITING),
        state=ShiftState.PLANNED, starts_at__gt=now,
    )  # fmt: skip
    for shift_id in list(ahead.order_by("pk").values_list("pk", flat=True)):
        shift = locked_shift(shift_id)
        shift.signups.filter(user_id=user_id).exclude(state=SignUpState.CANCELLED).update(
            state=SignUpState.CANCELLED, seat=None, cancelled_at=now
        )
        move_up(shift)
    teams.filter(leader_id=user_id).update(leader=None)


def held_volunteer(user_id: int, community_id: int) -> Standing | None:
    """That somebody is a volunteer there, held: it is taken before evenings and teams."""
    found = confirmed(user_id, StandingRole.VOLUNTEER).filter(community=community_id)
    return found.select_for_update(of=("self",)).first()


def told(shift: PatrolShift) -> str:
    starts, ends = localtime(shift.starts_at), localtime(shift.ends_at)
    return f"{starts.month}月{starts.day}日{starts:%H:%M}—{ends:%H:%M}"


def locked_shift(shift_id: int) -> PatrolShift:
    """The evening, held; everything about its places goes through here. Raises NotVisible."""
    found = PatrolShift.objects.select_for_update(of=("self",)).select_related("team").filter(pk=shift_id).first()
    return found or _unknown()


def _unknown() -> NoReturn:
    raise NotVisible
