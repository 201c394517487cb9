"""The base of every API view: deny by default, one actor, one form of error.

class OrderAction(ApiView):
    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}

    def post(self, request, number, action):
        order = visible_order(number, self.actor)        # 404 first
        with idempotency(request) as memory:              # then the replay
            if memory.replay is not None:
                return memory.replay
            services.advance(...)                         # then 409, 403, 400
            return memory.keep(Response(...))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.api.authentication import PageSessionAuthentication, TokenAuthentication
from accounts.api.problems import exception_handler
from accounts.api.schema import ApiSchema
from accounts.models import UserKind
from accounts.selectors import actor_of, bind_actor
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import NotAllowed, NotSignedIn
from lianqin.kernel.replicas import lagging

PUBLIC = "public"  # Anybody, signed in or not.
AUTHENTICATED = "authenticated"  # Anybody signed in; selectors narrow what they see.
BY_SERVICE = "by_service"  # Signed in; the service checks the permission on the object, after visibility and state.
# Any other value is a codename: the actor must hold it somewhere, the service then checks where.

METHODS = ("get", "post", "put", "patch", "delete")
VIEWSET_ACTIONS = ("list", "retrieve", "create", "update", "partial_update", "destroy")


class ActionPermission(BasePermission):
    """The view's ``action_permissions``, and nothing that it does not name."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        needed = AUTHENTICATED if request.method == "OPTIONS" else needed_for(view, request)
        if needed == PUBLIC:
            return True
        if not request.user.is_authenticated:
            raise NotSignedIn
        if request.user.kind == UserKind.CITIZEN:
            # Theirs is the public site: what staff reads names staff, and doors of staff ask for no consent.
            raise NotAllowed
        if needed not in (AUTHENTICATED, BY_SERVICE) and not actor_of(request).tokens(needed):
            raise NotAllowed
        return True


def needed_for(view: APIView, request: Request) -> str:
    """The permission named for this method or action; raise 405 where there is no handler."""
    method = (request.method or "").lower()
    name = view.action if isinstance(view, GenericViewSet) else {"head": "get"}.get(method, method)
    permissions: Mapping[str, str] = view.action_permissions  # type: ignore[attr-defined]
    if name not in permissions:
        raise MethodNotAllowed(method.upper())
    return permissions[name]


def handlers_of(view: type[APIView]) -> set[str]:
    """What ``view`` answers: its methods, or the actions of a view set."""
    if not issubclass(view, GenericViewSet):
        return {name for name in METHODS if hasattr(view, name)}
    extra = {name for action in view.get_extra_actions() for name in action.mapping.values()}  # type: ignore[attr-defined]
    return {name for name in VIEWSET_ACTIONS if hasattr(view, name)} | extra


def with_token(request: Request) -> bool:
    return isinstance(request.successful_authenticator, TokenAuthentication)


class ApiBase(APIView):
    """What the three bases below share."""

    action_permissions: ClassVar[Mapping[str, str]] = {}
    # What GET answers may be some seconds old: a replica may give it to a client with a token. Screens fetch because
    # something happened, and ask the primary.
    may_lag: ClassVar[bool] = False
    authentication_classes: Sequence[type[BaseAuthentication]] = (TokenAuthentication, PageSessionAuthentication)
    permission_classes = (ActionPermission,)
    schema = ApiSchema()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        handlers, named = handlers_of(cls), {name for name, needed in cls.action_permissions.items() if needed}
        if handlers != named:
            raise ImproperlyConfigured(
                f"{cls.__name__}.action_permissions must name a permission for exactly its handlers: "
                f"missing {sorted(handlers - named)}, unknown {sorted(named - handlers)}"
            )

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if with_token(request):
            # The middleware knows the session's user only.
            bind_actor(request._request, lambda: request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.may_lag and request.method in ("GET", "HEAD") and with_token(request):
            name = request.method.lower()
            # Who asks is known from the primary; only what they ask for may lag.
            setattr(self, name, lagging(getattr(self, name), request._request, self.actor.user_id))

    def get_exception_handler(self) -> Callable[..., HttpResponse]:
        return exception_handler


class ApiView(ApiBase):
    """A view with one method for each HTTP method."""


class ApiViewSet(ApiBase, GenericViewSet[Any]):
    """A set of actions; ``action_permissions`` names actions, extra ones included."""
