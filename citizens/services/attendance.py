"""Who came: by the code on the leader's screen, by position, or by the leader's list; hours are counted at the end."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.services import audit
from citizens.models import CheckInWay, PatrolShift, ShiftState, SignUp, SignUpState
from citizens.rules.community import NEAR_METRES, check_in_code, is_check_in_time, minutes_of
from citizens.selectors.community import person, run_by
from citizens.services.volunteers import locked_shift
from grids.models import Community
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed, NotVisible, WrongState
from relay.services import post
from workorders.services.duplicates import distance_m

NEWS = "citizens.community"
TRIES = 10


def code_of_shift(shift: PatrolShift) -> str:
    return check_in_code(settings.SECRET_KEY, shift.pk)


def leads(by: Actor, shift: PatrolShift) -> bool:
    return by.user_id is not None and shift.team.leader_id == by.user_id


def keeps_attendance(by: Actor, shift: PatrolShift) -> bool:
    """The leader of the team, and the workstation."""
    return leads(by, shift) or Community.objects.filter(run_by(by), pk=shift.team.community_id).exists()


def check_in(*, shift_id: int, by: Actor, code: str = "", point: tuple[float, float] | None = None) -> SignUp:
    """Say that one has come; a repeat changes nothing. ``point``: where one stands, compared and not kept.

    Raises NotVisible, WrongState, Invalid.
    """
    with transaction.atomic():
        shift, now = locked_shift(shift_id), clock.now()
        row = shift.signups.filter(user_id=person(by), state=SignUpState.PLACED).first()
        if row is None:
            raise NotVisible
        if row.checked_in_at is not None:
            return row
        if shift.state != ShiftState.PLANNED or not is_check_in_time(now, shift.starts_at, shift.ends_at):
            raise WrongState(_("开始前半小时到结束之间可以签到"))
        if point is not None:
            _require_near(shift, point)
        if point is not None or _is_code(shift, row, code):
            row.way = CheckInWay.CODE if point is None else CheckInWay.POSITION
            row.checked_in_at = now
        row.save(update_fields=("checked_in_at", "way", "tries"))
    # Outside of the transaction: a try that failed stays counted.
    if row.checked_in_at is None:
        raise Invalid(fields={"code": [_("签到码不对，请看队长的手机；试错 10 次后只能由队长登记")]})
    return row


def _is_code(shift: PatrolShift, row: SignUp, code: str) -> bool:
    row.tries += 1
    return row.tries <= TRIES and "".join(code.split()) == code_of_shift(shift)


def _require_near(shift: PatrolShift, point: tuple[float, float]) -> None:
    if shift.lon is None or shift.lat is None:
        raise Invalid(fields={"code": [_("这一班没有登记集合位置，请用队长的签到码")]})
    if distance_m(point, (shift.lon, shift.lat)) > NEAR_METRES:
        raise Invalid(fields={"code": [_("您离集合地点还有些远，请走近再签到，或用队长的签到码")]})


@transaction.atomic
def close_shift(*, shift_id: int, present: Collection[int], by: Actor) -> PatrolShift:
    """Count the hours of who came (keys of sign-ups) and end the evening. Nobody counts their own unproven hours.

    Raises NotVisible, NotAllowed, WrongState.
    """
    shift, now = locked_shift(shift_id), clock.now()
    if not keeps_attendance(by, shift):
        raise NotAllowed
    if shift.state != ShiftState.PLANNED or now < shift.ends_at:
        raise WrongState(_("班次结束以后登记一次出勤"))
    minutes = minutes_of(shift.starts_at, shift.ends_at)
    for row in shift.signups.filter(state=SignUpState.PLACED).order_by("pk"):
        came = row.way == CheckInWay.POSITION if row.user_id == by.user_id else row.pk in present
        if came and row.checked_in_at is None:
            row.checked_in_at, row.way = now, CheckInWay.LEADER
        row.minutes = minutes if came else 0
        row.save(update_fields=("checked_in_at", "way", "minutes"))
        if came:
            post(topic=NEWS, key=f"signup:{row.pk}",
                 payload={"kind": "shift_done", "signup": row.pk, "user": row.user_id, "minutes": minutes})  # fmt: skip
    shift.state, shift.closed_at = ShiftState.CLOSED, now
    shift.save(update_fields=("state", "closed_at"))
    audit(actor_id=by.user_id, action="patrol_shift_closed", object_label=str(shift), detail={"shift": shift.pk})
    return shift
