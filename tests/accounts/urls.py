"""Views that misbehave on purpose, behind the real middleware and error handlers."""

from __future__ import annotations

import threading
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, PUBLIC, ApiView
from accounts.api.idempotency import idempotency, idempotent
from accounts.services import audit
from lianqin.kernel.errors import NotVisible, StaleVersion, WrongState

ERRORS: dict[str, Exception] = {
    "stale": StaleVersion(current="handling", since=["dispatch"]),
    "state": WrongState(),
    "hidden": NotVisible(),
    "http404": Http404("secret"),
    "denied": PermissionDenied("secret"),
    "suspicious": SuspiciousOperation("secret"),
    "throttled": Throttled(wait=7),
    "deadlock": OperationalError("deadlock detected"),
    "data": DataError("integer out of range"),
    "bug": RuntimeError("the secret is 42"),
}


class PlaceIn(serializers.Serializer[Any]):
    lon = serializers.FloatField()


class ReportIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=10)
    place = PlaceIn()
    parts = PlaceIn(many=True, required=False)


class Failing(ApiView):
    action_permissions: ClassVar = {"get": PUBLIC}

    def get(self, request: Request, name: str) -> Response:
        raise ERRORS[name]


class Fields(ApiView):
    action_permissions: ClassVar = {"post": AUTHENTICATED}

    def post(self, request: Request) -> Response:
        ReportIn(data=request.data).is_valid(raise_exception=True)
        return Response({"fine": True})


class Dispatching(ApiView):
    action_permissions: ClassVar = {"get": "dispatch_orders"}

    def get(self, request: Request) -> Response:
        return Response({"actor": self.actor.name, "same": request.actor.name == self.actor.name})  # type: ignore[attr-defined]


class Effect(ApiView):
    """Leaves one audit entry each time it really runs; may be held open to be caught in flight."""

    action_permissions: ClassVar = {"post": BY_SERVICE}
    entered = threading.Event()
    go_on = threading.Event()

    def post(self, request: Request, number: str) -> Any:
        if number == "hidden":
            raise NotVisible
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            audit(actor_id=request.user.pk, action="effect", object_label=number)
            if number == "slow":
                self.entered.set()
                assert self.go_on.wait(10)
            if number == "refused":
                raise WrongState
            if number == "broken":
                raise RuntimeError
            return memory.keep(Response({"order": number, "b": 1, "a": "中"}, status=201, headers={"Location": "/x/"}))


class Cut(ApiView):
    """Loses its database connection in the middle of its work."""

    action_permissions: ClassVar = {"post": PUBLIC}

    def post(self, request: Request) -> Response:
        with idempotency(request), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return Response()


def cut_page(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    return HttpResponse()


class Decorated(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @idempotent
    def post(self, request: Request) -> Response:
        audit(actor_id=request.user.pk, action="effect")
        return Response(status=204)


def page(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


urlpatterns = [
    path("api/v1/fail/<str:name>/", Failing.as_view()),
    path("api/v1/fields/", Fields.as_view()),
    path("api/v1/dispatching/", Dispatching.as_view()),
    path("api/v1/effects/<str:number>/", Effect.as_view()),
    path("api/v1/decorated/", Decorated.as_view()),
    path("api/v1/cut/", Cut.as_view()),
    path("cut/", cut_page),
    path("page/<str:name>/", page),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include(("accounts.api.urls", "api"))),
    path("admin/", admin.site.urls),
]
handler400 = "accounts.views.bad_request"
handler403 = "accounts.views.permission_denied"
handler404 = "accounts.views.not_found"
handler500 = "accounts.views.server_error"
