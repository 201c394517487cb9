"""Writes: the audit log, tokens, officers, and the end of what has expired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import AuditAction, AuditEntry, IdempotencyRecord, User, UserKind

IDEMPOTENCY_KEPT = dt.timedelta(hours=24)
PURGE_BATCH = 5_000


def audit(
    *,
    actor_id: int | None,
    action: str,
    object_label: str = "",
    detail: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Append one line to the audit log, within the caller's transaction."""
    return AuditEntry.objects.create(
        actor_id=actor_id, action=action, object_label=object_label[:200], detail=dict(detail or {}), ip=ip
    )


@transaction.atomic
def issue_token(*, user: User, ip: str | None = None) -> tuple[str, dt.datetime]:
    """Return a new token and its expiry. Only its hash is stored."""
    record, token = AuthToken.objects.create(user=user)
    audit(actor_id=user.pk, action=AuditAction.TOKEN_ISSUED, object_label=user.username, ip=ip)
    return token, record.expiry


@transaction.atomic
def revoke_token(*, token: AuthToken, ip: str | None = None) -> None:
    audit(actor_id=token.user_id, action=AuditAction.TOKEN_REVOKED, object_label=token.user.username, ip=ip)
    token.delete()


@transaction.atomic
def change_password(*, user: User, password: str, ip: str | None = None) -> None:
    """Set the password and end every token; other sessions end because their hash no longer fits."""
    user.set_password(password)
    user.save(update_fields=["password"])
    AuthToken.objects.filter(user=user).delete()
    audit(actor_id=user.pk, action=AuditAction.PASSWORD_CHANGED, object_label=user.username, ip=ip)


@transaction.atomic
def create_officer(*, username: str, officer: str, password: str, full_name: str = "") -> User:
    """Create one of the three officers. Only the command line may: no officer appoints another."""
    user = User(username=username, officer=officer, full_name=full_name, kind=UserKind.STAFF)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean(exclude=["is_staff"])
    user.save()
    audit(actor_id=None, action=AuditAction.OFFICER_CREATED, object_label=username, detail={"officer": officer})
    return user


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
