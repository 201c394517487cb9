"""Saved filters of the caller."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from dispatch import services
from dispatch.models import SavedFilter
from dispatch.rules.filters import LONGEST_NAME, MOST
from dispatch.selectors import filters_of


class FilterOut(serializers.ModelSerializer[SavedFilter]):
    shared = serializers.SerializerMethodField()
    own = serializers.SerializerMethodField()
    owner_name = serializers.CharField(source="owner.full_name", read_only=True)

    class Meta:
        model = SavedFilter
        fields = ("id", "name", "query", "position", "shared", "own", "owner_name")

    def get_shared(self, row: SavedFilter) -> bool:
        return row.unit_id is not None

    def get_own(self, row: SavedFilter) -> bool:
        return bool(row.owner_id == self.context["user_id"])


class FilterIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME)
    query = serializers.CharField(max_length=2000, help_text="As in the address of the queue.")
    shared = serializers.BooleanField(default=False, help_text="With everybody of the own unit.")


class FilterChange(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=LONGEST_NAME, required=False)
    shared = serializers.BooleanField(required=False)


class ArrangeIn(serializers.Serializer[Any]):
    filters = serializers.ListField(child=serializers.IntegerField(min_value=1), max_length=MOST)


class _View(ApiView):
    def told(self, row: SavedFilter, status: int = 200) -> Response:
        return Response(FilterOut(row, context={"user_id": self.actor.user_id}).data, status=status)

    def asked(self, kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        query = kind(data=request.data)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class Filters(_View):
    action_permissions: ClassVar = {"get": AUTHENTICATED, "post": BY_SERVICE}
    may_lag = True

    @extend_schema(operation_id="saved_filters_list", responses=FilterOut(many=True))
    def get(self, request: Request) -> Response:
        """One's own in their sequence, then those that colleagues share."""
        rows = filters_of(self.actor).select_related("owner")
        return Response(FilterOut(rows, many=True, context={"user_id": self.actor.user_id}).data)

    @extend_schema(operation_id="saved_filters_create", request=FilterIn, responses={201: FilterOut})
    def post(self, request: Request) -> Answer:
        """Keep a view of the queue under a name; at most twenty."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            row = services.save_filter(by=self.actor, **self.asked(FilterIn, request))
            return memory.keep(self.told(row, 201))


class OneFilter(_View):
    action_permissions: ClassVar = {"patch": BY_SERVICE, "delete": BY_SERVICE}

    @extend_schema(operation_id="saved_filters_change", request=FilterChange, responses=FilterOut)
    def patch(self, request: Request, pk: int) -> Response:
        """Rename one's own, share it or keep it to oneself."""
        row = services.change_filter(filter_id=pk, by=self.actor, **self.asked(FilterChange, request))
        return self.told(row)

    @extend_schema(operation_id="saved_filters_remove", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        services.remove_filter(filter_id=pk, by=self.actor)
        return Response(status=204)


class FiltersArrange(_View):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(operation_id="saved_filters_arrange", request=ArrangeIn, responses=FilterOut(many=True))
    def post(self, request: Request) -> Answer:
        """Put one's own into a sequence; those not named come behind."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.arrange_filters(filter_ids=self.asked(ArrangeIn, request)["filters"], by=self.actor)
            return memory.keep(Filters.get(self, request))  # type: ignore[arg-type]
