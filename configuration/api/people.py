"""People, posts and passwords over HTTP: what the pages ``people`` do."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotent
from accounts.models import User, UserKind
from accounts.selectors import client_ip
from configuration.api.people_shapes import (
    AccountBody,
    AccountChange,
    AccountOut,
    DepartureOut,
    DeputyBody,
    EndBody,
    LeaveBody,
    MembershipOut,
    PasswordRequestBody,
    PasswordRequestOut,
    PasswordsBody,
    PeopleQuery,
    PostBody,
    SlipOut,
    StaffingOut,
    StaffOut,
    StaffPage,
)
from configuration.permissions import answers_for_ground
from configuration.services.leaving import let_go
from configuration.services.wanting import principal_of, wanted_from
from grids.models import Membership
from grids.selectors import people, posts_over_time, staffing_faults
from grids.services import (
    appoint,
    ask_for_password,
    change_account,
    end_membership,
    hand_out_passwords,
    name_deputy,
    open_account,
    reopen_account,
)
from lianqin.kernel.errors import NotAllowed

PER_PAGE = 200


def told(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, read. Raise ValidationError with every fault."""
    read = kind(data=data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


def person_of(username: str) -> User:
    return get_object_or_404(User, username=username, kind=UserKind.STAFF, officer="")


class PeopleApi(ApiView):
    """For whoever drafts, appoints or approves; everybody else is refused before anything is looked for."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.user.is_authenticated and not answers_for_ground(self.actor):
            raise NotAllowed


class People(PeopleApi):
    """Staff in pinyin order, 200 a page; telephone numbers are masked."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(parameters=[PeopleQuery], responses=StaffPage)
    def get(self, request: Request) -> Response:
        asked = told(PeopleQuery, request.query_params)
        start = (asked.pop("page") - 1) * PER_PAGE
        found = people(text=asked.pop("q"), **asked)
        rows = StaffOut(found[start : start + PER_PAGE], many=True).data
        return Response({"count": found.count(), "results": rows})

    @extend_schema(request=AccountBody, responses={201: AccountOut})
    @idempotent
    def post(self, request: Request) -> Response:
        """Open an account, without a password and without a post."""
        made = open_account(**told(AccountBody, request.data), by=self.actor, ip=client_ip(request._request))
        return Response(AccountOut(made).data, status=status.HTTP_201_CREATED)


class Person(PeopleApi):
    """One person with all posts, the newest first."""

    action_permissions = {"get": AUTHENTICATED, "patch": BY_SERVICE}  # noqa: RUF012

    @extend_schema(responses=MembershipOut(many=True))
    def get(self, request: Request, username: str) -> Response:
        return Response(MembershipOut(posts_over_time(person_of(username)), many=True).data)

    @extend_schema(request=AccountChange, responses=AccountOut)
    def patch(self, request: Request, username: str) -> Response:
        body = told(AccountChange, request.data)
        changed = change_account(user=person_of(username), by=self.actor, ip=client_ip(request._request), **body)
        return Response(AccountOut(changed).data)


class Leave(PeopleApi):
    """Let somebody go; today (the default) means at once."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=LeaveBody, responses={201: DepartureOut})
    @idempotent
    def post(self, request: Request, username: str) -> Response:
        body = told(LeaveBody, request.data)
        successor = person_of(body.pop("successor")) if body.get("successor") else body.pop("successor", None) or None
        done = let_go(
            user=person_of(username), successor=successor, by=self.actor, ip=client_ip(request._request), **body
        )
        shown = {
            "leaves_on": done.departure.leaves_on,
            "closed": done.departure.closed_at is not None,
            "handed_over": done.handed_over,
            "kept": done.kept,
        }
        return Response(DepartureOut(shown).data, status=status.HTTP_201_CREATED)


class Restore(PeopleApi):
    """Open an account that was shut; without a post, without a password."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=None, responses=AccountOut)
    @idempotent
    def post(self, request: Request, username: str) -> Response:
        restored = reopen_account(user=person_of(username), by=self.actor, ip=client_ip(request._request))
        return Response(AccountOut(restored).data)


class Passwords(PeopleApi):
    """New one-time passwords. This answer is the only place where they stand: it is never kept or replayed."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012
    remembers_posts = False

    @extend_schema(request=PasswordsBody, responses={201: SlipOut(many=True)})
    @method_decorator(sensitive_variables())
    def post(self, request: Request) -> Response:
        names = told(PasswordsBody, request.data)["usernames"]
        users = [person_of(name) for name in names]
        slips = hand_out_passwords(users=users, by=self.actor, ip=client_ip(request._request))
        answer = Response(SlipOut(slips, many=True).data, status=status.HTTP_201_CREATED)
        answer["Cache-Control"] = "no-store"
        return answer


class PasswordRequests(PeopleApi):
    """Ask the other officer to give somebody with a post and a password of their own a new one."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=PasswordRequestBody, responses={201: PasswordRequestOut})
    @idempotent
    def post(self, request: Request) -> Response:
        body = told(PasswordRequestBody, request.data)
        user = person_of(body["username"])
        asked = ask_for_password(user=user, reason=body["reason"], by=self.actor, ip=client_ip(request._request))
        return Response(PasswordRequestOut(asked).data, status=status.HTTP_201_CREATED)


class Staffing(PeopleApi):
    """Vacancies and double duties, the gravest first."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=StaffingOut(many=True))
    def get(self, request: Request) -> Response:
        return Response(StaffingOut(staffing_faults(street=request.query_params.get("street", "")), many=True).data)


class Posts(PeopleApi):
    """Appoint at once: the security officer's."""

    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=PostBody, responses={201: MembershipOut})
    @idempotent
    def post(self, request: Request) -> Response:
        body = told(PostBody, request.data)
        wanted = wanted_from(body)
        made = appoint(
            user=wanted.user, role=wanted.role, unit=wanted.unit, grid=wanted.grid, post=wanted.post,
            standing=wanted.standing, deputy_of=principal_of(wanted), title=wanted.title, starts_on=wanted.starts_on,
            ends_on=body.get("ends_on"), note=body["note"], by=self.actor, ip=client_ip(request._request),
        )  # fmt: skip
        return Response(MembershipOut(made).data, status=status.HTTP_201_CREATED)


class EndPost(PeopleApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=EndBody, responses=MembershipOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """End a post; from ``ends_on`` on (default today, at once) it gives nothing."""
        post = get_object_or_404(Membership, pk=pk)
        body = told(EndBody, request.data)
        ended = end_membership(membership=post, by=self.actor, ip=client_ip(request._request), **body)
        return Response(MembershipOut(ended).data)


class Deputy(PeopleApi):
    action_permissions = {"post": BY_SERVICE}  # noqa: RUF012

    @extend_schema(request=DeputyBody, responses=MembershipOut)
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Say whose deputy the holder of a post is; without ``deputy_of`` nobody's."""
        body = told(DeputyBody, request.data)
        chosen = get_object_or_404(Membership, pk=body["deputy_of"]) if body["deputy_of"] else None
        held = name_deputy(
            membership=get_object_or_404(Membership, pk=pk), standing=body["standing"], deputy_of=chosen, by=self.actor,
            ip=client_ip(request._request),
        )  # fmt: skip
        return Response(MembershipOut(held).data)
