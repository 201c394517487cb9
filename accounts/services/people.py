"""Accounts of people: opened, changed, closed. Who may is asked by the caller, who knows the posts."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from knox.models import AuthToken

from accounts.errors import OfficerUntouchable, UsernameTaken
from accounts.models import AuditAction, User, UserKind
from accounts.rules import USERNAME, masked_phone, pinyin_of, username_for
from accounts.services.auditing import audit
from lianqin.kernel.actors import Actor
from lianqin.kernel.errors import Conflict, Invalid


@transaction.atomic
def create_person(*, full_name: str, by: Actor, username: str = "", phone: str = "", ip: str | None = None) -> User:
    """Open an account for a member of staff, without a password; a user name is made from the name unless given.

    Raise Invalid, UsernameTaken.
    """
    full_name, username = full_name.strip(), username.strip().lower()
    if not full_name:
        raise Invalid(fields={"full_name": [_("请填写姓名")]})
    if username and not USERNAME.fullmatch(username):
        raise Invalid(fields={"username": [_("用户名须以小写字母开头，由小写字母、数字和 . _ - 组成，2 至 40 位")]})
    username = username or free_username(full_name)
    user = User(
        username=username, full_name=full_name, pinyin=pinyin_of(full_name), phone=phone.strip(), kind=UserKind.STAFF,
        password=make_password(None),
    )  # fmt: skip
    user.full_clean(exclude=["is_staff", "password"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise UsernameTaken(fields={"username": [UsernameTaken.message]}) from error
    detail = {"after": {"full_name": full_name, "phone": masked_phone(phone)}}
    audit(actor_id=by.user_id, action=AuditAction.USER_CREATED, object_label=username, detail=detail, ip=ip)
    return user


def free_username(full_name: str) -> str:
    """A user name that nobody has, from the pinyin. One query."""
    stem = username_for(full_name, ())
    return username_for(
        full_name, set(User.objects.filter(username__startswith=stem).values_list("username", flat=True))
    )


@transaction.atomic
def change_person(*, user: User, by: Actor, full_name: str, phone: str, ip: str | None = None) -> User:
    """Correct a name or a telephone number. Raise Invalid, OfficerUntouchable."""
    person = _locked(user)
    before = {"full_name": person.full_name, "phone": masked_phone(person.phone)}
    if not full_name.strip():
        raise Invalid(fields={"full_name": [_("请填写姓名")]})
    person.full_name, person.phone = full_name.strip(), phone.strip()
    person.pinyin = pinyin_of(person.full_name)
    person.full_clean(exclude=["is_staff", "password"], validate_unique=False, validate_constraints=False)
    person.save(update_fields=["full_name", "phone", "pinyin"])
    after = {"full_name": person.full_name, "phone": masked_phone(person.phone)}
    _told(person, AuditAction.USER_CHANGED, by, ip, before=before, after=after)
    return person


@transaction.atomic
def close_access(*, user: User, by: Actor, reason: str = "", ip: str | None = None) -> User:
    """Shut an account at once: no session, token or password of it opens anything from here on."""
    person = _locked(user)
    # A new unusable password is another session hash: no open browser survives it, not even a later restoration.
    person.is_active, person.one_time_until, person.password = False, None, make_password(None)
    person.save(update_fields=["is_active", "one_time_until", "password"])
    AuthToken.objects.filter(user=person).delete()
    _told(person, AuditAction.ACCESS_CLOSED, by, ip, reason=reason)
    return person


@transaction.atomic
def drop_person(*, user: User, by: Actor, ip: str | None = None) -> None:
    """Delete an account that nothing names. Raise OfficerUntouchable, Conflict."""
    person = _locked(user, to_drop=True)
    _told(person, AuditAction.USER_DROPPED, by, ip)
    try:
        with transaction.atomic():
            person.delete()
    except ProtectedError as error:
        raise Conflict(_("账号 %s 已被引用，不能删除") % person.username) from error


@transaction.atomic
def restore_access(*, user: User, by: Actor, ip: str | None = None) -> User:
    """Open an account again. It has no post and no password until both are given anew."""
    person = _locked(user)
    person.is_active = True
    person.save(update_fields=["is_active"])
    _told(person, AuditAction.ACCESS_RESTORED, by, ip)
    return person


def _locked(user: User, *, to_drop: bool = False) -> User:
    # Without its key: what people do meanwhile goes on naming them.
    person = User.objects.select_for_update(no_key=not to_drop).get(pk=user.pk)
    if person.officer:
        raise OfficerUntouchable
    return person


def _told(person: User, action: str, by: Actor, ip: str | None, **detail: Any) -> None:
    audit(actor_id=by.user_id, action=action, object_label=person.username, detail=detail, ip=ip)
