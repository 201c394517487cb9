"""What the stewards are counted by, for programs: places, rules, buildings."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from configuration.api.stewards import Query, community_of, cut
from configuration.api.training import Looked, told
from grids import services
from grids.models import District
from grids.selectors.stewards import buildings, policy_in, steward_places
from lianqin.kernel.errors import NotVisible


class StewardPlacesOut(serializers.Serializer[Any]):
    community = serializers.CharField(source="code")
    name = serializers.CharField()
    households = serializers.IntegerField()
    places = serializers.IntegerField()
    by_hand = serializers.BooleanField()
    on_duty = serializers.IntegerField()
    coming = serializers.IntegerField()
    gap = serializers.IntegerField()


class StewardQuotaIn(serializers.Serializer[Any]):
    """``places`` null lets the households decide again."""

    places = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(max_length=200, allow_blank=True, default="")


class StewardPolicyIO(serializers.Serializer[Any]):
    households_each = serializers.IntegerField(required=False)
    notice_days = serializers.IntegerField(required=False)
    pass_score = serializers.IntegerField(required=False)
    monthly_allowance = serializers.DecimalField(max_digits=8, decimal_places=2, required=False)
    excellent_share = serializers.IntegerField(required=False)
    qualified_share = serializers.IntegerField(required=False)
    failed_share = serializers.IntegerField(required=False)


class BuildingIO(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=24)
    name = serializers.CharField(max_length=60)
    community = serializers.CharField(source="community.code", max_length=15)
    households = serializers.IntegerField(default=0)
    lon = serializers.FloatField(allow_null=True, default=None)
    lat = serializers.FloatField(allow_null=True, default=None)
    active = serializers.BooleanField(default=True)


class Places(Looked):
    """Places against duty, community by community."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[Query], responses=StewardPlacesOut(many=True))
    def get(self, request: Request) -> Response:
        asked = told(Query, request.query_params)
        return Response(StewardPlacesOut(steward_places(text=asked["q"] or asked["community"]), many=True).data)


class Quota(ApiView):
    action_permissions = {"put": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=StewardQuotaIn, responses={204: None})
    def put(self, request: Request, code: str) -> Response:
        values = told(StewardQuotaIn, request.data)
        services.set_steward_quota(by=self.actor, community=community_of(code), **values)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Policy(Looked):
    action_permissions = {"get": AUTHENTICATED, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=StewardPolicyIO)
    def get(self, request: Request) -> Response:
        return Response(StewardPolicyIO(policy_in(_district().pk)).data)

    @extend_schema(request=StewardPolicyIO, responses=StewardPolicyIO)
    def patch(self, request: Request) -> Response:
        policy = services.set_steward_policy(by=self.actor, district=_district(), **told(StewardPolicyIO, request.data))
        return Response(StewardPolicyIO(policy).data)


def _district() -> District:
    found = District.objects.filter(valid_to=None).order_by("code").first()
    if found is None:
        raise NotVisible
    return found


class Buildings(Looked):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[Query], responses=BuildingIO(many=True))
    def get(self, request: Request) -> Response:
        asked = told(Query, request.query_params)
        found = cut(buildings(community=asked["community"], text=asked["q"]), asked["offset"])
        return Response(BuildingIO(found, many=True).data)

    @extend_schema(request=BuildingIO, responses=BuildingIO)
    @idempotent
    def post(self, request: Request) -> Response:
        values = told(BuildingIO, request.data)
        community = community_of(values.pop("community")["code"])
        building = services.save_building(by=self.actor, community=community, **values)
        return Response(BuildingIO(building).data)
