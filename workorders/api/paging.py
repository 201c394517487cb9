"""Pages by cursor: what comes in meanwhile neither repeats an order nor skips one."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from lianqin.kernel.numbers import whole
from workorders.errors import Invalid
from workorders.models import WorkOrder
from workorders.selectors import Wanted, lines_of, newest, soonest

NEWEST, DUE = "newest", "due"
USUAL, MOST = 20, 100
PARAMETERS = [
    OpenApiParameter("sort", {"type": "string", "enum": [NEWEST, DUE]}, description="newest, or soonest due first"),
    OpenApiParameter("limit", OpenApiTypes.INT, description=f"at most {MOST}, {USUAL} if not said"),
    OpenApiParameter("cursor", str, description="from `next` of the page before"),
]


def page(wanted: Wanted, request: Request) -> tuple[list[WorkOrder], str | None]:
    """One page, and the address of the next. Two to four queries. Raises Invalid."""
    query = request.query_params
    sort = query.get("sort") or (DUE if query.get("queue") == "mine" else NEWEST)
    if sort not in (NEWEST, DUE):
        raise Invalid(fields={"sort": [_("只能是 newest 或 due")]})
    limit = _limit(query.get("limit", ""))
    after = _read(query["cursor"]) if query.get("cursor") else None
    if sort == NEWEST:
        found = newest(wanted, limit + 1, below=after and after[1])
    else:
        found = soonest(wanted, limit + 1, after=after)
    shown = lines_of(found[:limit])
    if len(found) <= limit:
        return shown, None
    return shown, replace_query_param(request.build_absolute_uri(), "cursor", _write(shown[-1]))


def _limit(value: str) -> int:
    if not value:
        return USUAL
    limit = whole(value, 5) or 0
    if not 1 <= limit <= MOST:
        raise Invalid(fields={"limit": [_("应在 1 与 %(most)d 之间") % {"most": MOST}]})
    return limit


def _write(order: WorkOrder) -> str:
    place: list[Any] = [order.pk, order.due_at.isoformat() if order.due_at else None]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime | None, int]:
    try:
        pk, due = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        moment = dt.datetime.fromisoformat(due) if due else None
        if moment is not None and moment.tzinfo is None:
            raise ValueError(due)
        return moment, int(pk)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid(fields={"cursor": [_("游标无效，请从第一页重新开始")]}) from error
