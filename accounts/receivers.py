"""Every sign-in, failure, lockout and sign-out leaves a line in the audit log."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import AuditAction, User
from accounts.selectors import client_ip
from accounts.services import audit
from accounts.services.signing_in import note_sign_in


# Under the name of Django's own, which would wait while somebody edits the person, as an import does for minutes.
@receiver(user_logged_in, dispatch_uid="update_last_login")
def remember_sign_in(sender: Any, *, user: User, **kwargs: Any) -> None:
    note_sign_in(user_id=user.pk)


@receiver(user_logged_in, dispatch_uid="accounts.audit_sign_in")
def audit_sign_in(sender: Any, *, request: HttpRequest | None, user: User, **kwargs: Any) -> None:
    audit(actor_id=user.pk, action=AuditAction.SIGNED_IN, object_label=user.username, ip=client_ip(request))


@receiver(user_logged_out, dispatch_uid="accounts.audit_sign_out")
def audit_sign_out(sender: Any, *, request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        audit(actor_id=user.pk, action=AuditAction.SIGNED_OUT, object_label=user.username, ip=client_ip(request))


@receiver(user_login_failed, dispatch_uid="accounts.audit_failure")
def audit_failure(
    sender: Any, *, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
) -> None:
    name = str(credentials.get("username", ""))
    audit(actor_id=None, action=AuditAction.SIGN_IN_FAILED, object_label=name, ip=client_ip(request))


@receiver(user_locked_out, dispatch_uid="accounts.audit_lockout")
def audit_lockout(sender: Any, *, request: HttpRequest | None, username: str, **kwargs: Any) -> None:
    audit(actor_id=None, action=AuditAction.SIGN_IN_LOCKED, object_label=username or "", ip=client_ip(request))
