"""What hangs on an order: its history, clocks, assignments, requests, possible duplicates."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED
from lianqin.kernel import clock
from lianqin.kernel.numbers import whole
from workorders.api.histories import history
from workorders.api.part_serializers import EventOut, TimerOut
from workorders.api.serializers import AssignmentOut, DuplicateOut, RequestOut
from workorders.api.shapes import told_timer
from workorders.api.views.base import OrderView
from workorders.errors import Archived, Invalid
from workorders.services.duplicates import possible_duplicates

AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="only events with a greater `seq`")
ALL = OpenApiParameter("all", OpenApiTypes.BOOL, description="finished and cancelled clocks, too")


class Events(OrderView):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012
    may_lag = True

    @extend_schema(parameters=[AFTER], responses=EventOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """The history, oldest first. What was erased is missing from `texts`; its hash still chains.

        409 `archived` while it lies in the archive.
        """
        order = self.order(number)
        if order.archived_at is not None:
            raise Archived
        after = whole(request.query_params.get("after") or "0", 9)
        if after is None:
            raise Invalid(fields={"after": ["应为整数"]})
        return Response(history(order, self.actor, after=after))


class Timers(OrderView):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(parameters=[ALL], responses=TimerOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """The clocks that run or are paused, and what happens next on each."""
        order = self.order(number)
        timers = order.timers.select_related("assignment__unit").order_by("id")
        if request.query_params.get("all") not in ("1", "true"):
            timers = timers.filter(state__in=("pending", "paused"))
        now = clock.now()
        return Response(TimerOut([told_timer(timer, now) for timer in timers], many=True).data)


class Assignments(OrderView):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=AssignmentOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What each department was asked to do, and where it stands."""
        parts = self.order(number).assignments.select_related("unit", "acknowledged_by", "finished_by")
        return Response(AssignmentOut(parts, many=True).data)


class Requests(OrderView):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=RequestOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What was asked for, by whom, and what was answered."""
        asked = self.order(number).requests.select_related("unit", "requester", "approver")
        return Response(RequestOut(asked, many=True).data)


class Duplicates(OrderView):
    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=DuplicateOut(many=True))
    def get(self, request: Request, number: str) -> Response:
        """Open orders of the same category within 100 m and 48 h, nearest first."""
        near = possible_duplicates(self.actor, self.order(number))
        return Response(DuplicateOut(near, many=True).data)
