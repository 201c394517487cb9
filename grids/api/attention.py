"""People who need attention over HTTP: masked, on one's own ground, every look logged, nothing kept by any cache."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from accounts.selectors import client_ip
from grids.selectors.attention import (
    Person,
    attention_seen_by,
    attention_visible_to,
    may_see_attention,
    person,
    searched_attention,
    types_of_attention,
)
from grids.services.attention import (
    change_attention,
    create_attention,
    log_listing,
    log_opening,
    retire_attention,
    reveal_attention,
)
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.numbers import whole

PAGE = 50
HEADERS = {"Cache-Control": "no-store", "Vary": "Authorization, Cookie"}


class PersonOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    type_code = serializers.CharField()
    type_name = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    grid_code = serializers.CharField()
    grid_name = serializers.CharField()
    key = serializers.BooleanField()
    active = serializers.BooleanField()
    revealed = serializers.BooleanField()
    values = serializers.JSONField()


class PersonPage(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    page = serializers.IntegerField()
    types = serializers.JSONField()
    results = PersonOut(many=True)


class PersonIn(serializers.Serializer[dict[str, Any]]):
    type = serializers.CharField()
    code = serializers.CharField(required=False)
    name = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    address = serializers.CharField(required=False)
    key = serializers.BooleanField(required=False)
    fields_given = serializers.JSONField(required=False, source="fields")


class ReasonIn(serializers.Serializer[dict[str, Any]]):
    reason = serializers.CharField(min_length=4, max_length=200)


def told_person(each: Person) -> dict[str, Any]:
    values = [{"name": v.name, "label": str(v.label), "text": v.text, "note": str(v.note)} for v in each.values]
    told = {name: value for name, value in asdict(each).items() if name not in ("raw", "values")}
    return {**told, "values": values}


class AttentionView(ApiView):
    def body(self, request: Request) -> dict[str, Any]:
        return dict(request.data) if isinstance(request.data, dict) else {}

    def answer(self, told: Any, status: int = 200) -> Response:
        return Response(told, status=status, headers=HEADERS)


class AttentionList(AttentionView):
    """The people of one's own ground, masked; 403 for everybody else. The showing is logged."""

    action_permissions = {"get": BY_SERVICE, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(
        operation_id="attention_list",
        parameters=[
            OpenApiParameter("type", str),
            OpenApiParameter("q", str, description="a code, or the first character of a name: what one sees"),
            OpenApiParameter("page", int),
        ],
        responses=PersonPage,
    )
    def get(self, request: Request) -> Response:
        """List, 50 a page."""
        if not may_see_attention(self.actor):
            raise NotAllowed
        found = searched_attention(attention_visible_to(self.actor), request.query_params.get("q", ""))
        if request.query_params.get("type"):
            found = found.filter(type__code=request.query_params["type"])
        start = ((whole(request.query_params.get("page"), 5) or 1) - 1) * PAGE
        rows = [person(each) for each in found[start : start + PAGE]]
        log_listing(by=self.actor, codes=[each.code for each in rows], ip=client_ip(request))
        types = [{"code": each.code, "name": each.name} for each in types_of_attention(self.actor)]
        told = {"count": found.count(), "page": start // PAGE + 1, "types": types}
        return self.answer({**told, "results": [told_person(each) for each in rows]})

    @extend_schema(request=PersonIn, responses={201: PersonOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Record somebody on one's own ground. The answer is masked."""
        made = create_attention(data=self.body(request), by=self.actor)
        return self.answer(told_person(person(attention_seen_by(self.actor, made.code))), 201)


class OnePerson(AttentionView):
    """One person, masked."""

    action_permissions = {"get": BY_SERVICE, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=PersonOut)
    def get(self, request: Request, code: str) -> Response:
        found = attention_seen_by(self.actor, code)
        log_opening(by=self.actor, code=code, ip=client_ip(request))
        return self.answer(told_person(person(found)))

    @extend_schema(request=PersonIn, responses=PersonOut)
    def patch(self, request: Request, code: str) -> Response:
        """Change what is told. The answer is masked, and a look at the record even if nothing changed."""
        changed = change_attention(code=code, data=self.body(request), by=self.actor)
        log_opening(by=self.actor, code=code, ip=client_ip(request))
        return self.answer(told_person(person(changed)))


class RevealPerson(AttentionView):
    """The whole record, for a typed reason; who, whom, when and why are logged with it."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    # An answer that is kept for a repeat would be personal data in another table.
    remembers_posts = False

    @extend_schema(request=ReasonIn, responses=PersonOut)
    def post(self, request: Request, code: str) -> Response:
        reason = str(self.body(request).get("reason") or "")
        found = reveal_attention(code=code, by=self.actor, reason=reason, ip=client_ip(request))
        return self.answer(told_person(person(found, revealed=True)))


class RetirePerson(AttentionView):
    """The purpose is over: the record leaves every list, and nobody reads it again."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=ReasonIn, responses=PersonOut)
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        ended = retire_attention(code=code, by=self.actor, reason=str(self.body(request).get("reason") or ""))
        return self.answer(told_person(person(ended)))
