"""A shift that is short is told of before it begins, once a step of the ladder; so is a hand-over that nobody signs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.models import COMING, DutyPost, Gravity, Handover, Shift
from dispatch.rules.posts import CENTRES
from dispatch.rules.rosters import LADDER, missing, step_at, step_due
from dispatch.selectors.on_duty import watches_at
from dispatch.services.telling import send_notice
from grids.models import Membership, Role, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from workorders.services.alarms import clear_alarm, raise_alarm

GAP, LATE = "roster_gap", "handover_late"
MOST_AT_ONCE = 200
REMIND_STEP = 1  # Whoever has a shift hears of it at this step: four hours before.


def look_again(shift_ids: Iterable[int]) -> None:
    """What a change of who comes brings: an alarm ends at once, and a shift at hand is looked at again."""
    now = clock.now()
    for shift in _with_people(set(shift_ids)):
        if shift.ends_at <= now:
            continue
        if not shortage(shift):
            clear_alarm(kind=GAP, subject=str(shift.pk))
        elif shift.check_due_at is None:
            Shift.objects.filter(pk=shift.pk).update(check_due_at=now, check_step=len(LADDER) - 1)


def shortage(shift: Shift) -> dict[str, int]:
    """How many are missing at which post; a shift that is not published has nobody."""
    come = [watch.post for watch in shift.watches.all() if watch.state in COMING] if shift.published else []
    return missing(shift.needed, come)


def check_staffing() -> int:
    """Look at every shift whose time has come; how many were short. Each in a transaction of its own."""
    due = Shift.objects.filter(check_due_at__lte=clock.Now()).order_by("check_due_at").values_list("pk", flat=True)
    return sum(_check(pk) for pk in list(due[:MOST_AT_ONCE]))


@transaction.atomic
def _check(shift_id: int) -> bool:
    held = Shift.objects.select_for_update(skip_locked=True, of=("self",))
    shift = held.select_related("unit").filter(pk=shift_id, check_due_at__lte=clock.Now()).first()
    if shift is None:
        return False
    now = clock.now()
    step = min(max(shift.check_step, step_at(shift.starts_at, now)), len(LADDER) - 1)
    is_due = shift.starts_at - LADDER[step] <= now
    short = shortage(shift) if shift.ends_at > now else {}
    if not short:
        clear_alarm(kind=GAP, subject=str(shift.pk))
    elif is_due:
        _tell_of_gap(shift, short, step, now)
    if is_due and step == REMIND_STEP and shift.published:
        _remind(shift)
    after = step + 1 if is_due else step
    shift.check_step = after
    shift.check_due_at = step_due(shift.starts_at, after)
    shift.save(update_fields=["check_step", "check_due_at"])
    return bool(short)


def _tell_of_gap(shift: Shift, short: dict[str, int], step: int, now: dt.datetime) -> None:
    unit = shift.unit
    send_notice(
        key=f"{GAP}:{shift.pk}:{step}",
        kind=GAP,
        gravity=Gravity.WARN if step == 0 else Gravity.CRITICAL,
        facts={"unit_name": unit.short_name, "starts_at": shift.starts_at},
        units={unit.pk, _centre_above(unit)} - {0},
        users=_in_charge(unit, now),
        url=f"{reverse('dispatch:roster')}?unit={unit.code}&shift={shift.pk}",
    )
    lacks = "，".join(f"{DutyPost(post).label}{number}人" for post, number in short.items())
    said = _("%(unit)s %(shift)s 缺%(lacks)s") % {"unit": unit.short_name, "shift": shift.name, "lacks": lacks}
    raise_alarm(kind=GAP, subject=str(shift.pk), detail=f"{said} {shift.starts_at.isoformat()}")


def _remind(shift: Shift) -> None:
    coming = [watch.user_id for watch in shift.watches.all() if watch.state in COMING]
    send_notice(
        key=f"shift_due:{shift.pk}", kind="shift_due", gravity=Gravity.INFO, facts={"starts_at": shift.starts_at},
        users=coming, url=reverse("dispatch:duty"),
    )  # fmt: skip


def call_for_handovers() -> int:
    """Tell of every hand-over that is not signed half an hour after the change; how many. Once each."""
    late = Handover.objects.filter(alarm_due_at__lte=clock.Now()).order_by("alarm_due_at").values_list("pk", flat=True)
    return sum(_call(pk) for pk in list(late[:MOST_AT_ONCE]))


@transaction.atomic
def _call(handover_id: int) -> bool:
    held = Handover.objects.select_for_update(skip_locked=True, of=("self",)).select_related("unit")
    late = held.filter(pk=handover_id, alarm_due_at__lte=clock.Now(), signed_at=None).first()
    if late is None:
        return False
    now = clock.now()
    send_notice(
        key=f"{LATE}:{late.pk}",
        kind="handed_over" if late.written_at else "handover_due",
        gravity=Gravity.CRITICAL,
        facts={"unit_name": late.unit.short_name, "ends_at": late.due_at},
        units=[late.unit_id],
        users=_in_charge(late.unit, now),
        url=reverse("dispatch:handover", args=[late.pk]),
    )
    said = _("%(unit)s %(at)s 的交接班无人签收") % {"unit": late.unit.short_name, "at": late.due_at.isoformat()}
    raise_alarm(kind=LATE, subject=str(late.pk), detail=said)
    late.alarm_due_at = None
    late.save(update_fields=["alarm_due_at"])
    return True


def _centre_above(unit: Unit) -> int:
    """The centre that answers for a unit which is none; 0 if there is none."""
    if unit.kind in CENTRES:
        return 0
    centres = Unit.objects.filter(active=True, district_id=unit.district_id)
    if unit.street_id is not None:
        found = centres.filter(kind=UnitKind.SUB_CENTER, street_id=unit.street_id)
    else:
        found = centres.filter(kind=UnitKind.COMMAND_CENTER)
    return found.values_list("pk", flat=True).first() or 0


def _in_charge(unit: Unit, now: dt.datetime) -> set[int]:
    """The duty officers of now, here and at the district's centre, and the commander."""
    here = {unit.pk, _centre_above(unit)} | set(
        Unit.objects.filter(
            active=True, district_id=unit.district_id, kind=UnitKind.COMMAND_CENTER
        ).values_list("pk", flat=True)
    )  # fmt: skip
    officers = watches_at(now).filter(post=DutyPost.DUTY_OFFICER, shift__unit_id__in=here)
    posts: Iterable[Membership] = memberships_in_force().filter(
        role=Role.DISTRICT_COMMANDER, unit__district_id=unit.district_id, user__is_active=True
    )
    return set(officers.values_list("user_id", flat=True)) | {each.user_id for each in posts}


def _with_people(shift_ids: set[int]) -> list[Shift]:
    return list(Shift.objects.filter(pk__in=shift_ids).prefetch_related("watches"))
