"""Units, secondments and entrusted services over HTTP: what the pages ``units`` do."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from configuration.api.people import person_of, told
from configuration.permissions import works_at_centre
from grids.api.serializers import UnitSerializer
from grids.models import EntrustedService, Presence, Secondment, Unit, UnitKind
from grids.selectors import entrusted, secondments
from grids.services import (
    change_unit,
    close_unit,
    create_unit,
    end_secondment,
    entrust,
    pay_entrusted,
    reopen_unit,
    second,
)
from lianqin.kernel.errors import NotAllowed
from lianqin.kernel.numbers import whole


class UnitChange(serializers.Serializer[dict[str, Any]]):
    """Places and the parent by code; what follows from place and kind is not asked for."""

    name = serializers.CharField(max_length=80, required=False)
    short_name = serializers.CharField(max_length=40, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=UnitKind.choices, required=False)
    function = serializers.CharField(max_length=20, required=False, allow_blank=True)
    street = serializers.CharField(max_length=12, required=False, allow_blank=True)
    community = serializers.CharField(max_length=12, required=False, allow_blank=True)
    parent = serializers.CharField(max_length=40, required=False, allow_blank=True)  # type: ignore[assignment]
    presence = serializers.ChoiceField(choices=Presence.choices, required=False, allow_blank=True)
    vertical = serializers.BooleanField(required=False)
    phone = serializers.CharField(max_length=20, required=False, allow_blank=True)


class UnitBody(UnitChange):
    code = serializers.CharField(max_length=40, default="", allow_blank=True)
    name = serializers.CharField(max_length=80)
    kind = serializers.ChoiceField(choices=UnitKind.choices)


class SecondmentBody(serializers.Serializer[dict[str, Any]]):
    """Units by code, people by user name."""

    unit = serializers.CharField(max_length=40)
    centre = serializers.CharField(max_length=40)
    kind = serializers.ChoiceField(choices=Presence.choices)
    people: serializers.ListField = serializers.ListField(
        child=serializers.CharField(max_length=150), default=list, max_length=50
    )
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class SecondmentOut(serializers.ModelSerializer[Secondment]):
    unit = serializers.CharField(source="unit.code")
    centre = serializers.CharField(source="centre.code")
    people: serializers.SlugRelatedField[Any] = serializers.SlugRelatedField(
        many=True, read_only=True, slug_field="username"
    )

    class Meta:
        model = Secondment
        fields = ("id", "unit", "centre", "kind", "people", "starts_on", "ends_on", "note")


class EndSecondmentBody(serializers.Serializer[dict[str, Any]]):
    ends_on = serializers.DateField(required=False)


class EntrustedBody(serializers.Serializer[dict[str, Any]]):
    """``amount`` in yuan."""

    unit = serializers.CharField(max_length=40)
    entrusted_by = serializers.CharField(max_length=40)
    matter = serializers.CharField(max_length=200)
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class PaymentBody(serializers.Serializer[dict[str, Any]]):
    """``amount`` in yuan; a negative one takes back."""

    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    note = serializers.CharField(max_length=200, default="", allow_blank=True)


class EntrustedOut(serializers.ModelSerializer[EntrustedService]):
    unit = serializers.CharField(source="unit.code")
    entrusted_by = serializers.CharField(source="entrusted_by.code")
    balance = serializers.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        model = EntrustedService
        fields = ("id", "unit", "entrusted_by", "matter", "year", "amount", "paid", "balance", "note")


class UnitsApi(ApiView):
    """For whoever works at a centre or answers for the ground; changes are the system administrator's."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and not works_at_centre(self.actor):
            raise NotAllowed


class Units(UnitsApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=UnitBody, responses={201: UnitSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Begin a unit. Reading them is ``/api/v1/units/``."""
        body = told(UnitBody, request.data)
        made = create_unit(code=body.pop("code"), values=body, by=self.actor)
        return Response(UnitSerializer(made).data, status=status.HTTP_201_CREATED)


class OneUnit(UnitsApi):
    action_permissions = {"get": AUTHENTICATED, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=UnitSerializer)
    def get(self, request: Request, code: str) -> Response:
        """One unit, also when it is closed."""
        return Response(UnitSerializer(get_object_or_404(Unit, code=code)).data)

    @extend_schema(request=UnitChange, responses=UnitSerializer)
    def patch(self, request: Request, code: str) -> Response:
        """Change what is told; what is not told stays."""
        changed = change_unit(
            unit=get_object_or_404(Unit, code=code), values=told(UnitChange, request.data), by=self.actor
        )
        return Response(UnitSerializer(changed).data)


class CloseUnit(UnitsApi):
    action_permissions = {"post": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=UnitSerializer)
    @idempotent
    def post(self, request: Request, code: str) -> Response:
        """Close a unit; 409 says what is still there."""
        return Response(UnitSerializer(close_unit(unit=get_object_or_404(Unit, code=code), by=self.actor)).data)

    @extend_schema(request=None, responses=UnitSerializer)
    def delete(self, request: Request, code: str) -> Response:
        """Put a closed unit back in use."""
        return Response(UnitSerializer(reopen_unit(unit=get_object_or_404(Unit, code=code), by=self.actor)).data)


class Secondments(UnitsApi):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=SecondmentOut(many=True))
    def get(self, request: Request) -> Response:
        """Who serves which centre, today and to come; ``past=1``: what is over."""
        found = secondments(past=request.query_params.get("past") == "1")
        return Response(SecondmentOut(found, many=True).data)

    @extend_schema(request=SecondmentBody, responses={201: SecondmentOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Let a department serve a centre."""
        body = told(SecondmentBody, request.data)
        unit, centre = (get_object_or_404(Unit, code=body.pop(name)) for name in ("unit", "centre"))
        people = [person_of(name) for name in body.pop("people")]
        made = second(unit=unit, centre=centre, people=people, by=self.actor, **body)
        return Response(SecondmentOut(made).data, status=status.HTTP_201_CREATED)


class EndSecondment(UnitsApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=EndSecondmentBody, responses=SecondmentOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """End it; from ``ends_on`` on (default today) the department serves there no more."""
        body = told(EndSecondmentBody, request.data)
        ended = end_secondment(secondment=get_object_or_404(Secondment, pk=pk), by=self.actor, **body)
        return Response(SecondmentOut(ended).data)


class Entrusted(UnitsApi):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=EntrustedOut(many=True))
    def get(self, request: Request) -> Response:
        """What is entrusted, with the balance; ``year`` narrows."""
        rows = entrusted(year=whole(request.query_params.get("year"), 4))
        return Response(EntrustedOut(rows, many=True).data)

    @extend_schema(request=EntrustedBody, responses={201: EntrustedOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Write down what a department entrusts."""
        body = told(EntrustedBody, request.data)
        unit, by_unit = (get_object_or_404(Unit, code=body.pop(name)) for name in ("unit", "entrusted_by"))
        made = entrust(unit=unit, entrusted_by=by_unit, by=self.actor, **body)
        return Response(_entrusted(made), status=status.HTTP_201_CREATED)


class PayEntrusted(UnitsApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=PaymentBody, responses=EntrustedOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Write down a payment; 409 gives the figures when it is more than is left."""
        body = told(PaymentBody, request.data)
        return Response(
            _entrusted(pay_entrusted(service=get_object_or_404(EntrustedService, pk=pk), by=self.actor, **body))
        )


def _entrusted(service: EntrustedService) -> Any:
    return EntrustedOut(entrusted().get(pk=service.pk)).data
