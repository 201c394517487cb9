"""Hand-overs: written by who goes, with what the system knows filled in; signed by who comes, and then for good."""

from __future__ import annotations

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.services import audit
from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.models import COMING, Gravity, Handover, Shift, Watch, WatchState
from dispatch.permissions import may_edit_roster
from dispatch.rules.rosters import HANDOVER_GRACE
from dispatch.selectors.handovers import facts_now, following
from dispatch.services.staffing import LATE
from dispatch.services.telling import send_notice
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid
from workorders.services.alarms import clear_alarm

LONGEST = 4000
EARLY = HANDOVER_GRACE * 4  # Two hours: what is written long before the change is not what there is at the change.


@transaction.atomic
def write_handover(*, handover_id: int, important: str, pending: str, by: Actor) -> Handover:
    """Write what the next shift must know; counts are taken by the system. Raises NotVisible, NotAllowed, Invalid."""
    handover = handover_locked(handover_id)
    _require_unsigned(handover)
    if not (_stood_in(by, handover.shift_id) or may_edit_roster(by, handover.unit)):
        raise NotAllowed
    now = clock.now()
    if now < handover.due_at - EARLY:
        raise RosterRefused(_("交班前两小时起可以填写"), code="not_the_time")
    if max(len(important), len(pending)) > LONGEST:
        raise Invalid(fields={"important": [_("每项不超过4000字")]})
    first = handover.written_at is None
    handover.important, handover.pending = important.strip(), pending.strip()
    handover.facts = facts_now(handover.unit, now)
    handover.written_by_id, handover.written_at = by.user_id, now
    handover.taken_by_shift = following(handover)
    handover.save()
    if first:
        _tell_who_comes(handover)
    return handover


@transaction.atomic
def sign_handover(*, handover_id: int, remark: str = "", by: Actor) -> Handover:
    """Take over; from then on nobody changes it. Raises NotVisible, NotAllowed, RosterRefused."""
    handover = handover_locked(handover_id)
    _require_unsigned(handover)
    if handover.written_at is None:
        raise RosterRefused(_("上一班还没有填写交接内容"), code="handover_not_written")
    if handover.written_by_id == by.user_id:
        raise RosterRefused(_("交班人不能为自己签收"), code="handover_own")
    comes = handover.taken_by_shift_id is not None and _stood_in(by, handover.taken_by_shift_id)
    if not (comes or may_edit_roster(by, handover.unit)):
        raise NotAllowed
    handover.signed_by_id, handover.signed_at, handover.remark = by.user_id, clock.now(), remark.strip()[:200]
    handover.alarm_due_at = None
    handover.save()
    clear_alarm(kind=LATE, subject=str(handover.pk))
    audit(actor_id=by.user_id, action="handover_signed", object_label=handover.unit.code, detail={"id": handover.pk})
    return handover


def handover_locked(handover_id: int) -> Handover:
    held = Handover.objects.select_for_update(of=("self",)).select_related("unit", "shift")
    found = held.filter(pk=handover_id).first()
    if found is None:
        raise NotVisible
    return found


def _require_unsigned(handover: Handover) -> None:
    if handover.signed_at is not None:
        raise RosterRefused(_("交接班已签收，不能再改"), code="handover_signed")


def _stood_in(by: Actor, shift_id: int) -> bool:
    states = (*COMING, WatchState.RELIEVED)
    mine = Watch.objects.filter(shift_id=shift_id, state__in=states)
    return by.user_id is not None and mine.filter(user_id=by.user_id).exists()


def _tell_who_comes(handover: Handover) -> None:
    shift: Shift | None = handover.taken_by_shift
    coming = Watch.objects.filter(shift=shift, state__in=COMING).values_list("user_id", flat=True) if shift else []
    send_notice(
        key=f"handed_over:{handover.pk}", kind="handed_over", gravity=Gravity.INFO,
        facts={"unit_name": handover.unit.short_name}, users=list(coming),
        url=reverse("dispatch:handover", args=[handover.pk]),
    )  # fmt: skip
