"""A resident's report summons the grid worker at once, for the categories that say so."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from dispatch.models import Whistle, WhistleRule
from dispatch.rules.whistles import WhistleKind
from dispatch.selectors.whistles import workers_to_call
from dispatch.services.whistles.holding import record
from dispatch.services.whistles.raising import spot_of, summon, written
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM
from workorders.locks import order_locked
from workorders.models import WorkOrder
from workorders.models.orders import CITIZEN_SOURCES


@transaction.atomic
def whistle_for_report(*, order_id: int) -> Whistle | None:
    """Whistle once for an open report of a resident in a community that has somebody to call."""
    minutes = (
        WhistleRule.objects.filter(
            category_id__in=WorkOrder.objects.filter(pk=order_id, source__in=CITIZEN_SOURCES).values("category_id")
        )
        .values_list("minutes", flat=True)
        .first()
    )
    if minutes is None:
        return None
    order = order_locked(order_id)
    done = Whistle.objects.filter(order=order, kind=WhistleKind.RESIDENT, raised_by=None).exists()
    if done or not order.is_open or order.community_id is None or order.lon is None or order.lat is None:
        return None
    workers = workers_to_call(order.community_id, ground().locate(order.lon, order.lat))
    users = [each.user for each in workers if each.first]
    unit_id = ground().workstation_id(order.community_id)
    if not users or unit_id is None:
        return None
    due_at = clock.now() + dt.timedelta(minutes=minutes)
    whistle = written(
        spot_of(order), kind=WhistleKind.RESIDENT, order=order, unit_id=unit_id, raised_by_id=None, due_at=due_at
    )
    summon(whistle, [], users)
    record(whistle, "whistled", SYSTEM, {"units": 0, "people": len(users)})
    return whistle
