"""Accounts as an import of people left them: an undo takes back nothing that somebody has corrected since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from accounts.models import User
from configuration.errors import UndoBlocked

NAMED_AT_MOST = 20


def left_of(accounts: Iterable[User]) -> dict[str, list[str]]:
    """User name -> what an import writes of an account."""
    return {user.username: [user.full_name, user.phone] for user in accounts}


def require_untouched(left: Mapping[str, list[str]]) -> None:
    """Raise UndoBlocked, naming the accounts that are no longer what the import left; those that stand are locked."""
    now = left_of(User.objects.select_for_update(no_key=True).filter(username__in=left).order_by("pk"))
    touched = sorted(name for name, told in left.items() if now.get(name, told) != told)
    if touched:
        raise UndoBlocked(f"{UndoBlocked.message}：{'、'.join(touched[:NAMED_AT_MOST])}")
