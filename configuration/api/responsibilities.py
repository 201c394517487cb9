"""Lists and the proof of the configuration over HTTP: everything that their pages do."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from catalogue.models import Responsibility, ResponsibilityVersion
from catalogue.selectors import open_proposals
from catalogue.selectors.list_checks import check_list, compare_lists, items_of
from catalogue.services import accept_responsibility, refuse_responsibility
from catalogue.services.responsibility_lists import (
    ItemTold,
    change_responsibility,
    decide_responsibilities,
    draft_responsibilities,
    drop_responsibility,
    edit_responsibility_draft,
    put_responsibilities,
    submit_responsibilities,
    withdraw_responsibilities,
)
from configuration.models import PreflightRun
from configuration.permissions import works_at_centre
from configuration.selectors.preflight import last_runs
from configuration.services.preflight import run_preflight
from lianqin.kernel.errors import NotAllowed, NotVisible


class HeadIn(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField(max_length=80)
    effective_from = serializers.DateField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ListIn(HeadIn):
    base = serializers.IntegerField(required=False, allow_null=True, default=None)


class ItemIn(serializers.Serializer[dict[str, Any]]):
    """Places, matters and units by their codes; ``lead`` and ``assisting`` are unit codes or functions."""

    code = serializers.CharField(max_length=16)
    name = serializers.CharField(max_length=120)
    domain = serializers.CharField()
    category = serializers.CharField()
    level = serializers.CharField()
    lead = serializers.CharField(required=False, allow_blank=True, default="")
    assisting = serializers.ListField(child=serializers.CharField(), required=False, default=list)
    street = serializers.CharField(required=False, allow_blank=True, default="")
    community = serializers.CharField(required=False, allow_blank=True, default="")
    grid_kind = serializers.CharField(required=False, allow_blank=True, default="")
    legal_basis = serializers.CharField(required=False, allow_blank=True, default="")
    amount = serializers.IntegerField(required=False, allow_null=True, default=None)
    amount_unit = serializers.CharField(required=False, allow_blank=True, default="")
    note = serializers.CharField(required=False, allow_blank=True, default="")


class DecideProposalIn(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()


class DecideListIn(serializers.Serializer[dict[str, Any]]):
    approve = serializers.BooleanField()
    seen = serializers.DateTimeField(help_text="submitted_at of the draft that was read")
    opinion = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


def read(kind: type[serializers.Serializer[Any]], data: Any, **more: Any) -> Any:
    """What was sent, cleaned. Raise ValidationError."""
    told = kind(data=data, **more)
    told.is_valid(raise_exception=True)
    return told.validated_data


def _require_reader(view: ApiView) -> None:
    if not works_at_centre(view.actor):
        raise NotAllowed


def _version(pk: int) -> ResponsibilityVersion:
    found = ResponsibilityVersion.objects.select_related("base", "drafted_by", "decided_by").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def head_of(version: ResponsibilityVersion) -> dict[str, Any]:
    names = ("id", "number", "name", "reason", "state", "effective_from", "submitted_at", "opinion")
    return {name: getattr(version, name) for name in names} | {"base": version.base_id}


def item_of(item: Responsibility) -> dict[str, Any]:
    """Needs what the line names loaded."""
    names = (
        "id", "code", "name", "domain", "level", "area", "grid_kind", "assisting", "legal_basis", "amount",
        "amount_unit", "note",
    )  # fmt: skip
    return {name: getattr(item, name) for name in names} | {
        "category": item.category.code,
        "street": item.street.code if item.street else "",
        "community": item.community.code if item.community else "",
        "lead": item.lead_unit.code if item.lead_unit else item.lead_function,
    }


class Lists(ApiView):
    action_permissions = {"get": BY_SERVICE, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(operation_id="setup_lists_list", responses=dict)
    def get(self, request: Request) -> Response:
        _require_reader(self)
        return Response({"results": [head_of(version) for version in ResponsibilityVersion.objects.all()]})

    @extend_schema(request=ListIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        told = read(ListIn, request.data)
        base = told.pop("base")
        made = draft_responsibilities(base_id=base, by=self.actor, **told)
        return Response(head_of(made), status=status.HTTP_201_CREATED)


class OneList(ApiView):
    """A version with its lines, what is amiss and what it changes; its head can be edited."""

    action_permissions = {"get": BY_SERVICE, "put": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request, pk: int) -> Response:
        _require_reader(self)
        version = _version(pk)
        findings = check_list(version) if version.state != "approved" else []
        changes = compare_lists(version.base, version)
        return Response(
            head_of(version)
            | {
                "items": [item_of(item) for item in items_of(version)],
                "findings": [
                    {"severity": f.severity, "code": f.code, "text": f.text, "item": f.item} for f in findings
                ],
                "changes": [
                    {"kind": c.kind, "code": c.line.code, "level": c.line.level, "fields": c.fields} for c in changes
                ],
            }
        )

    @extend_schema(request=HeadIn, responses=dict)
    def put(self, request: Request, pk: int) -> Response:
        return Response(head_of(edit_responsibility_draft(version_id=pk, by=self.actor, **read(HeadIn, request.data))))

    @extend_schema(responses=dict)
    def delete(self, request: Request, pk: int) -> Response:
        return Response(head_of(withdraw_responsibilities(version_id=pk, by=self.actor)))


class Items(ApiView):
    """Write lines, all or none; a line of the same number, level and area is replaced."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=ItemIn(many=True), responses=dict)
    def post(self, request: Request, pk: int) -> Response:
        told = read(ItemIn, request.data, many=True)
        items = [ItemTold(**each | {"assisting": tuple(each["assisting"])}) for each in told]
        return Response({"written": len(put_responsibilities(version_id=pk, items=items, by=self.actor))})


