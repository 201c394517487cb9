"""What the pages of ``stewards`` do, for programs: calls, files and notices."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from configuration.api.training import Looked, told
from grids import services
from grids.models import Building, Community
from grids.selectors.stewards import notices, recruitments, steward_file, stewards
from grids.services import StepData
from lianqin.kernel.errors import Invalid, NotVisible

MOST = 200


class Query(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    state = serializers.CharField(required=False, allow_blank=True, max_length=12, default="")
    community = serializers.CharField(required=False, allow_blank=True, max_length=15, default="")
    offset = serializers.IntegerField(required=False, min_value=0, max_value=10_000_000, default=0)


class StewardOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    number = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField(source="masked_phone")
    community = serializers.CharField(source="community.code")
    building = serializers.CharField(source="building.code", default=None)
    state = serializers.CharField()
    applied_on = serializers.DateField()
    on_duty_since = serializers.DateField()
    left_on = serializers.DateField()


class StewardEventOut(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    action = serializers.CharField()
    state = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(source="user", default=None)
    reason = serializers.CharField()
    detail = serializers.JSONField()


class StewardStepIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500, allow_blank=True, default="")
    score = serializers.DecimalField(max_digits=5, decimal_places=1, allow_null=True, default=None)
    objection_id = serializers.IntegerField(allow_null=True, default=None)
    said_by = serializers.CharField(max_length=40, allow_blank=True, default="")
    quarter = serializers.DateField(allow_null=True, default=None)


class RecruitmentIn(serializers.Serializer[Any]):
    community = serializers.CharField(max_length=15)
    title = serializers.CharField(max_length=80)
    places = serializers.IntegerField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField()
    text = serializers.CharField(allow_blank=True, default="")


class RecruitmentOut(RecruitmentIn):
    id = serializers.IntegerField(source="pk")
    community = serializers.CharField(source="community.code")
    applied = serializers.IntegerField(default=0)


class StewardApplicationIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=40)
    phone = serializers.CharField(max_length=20)
    birth_year = serializers.IntegerField()
    building = serializers.CharField(allow_blank=True, default="")
    statement = serializers.CharField(max_length=500, allow_blank=True, default="")


class StewardNoticeIn(serializers.Serializer[Any]):
    title = serializers.CharField(max_length=80)
    days = serializers.IntegerField(allow_null=True, default=None)
    contact = serializers.CharField(max_length=120, allow_blank=True, default="")
    stewards = serializers.ListField(child=serializers.IntegerField(), max_length=200)


class StewardNoticeOut(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    days = serializers.IntegerField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField()


def community_of(code: str) -> Community:
    """The community in force of that code. Raise Invalid."""
    found = Community.objects.select_related("street__district").filter(code=code, valid_to=None).first()
    if found is None:
        raise Invalid(fields={"community": ["没有这个社区"]})
    return found


def cut(found: QuerySet[Any], offset: int) -> QuerySet[Any]:
    return found[offset : offset + MOST]


class Stewards(Looked):
    """Files by number, 200 from ``offset``; telephone numbers are masked."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[Query], responses=StewardOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(Query, request.query_params)
        found = stewards(state=asked["state"], community=asked["community"], text=asked["q"])
        return Response(StewardOut(cut(found, asked["offset"]), many=True).data)


class OneSteward(Looked):
    """A file with its history."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: int) -> Response:
        steward = steward_file(pk)
        if steward is None:
            raise NotVisible
        return Response({**StewardOut(steward).data, "events": StewardEventOut(steward.events.all(), many=True).data})


class StepTaken(ApiView):
    """Take one step of the table: 409 ``transition_not_allowed`` where no row allows it."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=StewardStepIn, responses=StewardOut)
    @idempotent
    def post(self, request: Request, pk: int, action: str) -> Response:
        data = StepData(**told(StewardStepIn, request.data))
        steward = services.advance_steward(steward_id=pk, action=action, by=self.actor, data=data)
        return Response(StewardOut(steward).data)


class Phone(ApiView):
    """The whole telephone number; who looked is written down."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    remembers_posts = False  # An answer that holds a telephone number is not kept.

    @extend_schema(request=None, responses=OpenApiTypes.OBJECT)
    def post(self, request: Request, pk: int) -> Response:
        shown = services.reveal_phone(steward_id=pk, by=self.actor)
        return Response({"phone": shown}, headers={"Cache-Control": "no-store"})


class Recruitments(Looked):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[Query], responses=RecruitmentOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(Query, request.query_params)
        found = cut(recruitments(community=asked["community"]), asked["offset"])
        return Response(RecruitmentOut(found, many=True).data)

    @extend_schema(request=RecruitmentIn, responses={201: RecruitmentOut})
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(RecruitmentIn, request.data)
        community = community_of(values.pop("community"))
        call = services.open_recruitment(by=self.actor, community=community, **values)
        return Response(RecruitmentOut(call).data, status=status.HTTP_201_CREATED)


class Applications(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=StewardApplicationIn, responses={201: StewardOut})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        values = told(StewardApplicationIn, request.data)
        building = Building.objects.filter(code=values.pop("building")).first()
        steward = services.apply_as_steward(by=self.actor, recruitment_id=pk, building=building, **values)
        return Response(StewardOut(steward).data, status=status.HTTP_201_CREATED)


class Notices(Looked):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[Query], responses=StewardNoticeOut(many=True))
    def get(self, request: Request) -> Response:
        found = cut(notices(), told(Query, request.query_params)["offset"])
        return Response(StewardNoticeOut(found, many=True).data)

    @extend_schema(request=StewardNoticeIn, responses={201: StewardNoticeOut})
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(StewardNoticeIn, request.data)
        notice = services.publish_notice(by=self.actor, steward_ids=values.pop("stewards"), **values)
        return Response(StewardNoticeOut(notice).data, status=status.HTTP_201_CREATED)
