"""What Celery wakes us for. The database is the clock: a lost wake-up costs a few seconds, never an order."""

from __future__ import annotations

from celery import shared_task

from workorders.services import audit, sweep
from workorders.services.attachments import sweep_orphans
from workorders.services.chain import publish_daily_root, unpublished_days
from workorders.services.sweep import BATCH

MOST_ROUNDS = 20


@shared_task
def sweep_timers() -> int:
    """Sweep until nothing is due, within bounds."""
    fired = 0
    for _ in range(MOST_ROUNDS):
        now_fired = sweep()
        fired += now_fired
        if now_fired < BATCH // 2:
            break
    return fired


@shared_task
def audit_orders() -> int:
    return len(audit())


@shared_task
def publish_daily_roots() -> list[str]:
    return [day.isoformat() for day in unpublished_days() if publish_daily_root(day)]


@shared_task
def sweep_orphan_files() -> int:
    """Delete files that a failed transaction left behind."""
    return sweep_orphans()
