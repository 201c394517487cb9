"""Totals of the past and counts of what is open, for boards."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from insight.api.serializers import OpenOrdersOut, TotalsOut, TotalsQuery
from insight.errors import Invalid
from insight.selectors import By, open_orders, totals
from workorders.permissions import VIEW

# More lines than this no board shows, and no history is longer than the years.
MOST_DAYS = 400
MOST_YEARS_IN_DAYS = 50 * 366


class TotalsView(ApiView):
    action_permissions: ClassVar = {"get": VIEW}
    may_lag = True

    @extend_schema(operation_id="totals", parameters=[TotalsQuery], responses=TotalsOut)
    def get(self, request: Request) -> Response:
        """Sums of what happened on the local days `from` to `to`, for the places whose orders the caller sees.

        An event counts on its day and where its order lay then; an order that moves is `moved_out` there and `moved_in`
        here. `by=category` gives the classes. By day at most 400 days.
        """
        query = TotalsQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        by = By(asked["by"])
        _check_range(asked["from"], asked["to"], MOST_DAYS if by == By.DAY else MOST_YEARS_IN_DAYS)
        until = asked["to"] + dt.timedelta(days=1)
        found = totals(self.actor, since=asked["from"], until=until, by=by, street=asked["street"])
        return Response(TotalsOut(found).data)


def _check_range(first: dt.date, last: dt.date, most: int) -> None:
    if last < first:
        raise Invalid(fields={"to": [_("结束日期不能早于开始日期")]})
    if not 1970 <= first.year <= last.year <= 9000:
        raise Invalid(fields={"from": [_("请填写有效日期")]})
    if (last - first).days >= most:
        raise Invalid(fields={"to": [_("最多 %(most)d 天") % {"most": most}]})


class OpenOrdersView(ApiView):
    action_permissions: ClassVar = {"get": VIEW}
    may_lag = True

    @extend_schema(operation_id="totals_open", responses=OpenOrdersOut)
    def get(self, request: Request) -> Response:
        """How many orders are open now, by street, level and status, and how many of them are overdue."""
        lines = open_orders(self.actor)
        told = {
            "lines": lines,
            "open": sum(line.open for line in lines),
            "overdue": sum(line.overdue for line in lines),
        }
        return Response(OpenOrdersOut(told).data)
