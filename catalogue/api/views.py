"""Parse in, shape out."""

from __future__ import annotations

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from catalogue.api.serializers import CategoryTreeSerializer
from catalogue.revisions import stamp
from catalogue.selectors import category_tree


class CategoryTree(ApiView):
    """The tree of matters; send ``If-None-Match`` to spare the body."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=CategoryTreeSerializer)
    def get(self, request: Request) -> Response:
        etag = f'"{stamp.get()}"'
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        asked = parse_etags(request.headers.get("If-None-Match", ""))
        if "*" in asked or etag in {one.removeprefix("W/") for one in asked}:
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=headers)
        tree = category_tree()
        made_up = any(node.illustrative for node in tree)
        notice = _("事项名称与条件为示例数据，仅供演示") if made_up else ""
        return Response(CategoryTreeSerializer({"notice": notice, "results": tree}).data, headers=headers)
