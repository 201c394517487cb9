"""What Celery wakes us for. The database is the clock: a lost wake-up costs a few seconds, never an order."""

from __future__ import annotations

import time

from celery import shared_task

from workorders.services import sweep
from workorders.services.attachments import sweep_orphans
from workorders.services.auditor import audit_if_due
from workorders.services.chain import publish_daily_root, unpublished_days
from workorders.services.partitions import keep_partitions
from workorders.services.regridding import regrid_after_plans
from workorders.services.sweep import HANDFUL

# Far below the time limit of a task: a sweep that is cut off in the middle of a step blames the clock at hand.
BUDGET_SECONDS = 20.0


@shared_task
def sweep_timers() -> int:
    """Sweep until nothing is due, for a while; the next tick goes on."""
    fired, end = 0, time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < end:
        now_fired = sweep()
        fired += now_fired
        if now_fired < HANDFUL:
            break
    return fired


@shared_task
def audit_orders() -> bool:
    return audit_if_due()


@shared_task
def publish_daily_roots() -> list[str]:
    return [day.isoformat() for day in unpublished_days() if publish_daily_root(day)]


@shared_task
def sweep_orphan_files() -> int:
    """Delete files that a failed transaction left behind."""
    return sweep_orphans()


@shared_task
def make_partitions() -> list[int]:
    """Make the coming months' partitions of the history."""
    return list(keep_partitions().made)


@shared_task
def place_again() -> int:
    """Place what was placed by the ground of a moment ago, after a re-division."""
    return regrid_after_plans()
