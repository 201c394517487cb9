"""Who stands in which shift: assigned, taken out, copied, filled from a rotation, taken up and left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.errors import NotVisible, RosterRefused
from dispatch.locks import people_locked, shifts_locked
from dispatch.models import COMING, Position, Rotation, RotationMember, Shift, Watch, WatchState
from dispatch.rules.posts import CONFLICTS, HARD, UNIT_POSTS
from dispatch.rules.rosters import Span, teams_on
from dispatch.selectors.conflicts import Standing, standing, standing_for
from dispatch.services.placements import tell_placed, tell_removed
from dispatch.services.shifts import require_editor, shift_locked, within
from dispatch.services.staffing import look_again
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid

WEEK = dt.timedelta(days=7)
EARLY = dt.timedelta(hours=1)  # So long before a shift it may be taken up.


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody proposed for a shift; ``against`` names the conflicts, and a hard one keeps them out."""

    shift_id: int
    user_id: int
    post: str
    against: tuple[str, ...] = ()

    @property
    def possible(self) -> bool:
        return not HARD.intersection(self.against)


@transaction.atomic
def assign(*, shift_id: int, user_id: int, post: str, by: Actor, despite_rest: bool = False) -> Watch:
    """Place somebody in a shift; the same again changes nothing. Raises RosterRefused with what stands against it."""
    people_locked([user_id])
    shift = shift_locked(shift_id)
    require_editor(by, shift.unit)
    if post not in UNIT_POSTS.get(shift.unit.kind, ()):
        raise Invalid(fields={"post": [_("本单位没有这个岗位")]})
    if shift.ends_at <= clock.now():
        raise RosterRefused(_("班次已结束"), code="shift_over")
    there = Watch.objects.filter(shift=shift, user_id=user_id).first()
    if there is not None and there.state in COMING:
        return _moved(there, post)
    span = Span(shift.starts_at, shift.ends_at)
    against = standing([user_id], span).against(user_id, shift.unit, span, post)
    refuse(each for each in against if each in HARD or not despite_rest)
    if there is None:
        there = Watch(shift=shift, user_id=user_id)
    there.post, there.state, there.taken_up_at, there.left_at = post, WatchState.PLANNED, None, None
    there.save()
    _note(by, "roster_assigned", shift, user_id)
    tell_placed(there, by)
    look_again([shift.pk])
    return there


@transaction.atomic
def unassign(*, watch_id: int, by: Actor) -> Watch:
    """Take somebody out of a shift; return what was. Raises NotVisible, NotAllowed, RosterRefused for what is over."""
    watch = _with_owner_locked(watch_id)
    require_editor(by, watch.shift.unit)
    if watch.shift.ends_at <= clock.now():
        raise RosterRefused(_("班次已结束"), code="shift_over")
    _note(by, "roster_unassigned", watch.shift, watch.user_id)
    if watch.state in COMING:
        tell_removed(watch, by)
    watch.delete()
    look_again([watch.shift_id])
    return watch


@transaction.atomic
def move_watch(*, watch_id: int, shift_id: int, post: str, by: Actor) -> Watch:
    """Take somebody from one shift to another, or to another post of it. Raises as assign does."""
    watch = _with_owner_locked(watch_id, shift_id)
    if watch.shift_id == shift_id:
        return assign(shift_id=shift_id, user_id=watch.user_id, post=post, by=by)
    unassign(watch_id=watch_id, by=by)
    return assign(shift_id=shift_id, user_id=watch.user_id, post=post, by=by)


@transaction.atomic
def copy_week(*, unit: Unit, monday: dt.date, by: Actor, preview: bool = False) -> list[Placed]:
    """Place in the week of ``monday`` who stood there a week before. ``preview`` writes nothing."""
    require_editor(by, unit)
    here = _drafts(unit, monday, monday + WEEK)
    before = {(each.starts_at + WEEK, each.name): each for each in _shifts(unit, monday - WEEK, monday)}
    wanted = [
        (shift, watch.user_id, watch.post)
        for shift in here
        if (last := before.get((shift.starts_at, shift.name))) is not None
        for watch in last.watches.all()
        if watch.instead_of_id is None
    ]
    return _place(unit, here, wanted, by, "roster_copied", preview)


@transaction.atomic
def fill_from_rotation(*, unit: Unit, since: dt.date, until: dt.date, by: Actor, preview: bool = False) -> list[Placed]:
    """Place whose turn it is from ``since`` to the day before ``until``. ``preview`` writes nothing."""
    require_editor(by, unit)
    rotation = Rotation.objects.select_related("template").filter(template__unit=unit, template__active=True).first()
    if rotation is None:
        raise RosterRefused(_("本单位还没有设轮班"), code="no_rotation")
    members = list(RotationMember.objects.filter(rotation=rotation))
    here = _drafts(unit, since, until)
    wanted = [
        (shift, member.user_id, member.post)
        for shift in here
        if shift.segment is not None and shift.segment.template_id == rotation.template_id
        for team in teams_on(rotation.pattern, rotation.teams, _day_of(rotation, shift), shift.segment.place)
        for member in members
        if member.team == team
    ]
    return _place(unit, here, wanted, by, "roster_filled", preview)


