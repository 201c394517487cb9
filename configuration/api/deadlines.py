"""Deadlines over HTTP: the rules, which one wins, what would be due, and drafts with four eyes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from catalogue import calendars
from catalogue.deadlines import Asked, current_table, default_moment, kinds, preview, verdicts
from catalogue.deadlines.choosing import PLAIN
from catalogue.deadlines.drafting import check_draft, standing, table_with
from catalogue.models import DeadlineChange, DeadlineDraft
from catalogue.rules import Level, Stage, Urgency
from catalogue.selectors.deadlines import changes_of, deadline_drafts
from catalogue.services.deadline_drafts import (
    decide_deadlines,
    draft_deadlines,
    drop_deadline,
    edit_deadline_draft,
    put_deadlines,
    submit_deadlines,
    withdraw_deadlines,
)
from catalogue.services.deadlines import today
from catalogue.workclock import SHANGHAI
from configuration.api.rule_inputs import read_line, told_by
from configuration.permissions import works_at_centre
from lianqin.kernel.errors import NotAllowed, NotVisible


class DeadlineRuleOut(serializers.Serializer[Any]):
    """A rule; a blank condition means any. ``pk`` is negative for a line of a draft."""

    pk = serializers.IntegerField()
    stage = serializers.CharField()
    category = serializers.IntegerField(source="category_id", allow_null=True)
    deadline_class = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    urgency = serializers.CharField()
    level = serializers.CharField()
    amount = serializers.IntegerField()
    unit = serializers.CharField()
    around_the_clock = serializers.BooleanField()
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)


class DeadlineAskedIn(serializers.Serializer[dict[str, Any]]):
    """``moment`` without a zone is Shanghai's; without any, the next Friday 17:20 before a holiday."""

    urgency = serializers.ChoiceField(Urgency.choices, default=Urgency.NORMAL)
    level = serializers.ChoiceField(Level.choices, default=Level.STREET)
    category = serializers.IntegerField(required=False)
    source = serializers.CharField(required=False, allow_blank=True, default="")  # type: ignore[assignment]
    moment = serializers.DateTimeField(required=False, default_timezone=SHANGHAI)
    draft = serializers.IntegerField(required=False)


