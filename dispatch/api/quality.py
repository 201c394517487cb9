"""Advice on an order, and how good advice is."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import ApiView
from dispatch.api.quality_serializers import (
    AdviceOut,
    CorrectionPage,
    CorrectionsQuery,
    PeriodQuery,
    SuggestionQualityOut,
)
from dispatch.selectors import advise
from dispatch.selectors.quality import SHANGHAI, Period, corrections, dispatch_quality, rule_quality
from insight.selectors import By
from lianqin.kernel import clock
from lianqin.kernel.errors import Invalid
from workorders.permissions import VIEW
from workorders.selectors import visible_order

DAYS, MOST_DAYS = 30, 400


class AdviceView(ApiView):
    action_permissions: ClassVar = {"get": VIEW}

    @extend_schema(operation_id="work_order_advice", responses=AdviceOut)
    def get(self, request: Request, number: str) -> Response:
        """Whom to send the order to and why: the responsibility list's lead, who else could, who is near.

        For who may dispatch it. `lead` is null where no rule applies.
        """
        order = visible_order(self.actor, number)
        return Response(AdviceOut(advise(self.actor, order, clock.now())).data)


class SuggestionQualityView(ApiView):
    action_permissions: ClassVar = {"get": VIEW}
    may_lag = True

    @extend_schema(operation_id="suggestion_quality", parameters=[PeriodQuery], responses=SuggestionQualityOut)
    def get(self, request: Request) -> Response:
        """Dispatch accuracy and acceptance of suggestions by street, class and rule, for the caller's places."""
        asked = _period(_asked(PeriodQuery, request))
        total, streets = dispatch_quality(self.actor, asked, By.STREET)
        _total, classes = dispatch_quality(self.actor, asked, By.CATEGORY)
        told = {"total": total, "streets": streets, "categories": classes, "rules": rule_quality(self.actor, asked)}
        return Response(SuggestionQualityOut(told).data)


class CorrectionsView(ApiView):
    action_permissions: ClassVar = {"get": VIEW}
    may_lag = True

    @extend_schema(operation_id="suggestion_corrections", parameters=[CorrectionsQuery], responses=CorrectionPage)
    def get(self, request: Request) -> Response:
        """Dispatches to another department than the suggested one, newest first."""
        given = _asked(CorrectionsQuery, request)
        found = corrections(self.actor, _period(given), rule=given["rule"], reason=given.get("reason", ""))
        first, limit = given["offset"], given["limit"]
        rows = list(found[first : first + limit + 1])
        page = {"next": first + limit if len(rows) > limit else None, "results": rows[:limit]}
        return Response(CorrectionPage(page).data)


def _asked(kind: type[PeriodQuery], request: Request) -> dict[str, Any]:
    query = kind(data=request.query_params)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


def _period(given: dict[str, Any]) -> Period:
    today = clock.now().astimezone(SHANGHAI).date()
    last = given.get("to") or today
    first = given.get("from") or last - dt.timedelta(days=DAYS - 1)
    if not 0 <= (last - first).days < MOST_DAYS or first.year < 2000 or last.year > 9000:
        raise Invalid(fields={"to": [_("开始日期不能晚于结束日期，最多 %d 天") % MOST_DAYS]})
    return Period(first, last, given["street"])