class OneItem(ApiView):
    """Write one line anew, its number and its place as well; or take it out."""

    action_permissions = {"put": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=ItemIn, responses=dict)
    def put(self, request: Request, pk: int, item: int) -> Response:
        told = read(ItemIn, request.data)
        line = ItemTold(**told | {"assisting": tuple(told["assisting"])})
        return Response({"id": change_responsibility(version_id=pk, item_id=item, item=line, by=self.actor).pk})

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: int, item: int) -> Response:
        drop_responsibility(version_id=pk, item_id=item, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SubmitList(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=dict)
    def post(self, request: Request, pk: int) -> Response:
        return Response(head_of(submit_responsibilities(version_id=pk, by=self.actor)))


class DecideList(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DecideListIn, responses=dict)
    def post(self, request: Request, pk: int) -> Response:
        told = read(DecideListIn, request.data)
        return Response(head_of(decide_responsibilities(version_id=pk, by=self.actor, **told)))


class Proposals(ApiView):
    action_permissions = {"get": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        _require_reader(self)
        return Response(
            {
                "results": [
                    {
                        "id": each.pk, "order": each.order_number, "category": each.category.code,
                        "street": each.street.code if each.street else None, "unit": each.unit.code,
                        "reason": each.reason,
                    }
                    for each in open_proposals()
                ]
            }
        )  # fmt: skip


class DecideProposal(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DecideProposalIn, responses=dict)
    def post(self, request: Request, pk: int) -> Response:
        verb = accept_responsibility if read(DecideProposalIn, request.data)["approve"] else refuse_responsibility
        return Response({"id": pk, "state": verb(proposal_id=pk, by=self.actor).state})


class Preflights(ApiView):
    action_permissions = {"get": BY_SERVICE, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        _require_reader(self)
        return Response({"results": [_run(run) for run in last_runs()]})

    @extend_schema(request=None, responses={201: dict})
    def post(self, request: Request) -> Response | HttpResponse:
        return Response(_run(run_preflight(by=self.actor)), status=status.HTTP_201_CREATED)


def _run(run: PreflightRun) -> dict[str, Any]:
    names = ("id", "ran_at", "nightly", "milliseconds", "pairs", "critical", "holes")
    return {name: getattr(run, name) for name in names}
