"""Lists, counts, one order, a new order."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import idempotency
from workorders import services
from workorders.api import filters, paging, telling
from workorders.api.inputs import ReportIn, body_of
from workorders.api.serializers import Counts, OrderCreated, OrderDetail, OrderPage
from workorders.api.views.base import OrderView
from workorders.selectors import open_counts, seen_among, total
from workorders.services.duplicates import possible_duplicates


class Orders(OrderView):
    """The orders that the caller sees, and the door for new ones."""

    action_permissions = {"get": AUTHENTICATED, "post": BY_SERVICE}  # noqa: RUF012
    may_lag = True

    @extend_schema(
        operation_id="work_orders_list", parameters=[*filters.PARAMETERS, *paging.PARAMETERS], responses=OrderPage
    )
    def get(self, request: Request) -> Response:
        """List orders, newest first; `queue=mine` is sorted by due."""
        found, following = paging.page(filters.wanted(self.actor, request.query_params), request)
        masters = seen_among(self.actor, (order.master_id for order in found))
        return Response({"next": following, "results": [telling.line(order, masters) for order in found]})

    @extend_schema(request=ReportIn, responses={201: OrderCreated, 200: OrderCreated})
    def post(self, request: Request) -> Response | HttpResponse:
        """Report. 201 for a new order; 200 with the first one for a `source` and `external_ref` already known."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            order, is_new = services.report(by=self.actor, data=body_of(request.data))
            near = possible_duplicates(self.actor, order)
            status = 201 if is_new else 200
            return memory.keep(self.detail(order.pk, status, OrderCreated, possible_duplicates=near))


class OrderCounts(ApiView):
    """How many open orders there are of each status and level, how many are overdue, and how many there are at all."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012
    may_lag = True

    @extend_schema(parameters=filters.PARAMETERS, responses=Counts)
    def get(self, request: Request) -> Response:
        """Count, with the filters of the list. At most three queries, whatever the history.

        `total` includes ended orders and goes to 1,000; `total_is_exact` says whether it is all. The rest is about open
        orders, and exact.
        """
        wanted = filters.wanted(self.actor, request.query_params)
        now, (number, is_all) = open_counts(wanted), total(wanted)
        told = {
            "total": number,
            "total_is_exact": is_all,
            "open": now.number,
            "overdue": now.late,
            "by_status": now.by_status,
            "by_level": now.by_level,
            "overdue_by_status": now.late_by_status,
        }
        return Response(told)


class OneOrder(OrderView):
    """One order by its number."""

    action_permissions = {"get": AUTHENTICATED}  # noqa: RUF012

    @extend_schema(responses=OrderDetail)
    def get(self, request: Request, number: str) -> Response:
        """The order with its assignments and requests."""
        order = self.whole(number)
        return Response(OrderDetail(order, context=self.context(order)).data)
