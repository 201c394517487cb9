"""Orders in every state, made through the door that users use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from catalogue import revisions
from catalogue.models import Category
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from tests.cast import Cast, SmallGround, centre_of
from workorders import services
from workorders.models import Attachment, Event, WorkOrder

HERE = centre_of(0, 0)  # Street 1, community 1, grid 1.
NEXT_GRID = centre_of(1, 0)
OTHER_STREET = centre_of(2, 0)
NOWHERE = (100.0, 20.0)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    revisions.forget()
    yield
    revisions.forget()


@pytest.fixture
def categories(small_ground: SmallGround) -> dict[str, Category]:
    """``plain``, ``evidence`` (needs a picture to close) and ``vertical`` (managed by the district's bureaus)."""
    parent = Category.objects.create(code="T", name="试验类", level=1)
    common: dict[str, Any] = {"parent": parent, "level": 2, "street_function": "urban_management"}
    made = [
        Category.objects.create(code="T01", name="普通事项", registration_conditions=["情况属实"], **common),
        Category.objects.create(code="T02", name="须照片事项", evidence_required=True, **common),
        Category.objects.create(code="T03", name="垂直管理事项", vertical=True, **common),
    ]
    return dict(zip(("plain", "evidence", "vertical"), made, strict=True))


@pytest.fixture
def shift(db: None) -> Iterator[Callable[[dt.timedelta], None]]:
    """Move the platform's clock forward; back where it was afterwards, as what a test commits outlives it."""
    clock.install_shiftable_clock()
    yield clock.shift
    if not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE lianqin_clock_shift SET shift = interval '0'")


class Desk:
    """Does things to orders as the cast; each verb returns the order as the database then has it."""

    def __init__(self, cast: Cast, ground: SmallGround, categories: dict[str, Category]) -> None:
        self.cast, self.ground, self.categories = cast, ground, categories

    def report(self, by: Actor | None = None, **data: Any) -> WorkOrder:
        told = {
            "title": "店外经营占道",
            "source": "hotline_12345",
            "lon": HERE[0],
            "lat": HERE[1],
            "category": "T01",
            **data,
        }
        order, _new = services.report(by=by or self.cast.street_dispatcher, data=told)
        return order

    def do(self, order: WorkOrder, action: str, by: Actor, **data: Any) -> WorkOrder:
        assignment_id = data.pop("assignment_id", None)
        services.advance(order_id=order.pk, action=action, by=by, data=data, assignment_id=assignment_id)
        return WorkOrder.objects.get(pk=order.pk)

    def registered(self, **data: Any) -> WorkOrder:
        order = self.report(**data)
        return self.do(order, "register", self.cast.street_dispatcher, conditions_confirmed=True)

    def dispatched(self, *assists: str, **data: Any) -> WorkOrder:
        order = self.registered(**data)
        lead = self.ground.urban_squad.code
        return self.do(order, "dispatch", self.cast.street_dispatcher, lead=lead, assists=list(assists))

    def handling(self, *assists: str, **data: Any) -> WorkOrder:
        return self.do(self.dispatched(*assists, **data), "acknowledge", self.cast.handler)

    def submitted(self, **data: Any) -> WorkOrder:
        return self.do(self.handling(**data), "submit_result", self.cast.handler, result="已清理完毕")

    def closed(self, **data: Any) -> WorkOrder:
        return self.do(self.submitted(**data), "verify", self.cast.street_dispatcher)

    def at_district(self, **data: Any) -> WorkOrder:
        return self.do(self.registered(**data), "escalate", self.cast.street_dispatcher, reason="街道力量不足")

    def picture(self, order: WorkOrder, stage: str = "after") -> Attachment:
        """An attachment row without a file: enough for rules that ask whether there is one."""
        return Attachment.objects.create(
            order=order, stage=stage, path="x", file_name="x.jpg", mime="image/jpeg", size=1, sha256="0",
            created_at=timezone.now(),
        )  # fmt: skip

    @staticmethod
    def events(order: WorkOrder) -> list[str]:
        return list(Event.objects.filter(order=order).order_by("seq").values_list("kind", flat=True))


@pytest.fixture
def desk(cast: Cast, small_ground: SmallGround, categories: dict[str, Category]) -> Desk:
    return Desk(cast, small_ground, categories)
