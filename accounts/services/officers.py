"""The three officers."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from accounts.models import AuditAction, User, UserKind
from accounts.services.auditing import audit


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