class DeadlineDraftIn(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(max_length=60)
    valid_from = serializers.DateField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class DeadlineLineIn(serializers.Serializer[dict[str, Any]]):
    """The term for some conditions; with ``ends`` their rule ends."""

    stage = serializers.ChoiceField(Stage.choices)
    category = serializers.IntegerField(required=False, allow_null=True)
    deadline_class = serializers.CharField(required=False, allow_blank=True)
    source = serializers.CharField(required=False, allow_blank=True)  # type: ignore[assignment]
    urgency = serializers.CharField(required=False, allow_blank=True)
    level = serializers.CharField(required=False, allow_blank=True)
    amount = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    unit = serializers.CharField(required=False, allow_blank=True)
    around_the_clock = serializers.BooleanField(required=False)
    ends = serializers.BooleanField(required=False)


class DeadlineDecisionIn(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()
    seen = serializers.DateTimeField(help_text="submitted_at of the draft that was read")
    opinion = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


def shape_of(draft: DeadlineDraft, *, whole: bool = True) -> dict[str, Any]:
    """Return a draft; ``whole`` with its lines and what is amiss with them."""
    told: dict[str, Any] = {
        "id": draft.pk,
        "name": draft.name,
        "reason": draft.reason,
        "state": draft.state,
        "valid_from": draft.valid_from,
        "in_force_from": draft.in_force_from,
        "drafted_by": str(draft.drafted_by or ""),
        "submitted_at": draft.submitted_at,
        "decided_by": str(draft.decided_by or ""),
        "opinion": draft.opinion,
    }
    if whole:
        lines, day = changes_of(draft), today()
        told["lines"] = [_line(line, max(day, draft.valid_from)) for line in lines]
        findings = check_draft(draft, lines, today=day) if lines else []
        told["findings"] = [
            {"severity": each.severity, "code": each.code, "text": each.text, "line": each.change_id}
            for each in findings
        ]
    return told


def _line(line: DeadlineChange, day: dt.date) -> dict[str, Any]:
    before = standing(line, day)
    return {
        "id": line.pk,
        "stage": line.stage,
        "category": line.category_id,
        "deadline_class": line.deadline_class,
        "source": line.source,
        "urgency": line.urgency,
        "level": line.level,
        "amount": line.amount,
        "unit": line.unit,
        "around_the_clock": line.around_the_clock,
        "before": line.before or (DeadlineRuleOut(before).data if before else None),
    }


class Reading(ApiView):
    """What whoever works at a centre may read."""

    action_permissions = {}  # noqa: RUF012

    def open_to_reader(self) -> None:
        if not works_at_centre(self.actor):
            raise NotAllowed


class Deadlines(Reading):
    """Every rule there is, past ones and coming ones, too."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=DeadlineRuleOut(many=True))
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        return Response(DeadlineRuleOut(current_table(), many=True).data)


class DeadlinePreview(Reading):
    """Each stage as if it began at a moment: due, rule, why the others did not win; beside it a draft."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[DeadlineAskedIn], responses=dict)
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        told = told_by(DeadlineAskedIn, request.query_params)
        kind = kinds().get(told.get("category", 0), PLAIN)
        asked = Asked(told["level"], told["urgency"], told.get("category"), told["source"], kind)
        clock, day = calendars.calendar_by_version(calendars.current_version()), today()
        moment = told.get("moment") or default_moment(clock, day)
        table, local = current_table(), moment.astimezone(SHANGHAI).date()
        drafted: dict[str, Any] = {}
        if "draft" in told:
            draft = _draft(told["draft"])
            start = max(draft.valid_from, day)
            rules = table_with(changes_of(draft), start)
            drafted = {each.stage: each for each in preview(rules, asked, moment, clock, max(local, start))}
        stages = []
        for each in preview(table, asked, moment, clock):
            reasons = verdicts([rule for rule in table if rule.stage == each.stage], asked, local)
            told_stage: dict[str, Any] = {"stage": each.stage, "now": _due(each)}
            told_stage["draft"] = _due(drafted[each.stage]) if drafted else None
            told_stage["verdicts"] = [
                {"rule": reason.rule.pk, "wins": reason.wins, "applies": reason.applies, "why": reason.why}
                for reason in reasons
            ]
            stages.append(told_stage)
        return Response({"moment": moment.astimezone(SHANGHAI), "stages": stages})


def _due(each: Any) -> dict[str, Any]:
    return {
        "due_at": each.due_at,
        "amount": each.policy.amount,
        "unit": each.policy.unit,
        "around_the_clock": each.policy.around_the_clock,
        "rule": each.policy.rule_id,
        "spans": [{"from": a, "to": b} for a, b in each.spans],
        "warning": each.warning,
    }


def _draft(pk: int) -> DeadlineDraft:
    draft: DeadlineDraft | None = deadline_drafts().filter(pk=pk).first()
    if draft is None:
        raise NotVisible
    return draft


class Drafts(Reading):
    """The drafts, newest first; a new one."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(operation_id="setup_deadlines_drafts_list", responses=dict)
    def get(self, request: Request) -> Response:
        self.open_to_reader()
        return Response([shape_of(draft, whole=False) for draft in deadline_drafts()[:200]])

    @extend_schema(request=DeadlineDraftIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        made = draft_deadlines(by=self.actor, **told_by(DeadlineDraftIn, request.data))
        return Response(shape_of(made), status=status.HTTP_201_CREATED)


class OneDraft(Reading):
    """One draft with its lines; its name and day; or given up."""

    action_permissions = {"get": AUTHENTICATED, "put": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request, pk: int) -> Response:
        self.open_to_reader()
        return Response(shape_of(_draft(pk)))

    @extend_schema(request=DeadlineDraftIn, responses=dict)
    def put(self, request: Request, pk: int) -> Response:
        return Response(
            shape_of(edit_deadline_draft(draft_id=pk, by=self.actor, **told_by(DeadlineDraftIn, request.data)))
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        withdraw_deadlines(draft_id=pk, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Lines(ApiView):
    """Write lines into a draft, all or none; one for the same conditions is replaced."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DeadlineLineIn(many=True), responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        rows = request.data if isinstance(request.data, list) else [request.data]
        told = [told_by(DeadlineLineIn, row) for row in rows]
        put_deadlines(draft_id=pk, lines=[read_line(row) for row in told], by=self.actor)
        return Response(shape_of(_draft(pk)))


class OneLine(ApiView):
    """Take a line out of a draft."""

    action_permissions = {"delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, line: int) -> Response:
        drop_deadline(draft_id=pk, change_id=line, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Submit(ApiView):
    """Hand a draft to the second person."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return Response(shape_of(submit_deadlines(draft_id=pk, by=self.actor)))


class Decide(ApiView):
    """Write the rules of a draft, or send it back."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DeadlineDecisionIn, responses=dict)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        return Response(
            shape_of(decide_deadlines(draft_id=pk, by=self.actor, **told_by(DeadlineDecisionIn, request.data)))
        )
