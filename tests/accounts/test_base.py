"""Deny by default: a view that does not name its permissions does not exist."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from django.core.exceptions import ImproperlyConfigured
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, ApiView, ApiViewSet
from accounts.models import User
from tests.accounts.conftest import signed_in


def test_a_view_must_name_every_method() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"missing \['post'\]"):

        class Forgetful(ApiView):
            action_permissions: ClassVar = {"get": AUTHENTICATED}

            def get(self, request: Request) -> Response:
                return Response()

            def post(self, request: Request) -> Response:
                return Response()


def test_an_empty_name_names_nothing() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"missing \['get'\]"):

        class Empty(ApiView):
            action_permissions: ClassVar = {"get": ""}

            def get(self, request: Request) -> Response:
                return Response()


def test_a_view_may_not_name_what_it_does_not_have() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"unknown \['delete'\]"):

        class Boastful(ApiView):
            action_permissions: ClassVar = {"get": AUTHENTICATED, "delete": AUTHENTICATED}

            def get(self, request: Request) -> Response:
                return Response()


def test_a_view_set_must_name_its_extra_actions() -> None:
    with pytest.raises(ImproperlyConfigured, match=r"missing \['approve'\]"):

        class Requests(ApiViewSet):
            action_permissions: ClassVar = {"list": AUTHENTICATED}

            def list(self, request: Request) -> Response:
                return Response()

            @action(detail=True, methods=["post"])
            def approve(self, request: Request, pk: Any) -> Response:
                return Response()


@pytest.mark.django_db
@pytest.mark.urls("tests.accounts.urls")
def test_a_codename_must_be_held_somewhere(dispatcher: User, outsider: User, sysadmin: User) -> None:
    assert signed_in(dispatcher).get("/api/v1/dispatching/").json() == {"actor": "王派遣", "same": True}
    for user in (outsider, sysadmin):
        response = signed_in(user).get("/api/v1/dispatching/")
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")


@pytest.mark.django_db
@pytest.mark.urls("tests.accounts.urls")
def test_a_request_costs_three_queries_at_most(dispatcher: User, django_assert_num_queries: Any) -> None:
    client = signed_in(dispatcher)
    client.get("/api/v1/dispatching/")
    with django_assert_num_queries(2):  # The session and the user; the actor's loader here asks nothing.
        client.get("/api/v1/dispatching/")