@transaction.atomic
def take_up(*, watch_id: int, by: Actor) -> Watch:
    """Say to be there. Nobody has to: the plan counts without it. Raises NotVisible, RosterRefused."""
    watch = watch_locked(watch_id)
    if watch.user_id != by.user_id:
        raise NotVisible
    now = clock.now()
    if watch.state == WatchState.PRESENT:
        return watch
    if not watch.shift.published or watch.state not in COMING:
        raise RosterRefused(_("这个班次不由您值守"), code="not_your_shift")
    if not watch.shift.starts_at - EARLY <= now < watch.shift.ends_at:
        raise RosterRefused(_("开始前一小时起、结束前可以上岗"), code="not_the_time")
    watch.state, watch.taken_up_at = WatchState.PRESENT, now
    watch.save(update_fields=["state", "taken_up_at"])
    return watch


@transaction.atomic
def leave_duty(*, watch_id: int, by: Actor) -> Watch:
    """Go before the shift ends; a position that was shared goes too. Raises NotVisible, RosterRefused."""
    watch = _with_owner_locked(watch_id)
    if watch.user_id != by.user_id:
        raise NotVisible
    if watch.state != WatchState.PRESENT:
        raise RosterRefused(_("您尚未上岗"), code="not_present")
    watch.state, watch.left_at = WatchState.RELIEVED, clock.now()
    watch.save(update_fields=["state", "left_at"])
    Position.objects.filter(user_id=watch.user_id).delete()
    look_again([watch.shift_id])
    return watch


def refuse(against: Iterable[str]) -> None:
    """Raise RosterRefused with the conflicts in words, if there are any."""
    found = list(against)
    if found:
        raise RosterRefused("；".join(str(CONFLICTS[each]) for each in found), conflicts=found)


def watch_locked(watch_id: int) -> Watch:
    """The watch with its shift and unit, held until the end of the transaction. Raises NotVisible."""
    found = (
        Watch.objects.select_for_update(of=("self",)).select_related("shift__unit", "user").filter(pk=watch_id).first()
    )
    if found is None:
        raise NotVisible
    return found


def _with_owner_locked(watch_id: int, *other_shift_ids: int) -> Watch:
    """The watch, and before it whose it is and its shift with the others. Raises NotVisible, RosterRefused."""
    seen = Watch.objects.filter(pk=watch_id).only("user_id", "shift_id").first()
    if seen is None:
        raise NotVisible
    people_locked([seen.user_id])
    shifts_locked([seen.shift_id, *other_shift_ids])
    watch = watch_locked(watch_id)
    if watch.user_id != seen.user_id:
        raise RosterRefused(_("班次已有变化，请刷新后再试"), code="watch_moved")
    return watch


def _moved(watch: Watch, post: str) -> Watch:
    """The same person at another post of the same shift."""
    if watch.post != post:
        watch.post = post
        watch.save(update_fields=["post"])
        look_again([watch.shift_id])
    return watch


def _place(
    unit: Unit, shifts: Sequence[Shift], wanted: Sequence[tuple[Shift, int, str]], by: Actor, action: str, preview: bool
) -> list[Placed]:
    """Place everybody against whom nothing hard stands; those already there are passed over."""
    people = {user_id for _shift, user_id, _post in wanted}
    if not preview:
        people_locked(people)
        shifts_locked(shift.pk for shift, _user_id, _post in wanted)
    known = standing_for(people, shifts)
    # Read once the locks are held: whoever was placed meanwhile is there.
    there = set(Watch.objects.filter(shift__in=shifts).values_list("shift_id", "user_id"))
    placed, rows = [], []
    for shift, user_id, post in wanted:
        if (shift.pk, user_id) in there:
            continue
        there.add((shift.pk, user_id))
        one = _judge(known, unit, shift, user_id, post)
        placed.append(one)
        if one.possible:
            known.take(user_id, 0, Span(shift.starts_at, shift.ends_at))
            rows.append(Watch(shift=shift, user_id=user_id, post=post))
    if not preview and rows:
        Watch.objects.bulk_create(rows)
        audit(actor_id=by.user_id, action=action, object_label=unit.code, detail={"watches": len(rows)})
        look_again(each.shift_id for each in rows)
    return placed


def _judge(known: Standing, unit: Unit, shift: Shift, user_id: int, post: str) -> Placed:
    against = known.against(user_id, unit, Span(shift.starts_at, shift.ends_at), post)
    return Placed(shift.pk, user_id, post, against)


def _day_of(rotation: Rotation, shift: Shift) -> int:
    return (timezone.localdate(shift.starts_at) - rotation.starts_on).days


def _shifts(unit: Unit, since: dt.date, until: dt.date) -> list[Shift]:
    found = Shift.objects.filter(unit=unit, **within(since, until)).select_related("segment")
    return list(found.prefetch_related("watches").order_by("starts_at", "pk"))


def _drafts(unit: Unit, since: dt.date, until: dt.date) -> list[Shift]:
    """Shifts that can still be filled: not over, published or not."""
    now = clock.now()
    return [each for each in _shifts(unit, since, until) if each.ends_at > now]


def _note(by: Actor, action: str, shift: Shift, user_id: int) -> None:
    detail = {"shift": shift.pk, "user": user_id}
    audit(actor_id=by.user_id, action=action, object_label=shift.unit.code, detail=detail)
