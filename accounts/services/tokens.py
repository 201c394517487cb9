"""Tokens and passwords."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from knox.models import AuthToken

from accounts.models import AuditAction, User
from accounts.services.auditing import audit


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
    user.one_time_until = None
    user.save(update_fields=["password", "one_time_until"])
    AuthToken.objects.filter(user=user).delete()
    audit(actor_id=user.pk, action=AuditAction.PASSWORD_CHANGED, object_label=user.username, ip=ip)
