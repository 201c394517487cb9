"""What the pages ``elements`` and ``cameras`` change, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import BY_SERVICE, ApiView
from accounts.api.idempotency import idempotency, idempotent
from configuration.services.findings import report_finding
from grids.api.cameras import CameraOut, told_camera
from grids.api.elements import ElementOut, ElementTypeOut, told_element, told_type
from grids.models.element_fields import FieldKind, Mask
from grids.selectors.cameras import camera_seen_by, gateways
from grids.selectors.elements import element, element_counts, element_types
from grids.services.cameras import put_camera, put_gateway
from grids.services.element_types import change_element_type, create_element_type
from grids.services.elements import change_element, create_element, restore_element, retire_element
from lianqin.kernel.errors import NotAllowed
from workorders.api.inputs import body_of
from workorders.services.attachments import shelf

GATEWAY = ("code", "name", "kind", "template", "active")


class FieldIn(serializers.Serializer[dict[str, Any]]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=FieldKind.choices)
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]
    choices = serializers.ListField(child=serializers.CharField(), required=False)
    unit = serializers.CharField(required=False)
    mask = serializers.ChoiceField(choices=Mask.choices, required=False)


class TypeIn(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    layer = serializers.CharField()
    icon = serializers.CharField(required=False)
    colour = serializers.CharField(required=False)
    key = serializers.BooleanField(required=False)
    order = serializers.IntegerField(required=False)
    active = serializers.BooleanField(required=False)
    fields_defined = FieldIn(many=True, required=False, source="fields")


class ElementIn(serializers.Serializer[dict[str, Any]]):
    type = serializers.CharField()
    code = serializers.CharField(required=False)
    name = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    address = serializers.CharField(required=False)
    key = serializers.BooleanField(required=False)


class CameraIn(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    lon = serializers.FloatField()
    lat = serializers.FloatField()
    address = serializers.CharField(required=False)
    direction = serializers.IntegerField(required=False)
    owner = serializers.CharField(required=False)
    gateway = serializers.CharField()
    device = serializers.CharField(required=False)
    channel = serializers.CharField()


class GatewayIn(serializers.Serializer[dict[str, Any]]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    template = serializers.CharField()
    active = serializers.BooleanField(required=False)


class FindingIn(serializers.Serializer[dict[str, Any]]):
    title = serializers.CharField(max_length=80)
    description = serializers.CharField(required=False)
    category = serializers.CharField(required=False)
    urgency = serializers.CharField(required=False)
    taken_at = serializers.CharField(required=False)
    file = serializers.FileField(required=False)


class SetupElementTypes(ApiView):
    """All types, sensitive and unused ones too, for who edits them; counts of people are told to nobody."""

    action_permissions = {"get": BY_SERVICE, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=ElementTypeOut(many=True))
    def get(self, request: Request) -> Response:
        if self.actor.officer != "sysadmin":
            raise NotAllowed
        counts = element_counts()
        return Response([told_type(each, counts) for each in element_types(sensitive=None, active=None)])

    @extend_schema(request=TypeIn, responses={201: ElementTypeOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a type with its `fields`."""
        return Response(told_type(create_element_type(data=body_of(request.data), by=self.actor), {}), status=201)


class SetupElementType(ApiView):
    action_permissions = {"patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=TypeIn, responses=ElementTypeOut)
    def patch(self, request: Request, code: str) -> Response:
        """Change a type; fields left out of `fields` are retired, their values stay readable."""
        kept = change_element_type(code=code, data=body_of(request.data), by=self.actor)
        return Response(told_type(kept, element_counts() if not kept.sensitive else {}))


class SetupElements(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=ElementIn, responses={201: ElementOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Put a new element on the map, with values for `fields`."""
        made = create_element(data=body_of(request.data), by=self.actor)
        return Response(told_element(element(made.code)), status=201)


class SetupElement(ApiView):
    action_permissions = {"patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=ElementIn, responses=ElementOut)
    def patch(self, request: Request, code: str) -> Response:
        """Change what is told; `lon` and `lat` move it."""
        change_element(code=code, data=body_of(request.data), by=self.actor)
        return Response(told_element(element(code)))


class RetireElement(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=ElementOut)
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Take an element off the map."""
        retire_element(code=code, by=self.actor)
        return Response(told_element(element(code)))


class RestoreElement(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=ElementOut)
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Put a retired element back."""
        restore_element(code=code, by=self.actor)
        return Response(told_element(element(code)))


class SetupCameras(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CameraIn, responses={201: CameraOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a camera."""
        made = put_camera(data=body_of(request.data), by=self.actor)
        return Response(told_camera(camera_seen_by(self.actor, made.code)), status=201)


class SetupCamera(ApiView):
    action_permissions = {"patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=CameraIn, responses=CameraOut)
    def patch(self, request: Request, code: str) -> Response:
        """Change what is told of a camera."""
        put_camera(data=body_of(request.data), by=self.actor, code=code)
        return Response(told_camera(camera_seen_by(self.actor, code)))


class SetupGateways(ApiView):
    action_permissions = {"get": BY_SERVICE, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=GatewayIn(many=True))
    def get(self, request: Request) -> Response:
        """The hosts that streams may come from."""
        if self.actor.officer != "sysadmin":
            raise NotAllowed
        return Response(list(gateways().values(*GATEWAY)))

    @extend_schema(request=GatewayIn, responses={201: GatewayIn})
    @idempotent
    def post(self, request: Request) -> Response:
        """Add a gateway, or change the one of that code."""
        kept = put_gateway(data=body_of(request.data), by=self.actor)
        return Response({name: getattr(kept, name) for name in GATEWAY}, status=201)


class Findings(ApiView):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    parser_classes = (MultiPartParser, FormParser, JSONParser)

    @extend_schema(request={"multipart/form-data": FindingIn}, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, code: str) -> Any:
        """Report what a camera shows: at its place, with `file` (a still picture) as the first attachment."""
        with shelf() as written, idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            upload = request.FILES.get("file")
            data = {name: value for name, value in body_of(request.data).items() if name != "file"}
            order, new = report_finding(code=code, data=data, picture=upload, by=self.actor, written=written)
            return memory.keep(Response({"number": order.number, "new": new}, status=201 if new else 200))
