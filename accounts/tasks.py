"""Housekeeping, woken by the beat."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command

from accounts import services


@shared_task(name="accounts.purge_expired", ignore_result=True)
def purge_expired() -> None:
    """End what is older than its time: idempotent answers, tokens, sessions."""
    services.purge_idempotency_records()
    services.purge_expired_tokens()
    call_command("clearsessions")
