"""What Celery wakes us for."""

from __future__ import annotations

from celery import shared_task

from insight import services


@shared_task(ignore_result=True)
def fold_bookings() -> int:
    """Totals are as fresh as this is frequent."""
    return services.fold()


@shared_task(ignore_result=True)
def take_readings() -> int:
    """Wakes more often than there are slots: one that was missed by a minute is not missed."""
    return services.take_readings()


# A month of a province takes longer than other tasks may.
@shared_task(ignore_result=True, time_limit=3600, soft_time_limit=3500)
def reconcile_rollups() -> list[int]:
    return services.reconcile_if_due()
