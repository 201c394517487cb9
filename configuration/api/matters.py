"""The tree of matters over HTTP: everything that its page does."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from catalogue.models import Category
from catalogue.services.categories import change_matter, create_matter, drop_matter, told_of
from catalogue.services.category_order import move_matter


class MatterIn(serializers.Serializer[dict[str, Any]]):
    """``values`` as in the tree; ``parent`` the code of a class."""

    code = serializers.CharField(max_length=16, required=False)
    parent = serializers.CharField(required=False, allow_blank=True, default="")  # type: ignore[assignment]
    values = serializers.DictField()


class MoveIn(serializers.Serializer[dict[str, Any]]):
    up = serializers.BooleanField()


def _told(kind: type[serializers.Serializer[Any]], data: Any) -> Any:
    told = kind(data=data)
    told.is_valid(raise_exception=True)
    return told.validated_data


class Matters(ApiView):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=dict)
    def get(self, request: Request) -> Response:
        rows = Category.objects.select_related("parent")
        return Response({"results": [_matter(row) for row in rows]})

    @extend_schema(request=MatterIn, responses={201: dict})
    @idempotent
    def post(self, request: Request) -> Response:
        told = _told(MatterIn, request.data)
        made = create_matter(code=told.get("code", ""), parent=told["parent"], values=told["values"], by=self.actor)
        return Response(_matter(made), status=status.HTTP_201_CREATED)


class OneMatter(ApiView):
    action_permissions = {"put": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=MatterIn, responses=dict)
    def put(self, request: Request, code: str) -> Response:
        told = _told(MatterIn, request.data)
        values = told["values"] | ({"parent": told["parent"]} if told["parent"] else {})
        return Response(_matter(change_matter(code=code, values=values, by=self.actor)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        drop_matter(code=code, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class PlaceOfMatter(ApiView):
    """Let a matter change places with the one above or below."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=MoveIn, responses=dict)
    def post(self, request: Request, code: str) -> Response:
        return Response(_matter(move_matter(code=code, up=_told(MoveIn, request.data)["up"], by=self.actor)))


def _matter(row: Category) -> dict[str, Any]:
    return {"code": row.code, "parent": row.parent.code if row.parent else "", "order": row.order} | told_of(row)
