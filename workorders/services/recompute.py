"""Move running clocks onto a newer calendar, as an approved recomputation asks; every order in its own transaction."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from catalogue.workclock import SHANGHAI
from lianqin.kernel.actors import SYSTEM
from workorders.locks import order_locked
from workorders.models import Timer
from workorders.services import clocks
from workorders.services.settling import settle
from workorders.services.work import Work
from workorders.states import RUNNING


def affected_orders(from_version: int) -> list[int]:
    """Orders with a clock that runs by that calendar, or will go on by it after a pause."""
    running = Timer.objects.filter(state__in=RUNNING, calendar_version=from_version)
    return sorted(set(running.values_list("order_id", flat=True)))


def count_moved(from_version: int, changed_from: dt.date) -> int:
    """Open orders with a working-time clock by that calendar that ends on ``changed_from`` or later. One query."""
    since = dt.datetime.combine(changed_from, dt.time(), SHANGHAI)
    running = Timer.objects.filter(state__in=RUNNING, calendar_version=from_version, due_at__gte=since)
    by_calendar = running.filter(policy_snapshot__around_the_clock=False)
    return by_calendar.values("order_id").distinct().count()


def recompute_order(*, order_id: int, from_version: int, to_version: int) -> bool:
    """Recompute the clocks of one order and write down what moved. A repeat changes nothing."""
    with transaction.atomic():
        work = Work(order_locked(order_id), SYSTEM)
        moved = {}
        for timer in work.timers:
            if timer.state not in RUNNING or timer.calendar_version != from_version:
                continue
            before = timer.due_at
            clocks.follow(timer, to_version)
            moved[str(timer.pk)] = round((timer.due_at - before).total_seconds())
        if not moved:
            return False
        settle(work)
        work.write("recomputed", data={"from": from_version, "to": to_version, "moved_seconds": moved})
        return True
