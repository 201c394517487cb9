"""Sign-in by token, who am I, and the description of the API."""

from __future__ import annotations

from typing import Any, ClassVar

from csp.decorators import csp_update
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from knox.models import AuthToken
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services
from accounts.api.authentication import require_own_password
from accounts.api.base import AUTHENTICATED, PUBLIC, ApiBase, ApiView
from accounts.api.serializers import CredentialsIn, MeOut, TokenOut
from accounts.errors import BadCredentials, SignInLocked
from accounts.models import User
from accounts.selectors import client_ip


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class TokenView(ApiView):
    action_permissions: ClassVar = {"post": PUBLIC, "delete": AUTHENTICATED}
    remembers_posts = False  # A token is never kept in the clear, so its answer cannot be replayed.

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Look at no old token while a new one is asked for."""
        if self.request is not None and self.request.method == "POST":
            return []
        return list(super().get_authenticators())

    @extend_schema(request=CredentialsIn, responses={201: TokenOut}, auth=[])
    def post(self, request: Request) -> Response:
        """Exchange username and password for a token that expires."""
        wanted = CredentialsIn(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = authenticate(request._request, **wanted.validated_data)
        if getattr(request._request, "axes_locked_out", False):
            raise SignInLocked
        if not isinstance(user, User):
            raise BadCredentials
        require_own_password(user)
        token, expires_at = services.issue_token(user=user, ip=client_ip(request._request))
        out = TokenOut({"token": token, "expires_at": expires_at})
        return Response(out.data, status=status.HTTP_201_CREATED, headers={"Cache-Control": "no-store"})

    @extend_schema(request=None, responses={204: OpenApiResponse(description="ended")})
    def delete(self, request: Request) -> Response:
        """End the token that signs this request."""
        if isinstance(request.auth, AuthToken):
            services.revoke_token(token=request.auth, ip=client_ip(request._request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class MeView(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        """Who am I, and which posts do I hold?"""
        user = request.user
        assert isinstance(user, User)
        who = {"username": user.username, "full_name": user.get_full_name(), "kind": user.kind, "officer": user.officer}
        return Response(MeOut({**who, "posts": self.actor.posts}).data)


class SchemaView(ApiBase, SpectacularAPIView):
    """The OpenAPI document: shapes only, no data, so anybody may read it."""

    action_permissions: ClassVar = {"get": PUBLIC}
    permission_classes = ApiBase.permission_classes


# Swagger UI sets styles from its script; nothing else on this site may.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class DocsView(ApiBase, SpectacularSwaggerSplitView):
    action_permissions: ClassVar = {"get": PUBLIC}
    permission_classes = ApiBase.permission_classes

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse | Response:
        answer: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return answer
