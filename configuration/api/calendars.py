"""Work calendars over HTTP: versions, years, drafts with four eyes, and recomputations."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from catalogue.calendars import DayPlan, calendar_by_version, plans_of
from catalogue.models import CalendarDraft, CalendarRecomputation, WorkCalendar
from catalogue.selectors.calendars import (
    calendar_drafts,
    differences,
    draft_clock,
    draft_plans,
    recomputations,
    standing_clock,
    work_calendars,
)
from catalogue.services import approve_recomputation, propose_recomputation, refuse_recomputation
from catalogue.services.calendar_drafts import (
    decide_calendar,
    draft_calendar,
    drop_days,
    edit_calendar_draft,
    fill_year,
    put_days,
    submit_calendar,
    withdraw_calendar,
)
from catalogue.workclock import SECOND, Slot
from configuration.api.rule_inputs import told_by
from configuration.permissions import works_at_centre
from lianqin.kernel.errors import NotAllowed, NotVisible


class CalendarDayIn(serializers.Serializer[dict[str, Any]]):
    """``slots`` such as ``[["09:00","12:00"]]`` only where the hours of the day are its own."""

    date = serializers.DateField()
    workday = serializers.BooleanField()
    note = serializers.CharField(max_length=64, required=False, allow_blank=True, default="")
    slots = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(max_length=5)), required=False, allow_null=True
    )


class CalendarDaysIn(serializers.Serializer[dict[str, Any]]):
    """``days`` are written; ``drop`` say again what the calendar in force says."""

    days = CalendarDayIn(many=True, required=False)
    drop = serializers.ListField(child=serializers.DateField(), required=False)


class CalendarDraftIn(serializers.Serializer[dict[str, Any]]):
    """Without ``unit`` it is the district's."""

    name = serializers.CharField(max_length=64)
    unit = serializers.IntegerField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CalendarHoursIn(serializers.Serializer[dict[str, Any]]):
    """``week`` holds the hours of Monday to Sunday, or null for ``slots`` from Monday to Friday."""

    name = serializers.CharField(max_length=64)
    slots = serializers.ListField(child=serializers.ListField(child=serializers.CharField(max_length=5)))
    week = serializers.ListField(
        child=serializers.ListField(child=serializers.ListField(child=serializers.CharField(max_length=5))),
        required=False,
        allow_null=True,
        default=None,
    )
    known_until = serializers.DateField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CalendarYearIn(serializers.Serializer[dict[str, Any]]):
    year = serializers.IntegerField(min_value=2004, max_value=2100)


