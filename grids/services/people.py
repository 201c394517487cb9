"""Accounts of members."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import User
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, NotAllowed

from ..models import Membership
from ..permissions import Action, can
from ..selectors.people import memberships_that_count


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
    if user.last_login is not None or user.has_own_key or Membership.objects.filter(user=user).exists():
        raise Conflict(_("账号 %s 已使用过，不能撤销") % user.username)
    accounts.drop_person(user=user, by=by, ip=ip)


def reopen_account(*, user: User, by: Actor, ip: str | None = None) -> User:
    """Let somebody come back: without posts, without a password. Raise NotAllowed, Conflict, OfficerUntouchable."""
    _require_right(by)
    if memberships_that_count().filter(user=user).exists():
        raise Conflict(_("%s 还有未结束的岗位，须由安全管理员先结束任职") % user)
    return accounts.restore_access(user=user, by=by, ip=ip)


def _require_right(by: Actor) -> None:
    if not can(by, Action.MANAGE_ACCOUNTS):
        raise NotAllowed
