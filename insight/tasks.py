"""What Celery wakes us for. Totals are exact without it: what is not folded yet is added when they are read."""

from __future__ import annotations

from celery import shared_task

from insight import services


@shared_task(ignore_result=True)
def fold_bookings() -> int:
    return services.fold()


# A month of a province takes longer than other tasks may.
@shared_task(ignore_result=True, time_limit=3600, soft_time_limit=3500)
def reconcile_rollups() -> list[int]:
    return services.reconcile_if_due()
