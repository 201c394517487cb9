"""The admission of tasks over HTTP: for departments, the office, and the district."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from accounts.api.problems import Refusal
from catalogue.api.admission_inputs import read_application
from catalogue.api.papers import served_paper
from catalogue.models import AdmissionPaper, TaskAdmission
from catalogue.permissions import bureaus_of
from catalogue.selectors.admissions import moves_of, visible_admission, visible_admissions
from catalogue.services.admissions import (
    activate_category,
    create_category,
    draft_admission,
    edit_admission,
    move_admission,
)
from catalogue.services.papers import LARGEST, MEGABYTE, add_paper, drop_paper
from catalogue.states import AdmissionAction, AdmissionState
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid
from lianqin.kernel.numbers import whole

PAGE = 50


class ApplicationIn(serializers.Serializer[dict[str, Any]]):
    """``unit`` is one of the actor's bureaus (needed with several); money in yuan with two decimals."""

    name = serializers.CharField(max_length=64)
    unit = serializers.IntegerField(required=False)
    parent = serializers.IntegerField(required=False, allow_null=True)  # type: ignore[assignment]
    asked = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    legal_basis = serializers.CharField(required=False, allow_blank=True, max_length=1000)
    registration_conditions = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    closing_conditions = serializers.ListField(child=serializers.CharField(max_length=200), required=False)
    urgency = serializers.CharField(required=False)
    deadline_class = serializers.CharField(required=False)
    frequency = serializers.CharField(required=False)
    people_needed = serializers.IntegerField(required=False, min_value=0)
    budget_yuan = serializers.DecimalField(max_digits=14, decimal_places=2, required=False, min_value=0)
    budget_source = serializers.CharField(required=False, allow_blank=True, max_length=120)
    budget_period = serializers.CharField(required=False, allow_blank=True, max_length=60)
    version = serializers.IntegerField(required=False, help_text="What was seen; 409 if it moved on.")


class AdmissionMoveIn(serializers.Serializer[dict[str, Any]]):
    action = serializers.ChoiceField(AdmissionAction.choices)
    opinion = serializers.CharField(required=False, allow_blank=True, max_length=1000, default="")
    version = serializers.IntegerField(required=False)


