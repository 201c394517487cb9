"""Elements over HTTP: types, the map, the table, one of them. People who need attention are never among them."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from django.http import HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView
from grids.models import Element, ElementType
from grids.models.element_fields import shown
from grids.selectors.elements import ElementFilter, element, element_counts, element_types, elements, may_see_elements
from grids.selectors.viewport import FINEST_LEVEL, Box, viewport
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Invalid, NotAllowed
from lianqin.kernel.numbers import whole

PAGE = 50
# Beyond, a table says "more than": counting them all costs more than knowing.
MOST_COUNTED = 10_000
PARAMETERS = [
    OpenApiParameter("bbox", str, description="west,south,east,north (WGS-84): the answer is GeoJSON for a map"),
    OpenApiParameter("zoom", int, description="of the web map, 0 to 24; with `bbox`"),
    OpenApiParameter("types", str, description="codes, comma separated"),
    OpenApiParameter("layer", str),
    OpenApiParameter("q", str, description="words of code, name, pinyin or address"),
    OpenApiParameter("key", bool, description="key elements only"),
    OpenApiParameter("place", str, description="code of a district, street, community or grid"),
    OpenApiParameter("outside", bool, description="in no grid"),
    OpenApiParameter("retired", bool),
    OpenApiParameter("field.NAME", str, description="an exact value of a field; JSON, or else text"),
    OpenApiParameter("page", int, description="from 1, 50 a page; without `bbox`"),
]


class ElementTypeOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    layer = serializers.CharField()
    layer_name = serializers.CharField()
    icon = serializers.CharField()
    colour = serializers.CharField()
    key = serializers.BooleanField()
    fields_defined = serializers.JSONField()
    number = serializers.IntegerField()
    key_number = serializers.IntegerField()


class ElementOut(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    type = serializers.CharField()
    type_name = serializers.CharField()
    layer = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    grid = serializers.CharField(allow_null=True)
    grid_name = serializers.CharField(allow_blank=True)
    address = serializers.CharField(allow_blank=True)
    key = serializers.BooleanField()
    active = serializers.BooleanField()
    values = serializers.JSONField()
    shown = serializers.JSONField()
    updated_at = serializers.DateTimeField()
    synthetic = serializers.BooleanField()


class ElementPage(serializers.Serializer[dict[str, Any]]):
    count = serializers.IntegerField()
    count_is_exact = serializers.BooleanField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()
    results = ElementOut(many=True)


def told_type(each: ElementType, counts: dict[int, tuple[int, int]]) -> dict[str, Any]:
    number, important = counts.get(each.pk, (0, 0))
    return {
        **{name: getattr(each, name) for name in ("code", "name", "layer", "icon", "colour", "key")},
        "layer_name": each.get_layer_display(),
        "fields_defined": each.fields,
        "number": number,
        "key_number": important,
    }


def told_element(each: Element) -> dict[str, Any]:
    return {
        **{name: getattr(each, name) for name in ("code", "name", "lon", "lat", "address", "key", "active")},
        "type": each.type.code,
        "type_name": each.type.name,
        "layer": each.type.layer,
        "grid": each.grid.code if each.grid else None,
        "grid_name": each.grid.short_name if each.grid else "",
        "values": each.fields,
        "shown": [
            {"name": one.name, "label": str(one.label), "text": one.text, "note": str(one.note)}
            for one in shown(each.type.definitions, each.fields)
        ],
        "updated_at": each.updated_at,
        "synthetic": each.synthetic,
    }


def require_seeing(actor: Actor) -> None:
    if not may_see_elements(actor):
        raise NotAllowed


def asked(given: Any) -> ElementFilter:
    """What a query string wants; the page and the API read it alike."""
    values = {name.removeprefix("field."): _value(given[name]) for name in given if name.startswith("field.")}
    return ElementFilter(
        types=tuple(code for code in given.get("types", "").split(",") if code),
        layer=given.get("layer", ""),
        q=given.get("q", "").replace("\x00", "")[:80].strip(),
        key=_flag(given.get("key")),
        place=given.get("place", "").replace("\x00", "")[:15],
        outside=_flag(given.get("outside")),
        retired=_flag(given.get("retired")),
        fields={name: value for name, value in values.items() if value != ""},
    )


def _flag(raw: str | None) -> bool:
    return (raw or "").lower() in {"1", "true", "on", "yes"}


def _value(raw: str) -> Any:
    try:
        value = json.loads(raw)
    except ValueError:
        return raw.replace("\x00", "")
    return value if isinstance(value, bool | int | float | str) else raw


def box_of(raw: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in raw.split(","))
    except ValueError as error:
        raise Invalid(fields={"bbox": [_("应为 西,南,东,北 四个数")]}) from error
    if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
        raise Invalid(fields={"bbox": [_("应为 西,南,东,北 四个数")]})
    return Box(max(west, -180), max(south, -85), min(east, 180), min(north, 85))


def zoom_of(raw: str) -> int:
    try:
        return min(max(int(float(raw)), 0), FINEST_LEVEL)
    except (ValueError, OverflowError) as error:
        raise Invalid(fields={"zoom": [_("应为 0 至 24 的整数")]}) from error


class ElementTypes(ApiView):
    """The types in use with their fields, and how many elements each has. Types of people are not among them."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=ElementTypeOut(many=True))
    def get(self, request: Request) -> Response:
        require_seeing(self.actor)
        counts = element_counts()
        return Response([told_type(each, counts) for each in element_types()])


class Elements(ApiView):
    """With `bbox` what a map shows there: at most 2,000 elements, else clusters. Without, the table, page by page."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(
        operation_id="elements_list",
        parameters=PARAMETERS,
        responses={200: ElementPage, (200, "application/geo+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> Response | HttpResponse:
        require_seeing(self.actor)
        wanted = asked(request.query_params)
        if "bbox" in request.query_params:
            box, zoom = box_of(request.query_params["bbox"]), zoom_of(request.query_params.get("zoom", "12"))
            return tagged(request, viewport(box, zoom, wanted))
        number = request.query_params.get("page", "1")
        return Response(page_of(wanted, whole(number, 7) or 1))


def tagged(request: Request, body: str) -> HttpResponse:
    """A tag of the very answer: it is right whatever changed, and the same for everybody who may see elements."""
    tag = f'"{hashlib.blake2s(body.encode(), digest_size=12).hexdigest()}"'
    known = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
    made = HttpResponse(status=304) if tag in known else HttpResponse(body, content_type="application/geo+json")
    made["ETag"], made["Cache-Control"], made["Vary"] = tag, "private, no-cache", "Authorization, Cookie"
    return made


def page_of(wanted: ElementFilter, number: int) -> dict[str, Any]:
    """One page of the table. Two queries."""
    found = elements(wanted)
    count = found.order_by()[: MOST_COUNTED + 1].count()
    pages = max(1, -(-min(count, MOST_COUNTED) // PAGE))
    number = min(max(number, 1), pages)
    rows = found[(number - 1) * PAGE : number * PAGE]
    return {
        "count": min(count, MOST_COUNTED),
        "count_is_exact": count <= MOST_COUNTED,
        "page": number,
        "pages": pages,
        "results": [told_element(each) for each in rows],
    }


class OneElement(ApiView):
    """One element with its values in words."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=ElementOut)
    def get(self, request: Request, code: str) -> Response:
        require_seeing(self.actor)
        return Response(told_element(element(code)))
