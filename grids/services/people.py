"""Accounts of members, and who may hand out passwords: whoever gains no power by it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts import services as accounts
from accounts.models import User, UserKind
from accounts.services import Slip
from lianqin.kernel.actors import Actor, ActorKind
from lianqin.kernel.errors import Conflict, Invalid, NotAllowed

from ..models import Membership
from ..permissions import Action, can
from .posts import today

MOST_SLIPS = 3_000  # In one go: their hashes take some seconds.


def open_account(*, full_name: str, by: Actor, username: str = "", phone: str = "", ip: str | None = None) -> User:
    """Open an account without a password or a post. Raise NotAllowed, Invalid, UsernameTaken."""
    _require_right(by)
    return accounts.create_person(full_name=full_name, username=username, phone=phone, by=by, ip=ip)


def change_account(*, user: User, full_name: str, phone: str, by: Actor, ip: str | None = None) -> User:
    """Correct name and telephone. Raise NotAllowed, Invalid, OfficerUntouchable."""
    _require_right(by)
    return accounts.change_person(user=user, full_name=full_name, phone=phone, by=by, ip=ip)


def drop_account(*, user: User, by: Actor, ip: str | None = None) -> None:
    """Delete an account that was opened by mistake and never used. Raise NotAllowed, Conflict."""
    _require_right(by)
    if user.last_login is not None or Membership.objects.filter(user=user).exists():
        raise Conflict(_("账号 %s 已使用过，不能撤销") % user.username)
    accounts.drop_person(user=user, by=by, ip=ip)


def reopen_account(*, user: User, by: Actor, ip: str | None = None) -> User:
    """Let somebody come back: without posts, without a password. Raise NotAllowed, OfficerUntouchable."""
    _require_right(by)
    return accounts.restore_access(user=user, by=by, ip=ip)


@sensitive_variables()
@transaction.atomic
def hand_out_passwords(*, users: Sequence[User], by: Actor, ip: str | None = None) -> list[Slip]:
    """New one-time passwords, to be shown once. Raise NotAllowed, Invalid, OfficerUntouchable.

    The system administrator hands them out until somebody who holds a post has signed in. From then on a new one would
    be the key to another's powers, and is the security officer's to give.
    """
    officer = "" if by.kind == ActorKind.SYSTEM else by.officer
    if officer not in ("", "sysadmin", "secadmin") or (not officer and by.kind != ActorKind.SYSTEM):
        raise NotAllowed
    if len(users) > MOST_SLIPS:
        raise Invalid(_("一次最多发放 %d 个一次性密码，请分批办理") % MOST_SLIPS)
    if any(user.kind != UserKind.STAFF or not user.is_active for user in users):
        raise Invalid(_("只能给在用的工作人员账号发放一次性密码"))
    powerful = _with_power(users)
    refused = [user for user in users if (user.pk in powerful) != (officer == "secadmin")] if officer else []
    if refused:
        names = "、".join(str(user) for user in refused[:5])
        told = _("在任并已登录过的人员由安全管理员重置：%s") if officer == "sysadmin" else _("由系统管理员首次发放：%s")
        raise NotAllowed(told % names)
    return accounts.issue_one_time_passwords(users=users, by=by, ip=ip)


def _with_power(users: Sequence[User]) -> frozenset[int]:
    """Those who have signed in and hold a post, today or to come."""
    held = Membership.objects.filter(user__in=[user.pk for user in users], user__last_login__isnull=False)
    return frozenset(held.exclude(ends_on__lte=today()).values_list("user_id", flat=True))


def _require_right(by: Actor) -> None:
    if not can(by, Action.MANAGE_ACCOUNTS):
        raise NotAllowed