class AdmittedCategoryIn(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField(max_length=16)
    street_function = serializers.CharField(required=False, allow_blank=True, default="")
    district_function = serializers.CharField(required=False, allow_blank=True, default="")
    evidence_required = serializers.BooleanField(default=False)
    vertical = serializers.BooleanField(default=False)


class AdmissionPaperIn(serializers.Serializer[dict[str, Any]]):
    file = serializers.FileField()


def _told(kind: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    told = kind(data=data)
    told.is_valid(raise_exception=True)
    return dict(told.validated_data)


def line_of(row: TaskAdmission) -> dict[str, Any]:
    return {
        "id": row.pk,
        "number": row.number,
        "name": row.name,
        "unit": row.unit_id,
        "state": row.state,
        "version": row.version,
        "due_at": row.due_at,
        "submitted_at": row.submitted_at,
        "decided_at": row.decided_at,
        "budget_yuan": str(row.budget_yuan),
        "category": row.category.code if row.category else None,
    }


def whole_of(row: TaskAdmission, actor: Actor) -> dict[str, Any]:
    """Return an application with its papers, its opinions and what the actor may do. Two queries."""
    return line_of(row) | {
        "parent": row.parent_id,
        "asked": row.asked,
        "legal_basis": row.legal_basis,
        "registration_conditions": row.registration_conditions,
        "closing_conditions": row.closing_conditions,
        "urgency": row.urgency,
        "deadline_class": row.deadline_class,
        "frequency": row.frequency,
        "people_needed": row.people_needed,
        "budget_source": row.budget_source,
        "budget_period": row.budget_period,
        "papers": [paper_of(paper) for paper in row.papers.all()],
        "opinions": [
            {"action": each.action, "by": str(each.by or ""), "body": each.body, "at": each.at, "opinion": each.opinion}
            for each in row.opinions.select_related("by")
        ],
        "actions": [step.action for step in moves_of(row, actor)],
    }


def paper_of(paper: AdmissionPaper) -> dict[str, Any]:
    return {"key": str(paper.key), "file_name": paper.file_name, "mime": paper.mime, "size": paper.size}


class Admissions(ApiView):
    """The applications that one may see, newest first, 50 a page; a new one."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(operation_id="admissions_list", responses=dict)
    def get(self, request: Request) -> Response:
        found = visible_admissions(self.actor)
        state, before = request.query_params.get("state", ""), request.query_params.get("before", "")
        if state:
            if state not in AdmissionState.values:
                raise Invalid(fields={"state": ["state"]})
            found = found.filter(state=state)
        if (end := whole(before)) is not None:
            found = found.filter(pk__lt=end)
        return Response({"results": [line_of(row) for row in found[:PAGE]]})

    @extend_schema(request=ApplicationIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        told = _told(ApplicationIn, request.data)
        unit_id = told.get("unit") or min(bureaus_of(self.actor), default=0)
        made = draft_admission(unit_id=unit_id, application=read_application(told), by=self.actor)
        return Response(whole_of(made, self.actor), status=status.HTTP_201_CREATED)


class OneAdmission(ApiView):
    """One application; written anew while it is drafted or was sent back."""

    action_permissions = {"get": AUTHENTICATED, "put": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request, pk: int) -> Response:
        return Response(whole_of(visible_admission(pk, self.actor), self.actor))

    @extend_schema(request=ApplicationIn, responses=dict)
    def put(self, request: Request, pk: int) -> Response:
        told = _told(ApplicationIn, request.data)
        edited = edit_admission(
            admission_id=pk, application=read_application(told), seen_version=told.get("version"), by=self.actor
        )
        return Response(whole_of(edited, self.actor))


class Moves(ApiView):
    """Take one step: submit, take up, send back, forward, admit, refuse, withdraw."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=AdmissionMoveIn, responses=dict)
    def post(self, request: Request, pk: int) -> Response | HttpResponse:
        visible_admission(pk, self.actor)
        return self._move(request, pk)

    @idempotent
    def _move(self, request: Request, pk: int) -> Response:
        told = _told(AdmissionMoveIn, request.data)
        moved = move_admission(
            admission_id=pk,
            action=told["action"],
            opinion=told["opinion"],
            seen_version=told.get("version"),
            by=self.actor,
        )
        return Response(whole_of(moved, self.actor))


class Papers(ApiView):
    """Add a file: PDF, docx, JPEG or PNG by its content, at most 20 MB."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    parser_classes = (MultiPartParser,)

    @extend_schema(request={"multipart/form-data": AdmissionPaperIn}, responses={201: dict})
    def post(self, request: Request, pk: int) -> Response:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length[:18]) > LARGEST + MEGABYTE:
            raise Refusal(413, "too_large", "20 MB")
        visible_admission(pk, self.actor)
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid(fields={"file": ["file"]})
        return Response(
            paper_of(add_paper(admission_id=pk, upload=upload, by=self.actor)), status=status.HTTP_201_CREATED
        )


class OnePaper(ApiView):
    """The bytes of a file; or it is taken out of what is still being written."""

    action_permissions = {"get": AUTHENTICATED, "delete": BY_SERVICE}  # noqa: RUF012

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(responses={(200, "*/*"): OpenApiTypes.BINARY})
    def get(self, request: Request, pk: int, key: uuid.UUID) -> HttpResponseBase:
        return served_paper(visible_admission(pk, self.actor), key)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, key: uuid.UUID) -> Response:
        drop_paper(admission_id=pk, key=key, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AdmittedCategory(ApiView):
    """Make an inactive matter of an admitted task (POST), and let it be used (PUT)."""

    action_permissions = {"post": BY_SERVICE, "put": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=AdmittedCategoryIn, responses={201: dict})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        made = create_category(admission_id=pk, by=self.actor, **_told(AdmittedCategoryIn, request.data))
        return Response({"id": made.pk, "code": made.code, "active": made.active}, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=dict)
    def put(self, request: Request, pk: int) -> Response:
        made = activate_category(admission_id=pk, by=self.actor)
        return Response({"id": made.pk, "code": made.code, "active": made.active})
