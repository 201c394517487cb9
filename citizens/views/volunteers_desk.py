"""Pages of workstations: patrol teams, their evenings, who came, and the month on paper."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from citizens.models import PatrolTeam, ShiftState, SignUpState, StandingRole, StandingState
from citizens.models import Standing as StandingRow
from citizens.rules.community import SHANGHAI
from citizens.selectors import volunteers as selectors
from citizens.selectors.community import communities_run_by, sent_key
from citizens.services import attendance, volunteers
from citizens.views.community_desk import CommunityDesk, date_of
from citizens.views.volunteers import point_of
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotVisible
from lianqin.kernel.numbers import whole

LAST_SHIFTS = 60
YEARS = range(2000, 2200)


class TeamsView(CommunityDesk):
    template = "patrol_teams"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        return {"teams": selectors.teams_run_by(actor), "communities": communities_run_by(actor)}

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        form = self.request.POST
        volunteers.save_team(
            by=actor, community_id=sent_key(form.get("community")),
            told={"name": form.get("name"), "cancel_hours": whole(form.get("cancel_hours"), 5)},
        )  # fmt: skip
        return _("队伍已成立，请安排队长和班次")


class TeamView(CommunityDesk):
    """One team: its leader, the evenings ahead and those to be written down."""

    template = "patrol_team"

    def team(self, actor: Actor, pk: int) -> PatrolTeam:
        found = selectors.teams_run_by(actor).filter(pk=pk).first()
        if found is None:
            raise NotVisible
        return found

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        team, now = self.team(actor, kwargs["pk"]), clock.now()
        rows = selectors.with_counts(team.shifts.all()).prefetch_related("signups__user").order_by("-starts_at")
        people = StandingRow.objects.filter(
            community=team.community_id, role=StandingRole.VOLUNTEER, state=StandingState.CONFIRMED
        ).select_related("user")
        shifts = [
            (each, _present(each), each.state == ShiftState.PLANNED and now >= each.ends_at)
            for each in rows[:LAST_SHIFTS]
        ]
        return {"team": team, "shifts": shifts, "volunteers": people, "now": now, "planned": ShiftState.PLANNED}

    def do(self, deed: str, actor: Actor, **kwargs: Any) -> str:
        team, form = self.team(actor, kwargs["pk"]), self.request.POST
        if deed == "cancel":
            volunteers.cancel_shift(shift_id=sent_key(form.get("shift")), by=actor, reason=form.get("reason", ""))
            return _("已取消，并告诉了报名的人")
        if deed == "close":
            present = {sent_key(each) for each in form.getlist("present")}
            attendance.close_shift(shift_id=sent_key(form.get("shift")), present=present, by=actor)
            return _("出勤已登记")
        if deed == "save":
            leader = form.get("leader", "")
            volunteers.save_team(by=actor, community_id=team.community_id, team_id=team.pk, told={
                "name": form.get("name"), "cancel_hours": whole(form.get("cancel_hours"), 5),
                "leader": sent_key(leader) if leader else None, "active": form.get("active") == "on",
            })  # fmt: skip
            return _("已保存")
        starts, ends = hours_of(form.get("day", ""), form.get("from", ""), form.get("until", ""))
        volunteers.plan_shift(
            team_id=team.pk, by=actor, starts_at=starts, ends_at=ends, place=form.get("place", ""),
            places=whole(form.get("places"), 5) or 0, point=point_of(form.get("lon", ""), form.get("lat", "")),
        )  # fmt: skip
        return _("班次已安排，志愿者可以报名了")


def _present(shift: Any) -> list[Any]:
    return sorted(
        (each for each in shift.signups.all() if each.state == SignUpState.PLACED), key=lambda each: each.seat
    )


class CalendarView(CommunityDesk):
    """A month of evenings as a sheet."""

    template = "patrol_calendar"

    def context(self, actor: Actor, **kwargs: Any) -> dict[str, Any]:
        first = month_of(self.request.GET.get("month", ""), clock.now())
        after = (first + dt.timedelta(days=32)).replace(day=1)
        begin, end = (dt.datetime.combine(day, dt.time(), SHANGHAI) for day in (first, after))
        by_day: dict[dt.date, list[Any]] = {}
        for each in selectors.shifts_between(actor, begin, end):
            by_day.setdefault(localtime(each.starts_at).date(), []).append(each)
        weeks = [
            [(day, day.month == first.month, by_day.get(day, [])) for day in week]
            for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
        ]
        before = (first - dt.timedelta(days=1)).replace(day=1)
        return {
            "first": first, "weeks": weeks, "evenings": sum(map(len, by_day.values())),
            "before": f"{before:%Y-%m}", "after": f"{after:%Y-%m}",
        }  # fmt: skip


def month_of(text: str, now: dt.datetime) -> dt.date:
    """The first day of a month given as ``2026-03``; of this month for anything else."""
    given = date_of(f"{text}-01")
    # The months beside it are shown too.
    return given if given is not None and given.year in YEARS else localtime(now).date().replace(day=1)


def hours_of(day: str, begins: str, ends: str) -> tuple[dt.datetime, dt.datetime]:
    """What the two fields of hours mean on that day; an end before its beginning is on the next. Past if unreadable."""
    try:
        first = dt.datetime.fromisoformat(f"{day}T{begins}").replace(tzinfo=SHANGHAI)
        last = dt.datetime.fromisoformat(f"{day}T{ends}").replace(tzinfo=SHANGHAI)
        return first, last if last > first else last + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return dt.datetime.fromtimestamp(0, SHANGHAI), dt.datetime.fromtimestamp(0, SHANGHAI)
