"""Evenings to sign up for, and the evening itself: checking in, and the leader's list."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from citizens.models import PatrolShift, ShiftState, SignUp, SignUpState, StandingRole
from citizens.rules.community import check_in_opens, hours_shown, is_check_in_time, may_step_back
from citizens.selectors import volunteers as selectors
from citizens.selectors.community import confirmed, sent_key
from citizens.services import attendance, volunteers
from citizens.views.community import CommunityPage
from lianqin.kernel import clock
from lianqin.kernel.errors import NotVisible

MOST_SHOWN, LAST = 40, 10


class VolunteerView(CommunityPage):
    """My evenings, those I could come to, and the hours I gave."""

    template_name = "citizens/community/volunteer.html"
    done = "citizens:volunteer"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, now = self.citizen(), clock.now()
        told: dict[str, Any] = {"me": me}
        if me is not None:
            own = list(selectors.signups_of(me.pk)[:60])
            live = [each for each in own if each.state != SignUpState.CANCELLED]
            ahead = [each for each in live if each.shift.state == ShiftState.PLANNED and each.shift.ends_at > now]
            booked = {each.shift_id for each in live}
            told["ahead"] = [(each, _may_step_back(each, now), _opens(each, now)) for each in reversed(ahead)]
            told["past"] = [each for each in live if each.minutes is not None][:LAST]
            told["open"] = [each for each in selectors.evenings_for(me.pk, now)[:MOST_SHOWN] if each.pk not in booked]
            told["led"] = selectors.led_by(me.pk, now)[:LAST]
            told["hours"] = hours_shown(selectors.minutes_of_volunteer(me.pk))
            told["is_volunteer"] = confirmed(me.pk, StandingRole.VOLUNTEER).exists()
        return super().get_context_data(**told, **kwargs)

    def do(self, deed: str, **kwargs: Any) -> str:
        by, shift_id = self.actor(), sent_key(self.request.POST.get("shift"))
        if deed == "step_back":
            volunteers.step_back(shift_id=shift_id, by=by)
            return _("已取消")
        row = volunteers.sign_up(shift_id=shift_id, by=by)
        if row.state == SignUpState.WAITING:
            return _("人数已满，您排在候补；有人退出会按先后转给您，并短信告诉您")
        return _("报名成功，开始前一天会短信提醒您")


def _may_step_back(row: SignUp, now: Any) -> bool:
    shift = row.shift
    return row.state == SignUpState.WAITING or may_step_back(now, shift.starts_at, shift.team.cancel_hours)


def _opens(row: SignUp, now: Any) -> Any:
    """From when one can check in; None once one can, or has."""
    soon = row.checked_in_at is not None or is_check_in_time(now, row.shift.starts_at, row.shift.ends_at)
    return None if soon else check_in_opens(row.shift.starts_at)


class VolunteerShiftView(CommunityPage):
    """For who has a place, and for who leads."""

    template_name = "citizens/community/shift.html"
    done = "citizens:volunteer-shift"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me, now = self.citizen(), clock.now()
        shift = self.shift(kwargs["pk"])
        rows = list(shift.signups.filter(state=SignUpState.PLACED).select_related("user").order_by("seat"))
        mine = next((each for each in rows if me and each.user_id == me.pk), None)
        leads = me is not None and shift.team.leader_id == me.pk
        if me is None or (mine is None and not leads):
            raise NotVisible
        told: dict[str, Any] = {
            "shift": shift,
            "mine": mine,
            "leads": leads,
            "me": me,
            "can_check_in": _open(shift, now),
            "opens": check_in_opens(shift.starts_at) if now < check_in_opens(shift.starts_at) else None,
        }
        if leads:
            told |= {"rows": rows, "code": attendance.code_of_shift(shift), "over": now >= shift.ends_at}
        return super().get_context_data(**told, **kwargs)

    def shift(self, pk: int) -> PatrolShift:
        found = PatrolShift.objects.select_related("team__community").filter(pk=pk).first()
        if found is None:
            raise NotVisible
        return found

    def do(self, deed: str, **kwargs: Any) -> str:
        by, form, shift_id = self.actor(), self.request.POST, kwargs["pk"]
        if deed == "close":
            if not attendance.leads(by, self.shift(shift_id)):
                raise NotVisible
            present = {sent_key(each) for each in form.getlist("present")}
            attendance.close_shift(shift_id=shift_id, present=present, by=by)
            return _("出勤已登记，时长已计入")
        point = point_of(form.get("lon", ""), form.get("lat", "")) if deed == "check_in_here" else None
        attendance.check_in(shift_id=shift_id, by=by, code=form.get("code", ""), point=point)
        return _("签到成功")


def _open(shift: PatrolShift, now: Any) -> bool:
    return shift.state == ShiftState.PLANNED and is_check_in_time(now, shift.starts_at, shift.ends_at)


def point_of(lon: str, lat: str) -> tuple[float, float] | None:
    """A place on earth that somebody sent, or None."""
    try:
        point = float(lon), float(lat)
    except ValueError:
        return None
    return point if abs(point[0]) <= 180 and abs(point[1]) <= 90 else None
