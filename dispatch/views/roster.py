"""The roster: a week of one unit to write in, a day of a whole place to look at, and the hours a unit keeps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch import services
from dispatch.errors import NotAllowed, NotVisible, RosterRefused
from dispatch.pages.hours import hours_page, hours_told, rotation_told
from dispatch.pages.preview import Preview, preview_of
from dispatch.pages.roster import WEEK, WeekPage, day_lines, monday_of, week_page
from dispatch.permissions import may_edit_roster
from dispatch.rules.rosters import Span
from dispatch.selectors.duty import roster_units
from dispatch.views.duty import DutyPageView, moment, number
from grids.models import Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import DomainError, Invalid
from lianqin.kernel.numbers import whole
from workorders.pages.queue import unit_name


class RosterBase(DutyPageView):
    """Pages of one unit's roster; the unit is in the address."""

    units: list[Unit]

    def chosen(self, wanted: str) -> Unit:
        """The unit asked for, else the first one may edit. Raises NotAllowed, NotVisible."""
        self.units = roster_units(self.actor)
        if not self.units:
            raise NotAllowed
        if wanted:
            found = next((unit for unit in self.units if unit.code == wanted), None)
            if found is None:
                raise NotVisible
            return found
        return next((unit for unit in self.units if may_edit_roster(self.actor, unit)), self.units[0])


class RosterView(RosterBase):
    """A week of one unit; every change is a form, and a script makes them drag and keys."""

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET
        unit = self.chosen(asked.get("unit", ""))
        if asked.get("view") == "day":
            return self._day(unit, asked)
        monday = monday_of(_day(asked.get("week", "")))
        page = self._week(unit, monday, asked)
        what = asked.get("preview", "")
        preview: Preview | None = None
        if what in ("copy", "fill") and page.may_edit:
            try:
                preview = preview_of(what, unit, monday, self.actor)
            except RosterRefused as refusal:
                self.refuse(refusal)
        return self._shown(page, {"preview": preview})

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        unit = self.chosen(told.get("unit", ""))
        monday = monday_of(_day(told.get("week", "")))
        name, value = next(((each, told[each]) for each in ACTS if told.get(each)), ("", ""))
        if not name:
            raise Invalid
        try:
            self.tell(ACTS[name](unit, monday, value, told, self.actor))
        except (NotAllowed, NotVisible):
            raise
        except DomainError as refusal:
            self.refuse(refusal)
        if request.headers.get("X-Fragment"):
            return self._shown(self._week(unit, monday, told), {})
        return redirect(f"{reverse('dispatch:roster')}?{urlencode({'unit': unit.code, 'week': monday.isoformat()})}")

    def _week(self, unit: Unit, monday: dt.date, asked: QueryDict) -> WeekPage:
        shift, post = whole(asked.get("shift")), asked.get("post", "")
        if shift is not None and not asked.get("week"):
            monday = self._monday_of_shift(unit, shift) or monday
        cell = (shift, post) if shift is not None else None
        return week_page(self.actor, unit, self.units, monday, cell=cell, text=asked.get("q", "").strip()[:40])

    @staticmethod
    def _monday_of_shift(unit: Unit, shift_id: int) -> dt.date | None:
        starts_at = unit.shifts.filter(pk=shift_id).values_list("starts_at", flat=True).first()
        return monday_of(timezone.localdate(starts_at)) if starts_at else None

    def _shown(self, page: WeekPage, more: dict[str, Any]) -> HttpResponse:
        template = "parts/roster.html" if self.request.headers.get("X-Fragment") else "roster.html"
        context = {"nav": "duty", "page": page, **more}
        if template == "roster.html":
            context["unit_name"] = unit_name(self.actor)
        return render(self.request, f"dispatch/{template}", context)

    def _day(self, unit: Unit, asked: QueryDict) -> HttpResponse:
        day = _day(asked.get("day", ""))
        step, now = dt.timedelta(days=1), clock.now()
        context = {
            "lines": day_lines(self.units, day, now), "day": day, "before": day - step, "after": day + step,
            "unit": unit,
            "now": now,
        }  # fmt: skip
        return self.show("roster_day.html", context)


class HoursView(RosterBase):
    """The hours that a unit keeps, and who takes turns."""

    def get(self, request: HttpRequest) -> HttpResponse:
        unit = self._own(request.GET)
        return self.show("roster_hours.html", {"page": hours_page(unit), "units": self.units})

    def post(self, request: HttpRequest) -> HttpResponse:
        told = request.POST
        unit = self._own(told)
        try:
            template = services.set_template(unit=unit, by=self.actor, **hours_told(unit, told))
            rotation = rotation_told(unit, told)
            if rotation is not None:
                services.set_rotation(template=template, by=self.actor, **rotation)
            made = services.generate_shifts(unit_ids=[unit.pk])
        except NotAllowed:
            raise
        except DomainError as refusal:
            self.refuse(refusal)
            return self.show("roster_hours.html", {"page": hours_page(unit, told), "units": self.units}, status=400)
        self.tell(_("班次设置已保存，生成 %d 个待排班次") % made)
        return redirect(f"{reverse('dispatch:roster')}?{urlencode({'unit': unit.code})}")

    def _own(self, asked: QueryDict) -> Unit:
        unit = self.chosen(asked.get("unit", ""))
        if not may_edit_roster(self.actor, unit):
            raise NotAllowed
        return unit


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return timezone.localdate(clock.now())


Act = Callable[[Unit, dt.date, str, QueryDict, Actor], str]


def _assign(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    watch = services.assign(
        shift_id=number(told, "shift"), user_id=number(told, "assign"), post=told.get("post", ""), by=by,
        despite_rest=told.get("despite_rest") == "1",
    )  # fmt: skip
    return _("已排%s") % watch.user


def _unassign(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    watch = services.unassign(watch_id=number(told, "unassign"), by=by)
    return _("已把%s移出班次") % watch.user


def _move(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    watch = services.move_watch(
        watch_id=number(told, "move"), shift_id=number(told, "shift"), post=told.get("post", ""), by=by
    )
    return _("已把%s调到该班次") % watch.user


def _publish(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    return _("已发布 %d 个班次") % services.publish_shifts(unit=unit, since=monday, until=monday + WEEK, by=by)


def _copy(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    placed = services.copy_week(unit=unit, monday=monday, by=by)
    return _("已复制 %d 人次") % sum(each.possible for each in placed)


def _fill(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    placed = services.fill_from_rotation(unit=unit, since=monday, until=monday + WEEK, by=by)
    return _("已按轮班排入 %d 人次") % sum(each.possible for each in placed)


def _add(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    post = told.get("new_post", "")
    needed = {post: number(told, "new_needed")}
    span = Span(moment(told, "new_starts_at"), moment(told, "new_ends_at"))
    services.add_shift(unit=unit, name=value.strip()[:20], span=span, needed=needed, by=by)
    return _("已增加班次")


def _drop(unit: Unit, monday: dt.date, value: str, told: QueryDict, by: Actor) -> str:
    services.drop_shift(shift_id=number(told, "drop"), by=by)
    return _("已删除班次")


# The button that was pressed says what is meant; its value, on what.
ACTS: Mapping[str, Act] = {
    "unassign": _unassign,
    "move": _move,
    "assign": _assign,
    "publish": _publish,
    "copy": _copy,
    "fill": _fill,
    "drop": _drop,
    "add": _add,
}
