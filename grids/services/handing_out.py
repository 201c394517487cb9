"""Who may hand out one-time passwords: whoever gains no power by it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from accounts import services as accounts
from accounts.models import Officer, PasswordRequest, User, UserKind
from accounts.services import Slip
from lianqin.kernel.actors import Actor, ActorKind
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Invalid, NotAllowed

from ..models import AppointmentLine
from ..selectors.people import memberships_that_count

MOST_SLIPS = 3_000  # In one go: their hashes take some seconds.
OTHER: Mapping[str, str] = {Officer.SYSADMIN: Officer.SECADMIN, Officer.SECADMIN: Officer.SYSADMIN}


@sensitive_variables()
@transaction.atomic
def hand_out_passwords(*, users: Sequence[User], by: Actor, ip: str | None = None) -> list[Slip]:
    """New one-time passwords, to be shown once. Raise NotAllowed, Invalid, OfficerUntouchable.

    ``why_not_issued`` says who may give whom.
    """
    if by.kind != ActorKind.SYSTEM:
        _require_officer(by)
    if len(users) > MOST_SLIPS:
        raise Invalid(_("一次最多发放 %d 个一次性密码，请分批办理") % MOST_SLIPS)
    # Locked: no post begins between the question and the answer.
    locked = list(User.objects.select_for_update(no_key=True).filter(pk__in=[u.pk for u in users]).order_by("pk"))
    if any(user.kind != UserKind.STAFF or not user.is_active for user in locked):
        raise Invalid(_("只能给在用的工作人员账号发放一次性密码"))
    if by.kind != ActorKind.SYSTEM:
        refused = why_not_issued(locked, officer=by.officer)
        for reason in dict.fromkeys(refused.values()):
            names = "、".join([str(user) for user in locked if refused.get(user.pk) == reason][:5])
            raise NotAllowed(_("%(why)s：%(who)s") % {"why": reason, "who": names})
    return accounts.issue_one_time_passwords(users=locked, by=by, ip=ip)


def ask_for_password(*, user: User, reason: str, by: Actor, ip: str | None = None) -> PasswordRequest:
    """Ask the other officer to give somebody with a post a new one-time password. Raise NotAllowed, Invalid."""
    _require_officer(by)
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请填写理由")]})
    if user.kind != UserKind.STAFF or not user.is_active:
        raise Invalid(_("只能给在用的工作人员账号发放一次性密码"))
    if not _proposers([user]):
        raise Invalid(_("没有岗位的人员由系统管理员直接发放，不必申请"))
    return accounts.ask_for_password(user=user, reason=reason.strip()[:200], by=by, ip=ip)


def why_not_issued(users: Collection[User], *, officer: str) -> dict[int, str]:
    """Whom this officer gives no one-time password, and why. At most two queries.

    The account of somebody with a post, in force or to come, takes two officers: the key comes from the one who did not
    propose the post, and a new key for somebody who has one of their own is asked for by the other.
    """
    proposers = _proposers(users)
    asked = _asked(users, OTHER[officer])
    refused = {}
    for user in users:
        proposed = proposers.get(user.pk)
        if proposed is None:
            if officer != Officer.SYSADMIN:
                refused[user.pk] = _("没有岗位的人员由系统管理员发放")
        elif user.pk in asked:
            continue
        elif user.has_own_key:
            refused[user.pk] = _("在任人员已有自己的密码，须由另一名管理员先申请重置")
        elif officer in proposed:
            refused[user.pk] = (
                _("由您起草任职的人员，由安全管理员发放")
                if officer == Officer.SYSADMIN
                else _("由您直接任职的人员，由系统管理员发放")
            )
    return refused


def _proposers(users: Collection[User]) -> dict[int, set[str]]:
    """The officers who proposed the posts of each, in force or to come. One query.

    What stands in a list was proposed by the system administrator who drafted it, any other by the security officer.
    """
    listed = AppointmentLine.objects.filter(membership=OuterRef("pk"))
    held = memberships_that_count().filter(user__in=[user.pk for user in users])
    found: dict[int, set[str]] = {}
    for user_id, drafted in held.values_list("user_id", Exists(listed)):
        found.setdefault(user_id, set()).add(Officer.SYSADMIN if drafted else Officer.SECADMIN)
    return found


def _asked(users: Collection[User], officer: str) -> frozenset[int]:
    """Those for whom an officer has asked, not longer ago than a request stands. One query."""
    standing = PasswordRequest.objects.filter(used_at=None, until__gt=Now(), asked_by__officer=officer)
    return frozenset(standing.filter(user__in=[user.pk for user in users]).values_list("user_id", flat=True))


def _require_officer(by: Actor) -> None:
    if by.officer not in OTHER:
        raise NotAllowed
