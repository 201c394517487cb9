"""A platform with its cast, its catalogue and its relay, and what people do on its screens."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from tests.cast import Cast, SmallGround, centre_of
from tests.live import Platform
from workorders import services
from workorders.models import WorkOrder

HERE = centre_of(0, 0)  # Street 1, community 1, grid 1.
CATEGORY = "0401"  # 餐饮油烟扰民: handled by the street's urban squad, closed without a picture.


class Office:
    """The platform that the browsers look at. What is done here happens elsewhere, without any of their windows."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.cast = Cast()
        self.ground = SmallGround()

    def report(self, **data: Any) -> WorkOrder:
        told = {
            "title": "夜间油烟扰民",
            "source": "hotline_12345",
            "category": CATEGORY,
            "lon": HERE[0],
            "lat": HERE[1],
        }
        order, _new = services.report(by=self.cast.street_dispatcher, data={**told, **data})
        return order

    def do(self, order: WorkOrder, action: str, by: str, **data: Any) -> WorkOrder:
        assignment_id = data.pop("assignment_id", None)
        actor = getattr(self.cast, by)
        services.advance(order_id=order.pk, action=action, by=actor, data=data, assignment_id=assignment_id)
        return WorkOrder.objects.get(pk=order.pk)

    def registered(self, **data: Any) -> WorkOrder:
        return self.do(self.report(**data), "register", "street_dispatcher", conditions_confirmed=True)

    def comment(self, order: WorkOrder, text: str, by: str = "street_dispatcher2") -> None:
        self.do(order, "comment", by, comment=text)


@pytest.fixture
def office(platform: Platform) -> Office:
    """The small ground, its people and the real catalogue (``furnished``); a relay runs."""
    platform.start("relay")
    return Office(platform)


@pytest.fixture
def fast_office(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The same with deadlines that run out before one's eyes."""
    monkeypatch.setattr(settings, "LIANQIN_TIME_SCALE", SCALE)
    office.platform.environment["LIANQIN_TIME_SCALE"] = str(SCALE)
    return office


SCALE = 100
