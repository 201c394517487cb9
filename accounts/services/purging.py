"""The end of what has expired."""

from __future__ import annotations

import datetime as dt

from django.db.models.functions import Now
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import IdempotencyRecord

IDEMPOTENCY_KEPT = dt.timedelta(hours=24)
PURGE_BATCH = 5_000


def purge_idempotency_records() -> int:
    """Delete the answers older than 24 h, in batches; return how many."""
    expired = IdempotencyRecord.objects.filter(created_at__lt=Now() - IDEMPOTENCY_KEPT)
    deleted = 0
    while batch := list(expired.values_list("pk", flat=True)[:PURGE_BATCH]):
        # Asked again: one may have been kept anew since.
        deleted += expired.filter(pk__in=batch).delete()[0]
    return deleted


def purge_expired_tokens() -> int:
    """Delete the tokens whose time has run out; return how many."""
    return int(AuthToken.objects.filter(expiry__lt=timezone.now()).delete()[0])
