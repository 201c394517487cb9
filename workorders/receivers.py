"""News from other rooms that orders act on."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from catalogue.services import mark_recomputation_applied, mark_recomputation_begun
from catalogue.signals import RECOMPUTE_TOPIC
from grids.errors import UnitInUse
from grids.models import Unit
from grids.rules import GROUND_CHANGED
from grids.signals import unit_closing
from relay.models import OutboxMessage
from relay.registry import consumer
from workorders.selectors.handover import numbers_in_unit
from workorders.services.recompute import affected_orders, recompute_order
from workorders.services.regridding import regrid_orders


@consumer("workorders.recompute", {RECOMPUTE_TOPIC}, transactional=False)
def recompute(message: OutboxMessage) -> None:
    """Carry out an approved recomputation. Interrupted, it goes on where it stopped: done orders are passed over."""
    told = message.payload
    versions = {"from_version": told["from_version"], "to_version": told["to_version"]}
    waiting = affected_orders(told["from_version"])
    mark_recomputation_begun(recomputation_id=told["recomputation"], order_total=len(waiting))
    count = sum(recompute_order(order_id=pk, **versions) for pk in waiting)
    mark_recomputation_applied(recomputation_id=told["recomputation"], order_count=count)


@receiver(unit_closing, dispatch_uid="workorders.unit_still_works")
def keep_working_unit(sender: type[Unit], *, unit: Unit, **kwargs: Any) -> None:
    """Raise UnitInUse while orders are open in a unit that is to be closed."""
    count, numbers = numbers_in_unit(unit.pk)
    if count:
        told = _("还有 %(n)d 张未办结工单：%(numbers)s")
        more = "…" if count > len(numbers) else ""
        raise UnitInUse(told % {"n": count, "numbers": "、".join(numbers) + more}, orders=numbers, count=count)


@consumer("workorders.regrid", {GROUND_CHANGED}, transactional=False)
def regrid(message: OutboxMessage) -> None:
    """Follow a re-division. Interrupted, it goes on where it stopped: orders that lie right are passed over."""
    regrid_orders(plan_id=message.payload["plan"], grid_ids=message.payload["grids"])
