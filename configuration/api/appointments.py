"""Lists of posts over HTTP: drafted by one officer, confirmed or refused by the other."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE
from accounts.api.idempotency import idempotent
from accounts.selectors import client_ip
from configuration.api.people import PER_PAGE, PeopleApi, told
from configuration.api.people_shapes import ListBody, ListOut, RefuseBody, TakeBody
from configuration.services.wanting import wanted_from
from grids.models import AppointmentLine, AppointmentList
from grids.services import (
    confirm_appointments,
    draft_appointments,
    refuse_appointments,
    submit_appointments,
    withdraw_appointments,
)


def lists_with_lines() -> QuerySet[AppointmentList]:
    """Lists with everything that their lines name, in four queries whatever their length."""
    lines = AppointmentLine.objects.select_related("user", "unit", "grid").defer("grid__boundary")
    return AppointmentList.objects.select_related("drafted_by", "decided_by").prefetch_related(
        Prefetch("lines", queryset=lines)
    )


class Appointments(PeopleApi):
    """Lists of posts: drafted by the system administrator, confirmed by the security officer."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=ListOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(ListOut(lists_with_lines()[:PER_PAGE], many=True).data)

    @extend_schema(request=ListBody, responses={201: ListOut})
    @idempotent
    def post(self, request: Request) -> Response:
        body = told(ListBody, request.data)
        lines = [wanted_from(line) for line in body["lines"]]
        made = draft_appointments(title=body["title"], lines=lines, by=self.actor)
        if body["submit"]:
            made = submit_appointments(list_id=made.pk, by=self.actor)
        return Response(ListOut(made).data, status=status.HTTP_201_CREATED)


class OneAppointments(PeopleApi):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=ListOut)
    def get(self, request: Request, pk: int) -> Response:
        """One list with its lines."""
        return Response(ListOut(get_object_or_404(lists_with_lines(), pk=pk)).data)


class Confirm(PeopleApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=TakeBody, responses=ListOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Put the named lines in force, all or none of them; without ``lines`` all that wait."""
        body = told(TakeBody, request.data)
        kept = confirm_appointments(
            list_id=pk, line_ids=body.get("lines"), seen=body["seen"], by=self.actor, ip=client_ip(request._request)
        )
        return Response(ListOut(kept).data)


class Refuse(PeopleApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=RefuseBody, responses=ListOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Refuse the named lines with a reason; without ``lines`` all that wait."""
        body = told(RefuseBody, request.data)
        kept = refuse_appointments(
            list_id=pk, line_ids=body.get("lines"), seen=body["seen"], reason=body["reason"], by=self.actor
        )
        return Response(ListOut(kept).data)


class Submit(PeopleApi):
    action_permissions = {"post": BY_SERVICE, "delete": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=ListOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Hand a list to the security officer."""
        return Response(ListOut(submit_appointments(list_id=pk, by=self.actor)).data)

    @extend_schema(request=None, responses={204: OpenApiResponse(description="withdrawn")})
    def delete(self, request: Request, pk: int) -> Response:
        """Take a list back; what was confirmed stays."""
        withdraw_appointments(list_id=pk, by=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
