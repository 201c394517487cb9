"""One-time passwords: known for a moment to who hands them out, and of no use but to set one's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password
from django.db import transaction
from django.views.decorators.debug import sensitive_variables
from knox.models import AuthToken

from accounts.errors import OfficerUntouchable
from accounts.models import AuditAction, PasswordRequest, User
from accounts.rules import one_time_password
from accounts.services.auditing import audit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import NotAllowed

# What people choose needs a slow hash, 58 random bits do not: two thousand slips are ready in seconds. The first
# sign-in hashes it anew, as every password.
ROUNDS = 5_000
REQUEST_STANDS = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Slip:
    """What is handed to a person. The password exists here and nowhere else: print it, then it is gone."""

    user_id: int
    username: str
    full_name: str
    password: str = field(repr=False)
    until: dt.datetime


@sensitive_variables("password", "slips")
@transaction.atomic
def issue_one_time_passwords(*, users: Sequence[User], by: Actor, ip: str | None = None) -> list[Slip]:
    """Give each of them a new one; the old password, sessions and tokens end. Whoever calls has asked for permission.

    Raise OfficerUntouchable.
    """
    if any(user.officer for user in users):
        raise OfficerUntouchable
    until = clock.now() + dt.timedelta(days=settings.LIANQIN_ONE_TIME_DAYS)
    locked = list(
        User.objects.select_for_update(no_key=True).filter(pk__in=[user.pk for user in users]).order_by("pinyin", "pk")
    )
    slips = []
    for user in locked:
        password = one_time_password()
        user.password, user.one_time_until = _hashed(password), until
        slips.append(Slip(user.pk, user.username, str(user), password, until))
        audit(
            actor_id=by.user_id,
            action=AuditAction.PASSWORD_ISSUED,
            object_label=user.username,
            detail={"until": until.isoformat()},
            ip=ip,
        )
    User.objects.bulk_update(locked, ["password", "one_time_until"], batch_size=500)
    AuthToken.objects.filter(user__in=locked).delete()
    PasswordRequest.objects.filter(user__in=locked, used_at=None).update(used_at=Now())
    return slips


@transaction.atomic
def ask_for_password(*, user: User, reason: str, by: Actor, ip: str | None = None) -> PasswordRequest:
    """Ask for a new one-time password; for ``REQUEST_STANDS`` another may issue it. Whoever calls asks who may.

    Raise OfficerUntouchable, NotAllowed.
    """
    if user.officer:
        raise OfficerUntouchable
    if by.user_id is None:
        raise NotAllowed
    until = clock.now() + REQUEST_STANDS
    asked = PasswordRequest.objects.create(user=user, asked_by_id=by.user_id, reason=reason, until=until)
    detail = {"reason": reason, "until": until.isoformat()}
    audit(actor_id=by.user_id, action=AuditAction.PASSWORD_ASKED, object_label=user.username, detail=detail, ip=ip)
    return asked


@transaction.atomic
def take_key(*, user: User, by: Actor, ip: str | None = None) -> None:
    """End whatever opens an account (password, sessions, tokens), while it stays open for a new one-time password."""
    # A new unusable password is another session hash.
    user.one_time_until, user.password = None, make_password(None)
    user.save(update_fields=["one_time_until", "password"])
    AuthToken.objects.filter(user=user).delete()
    PasswordRequest.objects.filter(user=user, used_at=None).update(used_at=Now())
    audit(actor_id=by.user_id, action=AuditAction.PASSWORD_TAKEN, object_label=user.username, ip=ip)


@sensitive_variables("password")
def _hashed(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return str(hasher.encode(password, hasher.salt(), iterations=ROUNDS))
    return make_password(password)