class CalendarDecisionIn(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()
    seen = serializers.DateTimeField(help_text="submitted_at of the draft that was read")
    opinion = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RecomputationIn(serializers.Serializer[dict[str, Any]]):
    version = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class RecomputationDecisionIn(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()


def hours_of(slots: tuple[Slot, ...]) -> list[list[str]]:
    """Return hours as the API writes them."""
    return [[_clock(opens), _clock(closes)] for opens, closes in slots]


def _clock(micros: int) -> str:
    minutes = micros // SECOND // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def head_of(row: WorkCalendar) -> dict[str, Any]:
    return {
        "version": row.version,
        "name": row.name,
        "unit": row.unit_id,
        "slots": row.slots,
        "week": row.week,
        "known_from": row.known_from,
        "known_until": row.known_until,
        "published_at": row.published_at,
    }


def day_of(plan: DayPlan) -> dict[str, Any]:
    return {"date": plan.date, "workday": plan.workday, "note": plan.note, "slots": plan.slots, "own": plan.own}


def shape_of(draft: CalendarDraft, *, whole: bool = True) -> dict[str, Any]:
    """Return a draft; ``whole`` with its days and what it would change."""
    told: dict[str, Any] = {
        "id": draft.pk,
        "name": draft.name,
        "unit": draft.unit_id,
        "state": draft.state,
        "slots": draft.slots,
        "week": draft.week,
        "known_until": draft.known_until,
        "reason": draft.reason,
        "drafted_by": str(draft.drafted_by or ""),
        "submitted_at": draft.submitted_at,
        "decided_by": str(draft.decided_by or ""),
        "opinion": draft.opinion,
        "published_as": draft.calendar.version if draft.calendar else None,
    }
    if whole:
        days = draft.days.values("date", "workday", "note", "slots")
        told["days"] = list(days)
        found = differences(standing_clock(draft), draft_clock(draft), draft_plans(draft), since=dt.date(2004, 1, 1))
        told["differences"] = [
            {"date": each.date, "before": hours_of(each.before), "after": hours_of(each.after), "note": each.note}
            for each in found
        ]
    return told


def offer_shape(row: CalendarRecomputation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "from_version": row.previous.version,
        "to_version": row.calendar.version,
        "changed_from": row.changed_from,
        "state": row.state,
        "orders": row.order_count,
        "orders_in_all": row.order_total,
    }


class Reading(ApiView):
    """What whoever works at a centre may read."""

    action_permissions = {}  # noqa: RUF012

    def open_to_reader(self) -> None:
        if not works_at_centre(self.actor):
            raise NotAllowed


class Calendars(Reading):
    """Every published version, newest first."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(operation_id="setup_calendars_list", responses=dict)
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        return Response([head_of(row) for row in work_calendars()])


class OneCalendar(Reading):
    """One version with the days it names and the workdays of each year that it knows."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request, version: int) -> Response:
        self.open_to_reader()
        row = work_calendars().filter(version=version).first()
        if row is None:
            raise NotVisible
        clock = calendar_by_version(version)
        years = {
            year: sum(clock.is_workday(dt.date(year, 1, 1) + dt.timedelta(n)) for n in range(_days(year)))
            for year in range(clock.known_from.year, clock.known_until.year + 1)
        }
        days = [day_of(plan) for _date, plan in sorted(plans_of(row).items())]
        return Response(head_of(row) | {"workdays": years, "days": days})


def _days(year: int) -> int:
    return (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days


def _draft(pk: int) -> CalendarDraft:
    draft: CalendarDraft | None = calendar_drafts().filter(pk=pk).first()
    if draft is None:
        raise NotVisible
    return draft


class Drafts(Reading):
    """The drafts, newest first; a new one."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(operation_id="setup_calendars_drafts_list", responses=dict)
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        return Response([shape_of(draft, whole=False) for draft in calendar_drafts()[:200]])

    @extend_schema(request=CalendarDraftIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        told = told_by(CalendarDraftIn, request.data)
        made = draft_calendar(name=told["name"], unit_id=told.get("unit"), reason=told["reason"], by=self.actor)
        return Response(shape_of(_draft(made.pk)), status=status.HTTP_201_CREATED)


class OneDraft(Reading):
    """One draft with its days; its hours; or given up."""

    action_permissions = {"get": AUTHENTICATED, "put": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request, pk: int) -> Response:
        self.open_to_reader()
        return Response(shape_of(_draft(pk)))

    @extend_schema(request=CalendarHoursIn, responses=dict)
    def put(self, request: Request, pk: int) -> Response:
        edit_calendar_draft(draft_id=pk, by=self.actor, **told_by(CalendarHoursIn, request.data))
        return Response(shape_of(_draft(pk)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        withdraw_calendar(draft_id=pk, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Days(ApiView):
    """Write days into a draft, and take days out of it."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CalendarDaysIn, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        told = told_by(CalendarDaysIn, request.data)
        if told.get("drop"):
            drop_days(draft_id=pk, dates=told["drop"], by=self.actor)
        put_days(draft_id=pk, days=[DayPlan(**day) for day in told.get("days", [])], by=self.actor)
        return Response(shape_of(_draft(pk)))


class Fill(ApiView):
    """Fill a year as the State Council announced it, where that is known."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CalendarYearIn, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        fill_year(draft_id=pk, by=self.actor, **told_by(CalendarYearIn, request.data))
        return Response(shape_of(_draft(pk)))


class Submit(ApiView):
    """Hand a draft to the second person."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        submit_calendar(draft_id=pk, by=self.actor)
        return Response(shape_of(_draft(pk)))


class Decide(ApiView):
    """Publish a draft as the next version, or send it back."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CalendarDecisionIn, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        decide_calendar(draft_id=pk, by=self.actor, **told_by(CalendarDecisionIn, request.data))
        return Response(shape_of(_draft(pk)))


class Recomputations(Reading):
    """The offers to move open orders onto a newer calendar; a new one."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        return Response([offer_shape(row) for row in recomputations()[:200]])

    @extend_schema(request=RecomputationIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        made = propose_recomputation(by=self.actor, **told_by(RecomputationIn, request.data))
        return Response(offer_shape(made), status=status.HTTP_201_CREATED)


class DecideRecomputation(ApiView):
    """Let the open orders follow, or leave them on the calendar they started on."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=RecomputationDecisionIn, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        decide = (
            approve_recomputation if told_by(RecomputationDecisionIn, request.data)["approve"] else refuse_recomputation
        )
        return Response(offer_shape(decide(recomputation_id=pk, by=self.actor)))
