"""Notices of the caller, and the documents of supervision of the district."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.api.base import AUTHENTICATED, BY_SERVICE, ApiView
from accounts.api.idempotency import Answer, idempotency
from dispatch import services
from dispatch.api.serializers import (
    NoticeOut,
    NoticePage,
    NoticeQuery,
    ReadAllIn,
    ReadAllOut,
    SupervisionOrderOut,
    SupervisionPage,
    SupervisionQuery,
)
from dispatch.errors import NotAllowed, NotVisible
from dispatch.permissions import is_of_the_district
from dispatch.selectors import notices_for, supervision_orders_for, unread


def _asked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    query = kind(data=data)
    query.is_valid(raise_exception=True)
    return dict(query.validated_data)


class Notices(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(parameters=[NoticeQuery], responses=NoticePage)
    def get(self, request: Request) -> Response:
        """Notices to the caller and to the caller's units, newest first."""
        asked = _asked(NoticeQuery, request.query_params)
        found = notices_for(self.actor)
        if asked["unread"]:
            found = found.filter(read_at=None)
        for name, lookup in (("kind", "kind"), ("gravity", "gravity"), ("before", "pk__lt")):
            if name in asked:
                found = found.filter(**{lookup: asked[name]})
        rows = list(found[: asked["limit"] + 1])
        shown, state = rows[: asked["limit"]], unread(self.actor)
        page = {
            "unread": state.count,
            "gravity": state.gravity,
            "next": shown[-1].pk if len(rows) > len(shown) else None,
            "results": shown,
        }
        return Response(NoticePage(page).data)


class NoticeRead(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=NoticeOut)
    def post(self, request: Request, pk: int) -> Answer:
        """Mark one notice as read; read by one of a unit is read for the unit."""
        if not notices_for(self.actor).filter(pk=pk).exists():
            raise NotVisible
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            services.mark_read(notice_id=pk, by=self.actor)
            return memory.keep(Response(NoticeOut(notices_for(self.actor).get(pk=pk)).data))


class NoticesRead(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(operation_id="notices_read_all", request=ReadAllIn, responses=ReadAllOut)
    def post(self, request: Request) -> Answer:
        """Mark all notices as read, up to the newest that was shown."""
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            asked = _asked(ReadAllIn, request.data)
            return memory.keep(
                Response(
                    {"read": services.mark_all_read(by=self.actor, until=asked.get("until"), ids=asked.get("ids"))}
                )
            )


class SupervisionOrders(ApiView):
    action_permissions: ClassVar = {"get": AUTHENTICATED}
    may_lag = True

    @extend_schema(parameters=[SupervisionQuery], responses=SupervisionPage)
    def get(self, request: Request) -> Response:
        """Documents of supervision, newest first. For the district only."""
        if not is_of_the_district(self.actor):
            raise NotAllowed
        asked = _asked(SupervisionQuery, request.query_params)
        found = supervision_orders_for(self.actor)
        if "order" in asked:
            found = found.filter(order__number=asked["order"])
        if "tier" in asked:
            found = found.filter(tier=asked["tier"])
        if asked["open"] is not None:
            found = found.filter(acknowledged_at__isnull=asked["open"])
        first, limit = asked["offset"], asked["limit"]
        rows = list(found[first : first + limit + 1])
        page = {"next": first + limit if len(rows) > limit else None, "results": rows[:limit]}
        return Response(SupervisionPage(page).data)


class SupervisionOrderAcknowledge(ApiView):
    action_permissions: ClassVar = {"post": BY_SERVICE}

    @extend_schema(request=None, responses=SupervisionOrderOut)
    def post(self, request: Request, number: str) -> Answer:
        """Take note of a document, as the supervised unit or as the commander."""
        if not supervision_orders_for(self.actor).filter(number=number).exists():
            raise NotVisible
        with idempotency(request) as memory:
            if memory.replay is not None:
                return memory.replay
            document = services.acknowledge(number=number, by=self.actor)
            return memory.keep(Response(SupervisionOrderOut(document).data))
