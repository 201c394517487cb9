"""Announcements: written, published, withdrawn, confirmed. A published one is not changed any more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.services import audit
from dispatch.errors import AnnouncementMoved, NotAllowed, NotVisible, TooSoon
from dispatch.models import Announcement, AnnouncementState, Receipt
from dispatch.permissions import announces_for
from dispatch.selectors.announcements import WAITING, announcements_for, own_announcement, readers_of
from dispatch.services.telling import send_notice
from grids.ground import ground
from grids.models import Role, Street, Unit
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.errors import Invalid

LONGEST = 10_000
REMIND_AGAIN = dt.timedelta(hours=4)


@transaction.atomic
def save_announcement(*, pk: int | None, data: dict[str, Any], by: Actor) -> Announcement:
    """Write a draft, or change one. ``data``: title, body, street (code or ""), roles, units (codes), must_read,
    read_by, expires_at. Raise NotAllowed, NotVisible, Invalid, AnnouncementMoved.
    """
    if by.user_id is None:
        raise NotAllowed
    draft = _locked(pk, by) if pk else None
    if draft is not None and draft.state != AnnouncementState.DRAFT:
        raise AnnouncementMoved
    street = _street(data.get("street", ""), by)
    units = list(Unit.objects.filter(code__in=data.get("units", ()), active=True))
    faults = _faults(data, units)
    if faults:
        raise Invalid(fields=faults)
    district_id = street.district_id if street else min(announces_for(by)[0])
    issuer = ground().sub_center_id(street.pk) if street else ground().command_center_id(district_id)
    row = draft or Announcement(by_id=by.user_id)
    row.district_id, row.street, row.issuer_id = district_id, street, issuer
    for name in ("title", "body"):
        setattr(row, name, data[name].strip())
    for name in ("roles", "must_read", "read_by", "expires_at"):
        setattr(row, name, data[name])
    row.save()
    row.units.set(units)
    return row


def _street(code: str, by: Actor) -> Street | None:
    """The street that it is for; None for the whole district. Raise NotAllowed."""
    districts, streets = announces_for(by)
    street = Street.objects.filter(code=code).first() if code else None
    if code and street is None:
        raise Invalid(fields={"street": [_("没有这个街道")]})
    if not (street and (street.pk in streets or street.district_id in districts)) and not (not street and districts):
        raise NotAllowed
    return street


def _faults(data: dict[str, Any], units: list[Unit]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if not data.get("title", "").strip():
        found["title"] = [_("请填写标题")]
    elif len(data["title"].strip()) > 80:
        found["title"] = [_("标题最多 80 个字")]
    if not data.get("body", "").strip():
        found["body"] = [_("请填写正文")]
    elif len(data["body"]) > LONGEST:
        found["body"] = [_("正文最多 %d 个字") % LONGEST]
    if set(data["roles"]) - set(Role.values):
        found["roles"] = [_("没有这个岗位")]
    if len(units) != len(set(data.get("units", ()))):
        found["units"] = [_("有单位不存在或已停用，请重新选择")]
    now = clock.now()
    for name in ("read_by", "expires_at"):
        if data[name] is not None and data[name] <= now:
            found[name] = [_("请填将来的时间")]
    if data["read_by"] and not data["must_read"]:
        found["read_by"] = [_("只有须确认已阅的公告才有确认期限")]
    return found


@transaction.atomic
def publish_announcement(*, pk: int, by: Actor) -> Announcement:
    """Let everybody addressed see it, and tell them. Raise NotVisible, NotAllowed, AnnouncementMoved, Invalid."""
    row = _locked(pk, by)
    if row.state != AnnouncementState.DRAFT:
        raise AnnouncementMoved
    people = readers_of(row).people
    if not people:
        raise Invalid(_("没有人会收到：请放宽单位或岗位的范围"), fields={"roles": [_("这个范围内没有人")]})
    Announcement.objects.filter(pk=row.pk).update(state=AnnouncementState.PUBLISHED, published_at=Now())
    row.refresh_from_db()
    _record(row, by, "announcement_published")
    _tell(row, [each.user.pk for each in people], "published")
    _forget()
    return row


@transaction.atomic
def withdraw_announcement(*, pk: int, reason: str, by: Actor) -> Announcement:
    """Take it back; receipts stay. Raise NotVisible, NotAllowed, AnnouncementMoved, Invalid."""
    row = _locked(pk, by)
    if row.state != AnnouncementState.PUBLISHED:
        raise AnnouncementMoved
    if not reason.strip():
        raise Invalid(fields={"reason": [_("请写明撤回的理由")]})
    changed = {"state": AnnouncementState.WITHDRAWN, "withdrawn_at": Now(), "reason": reason.strip()[:200]}
    Announcement.objects.filter(pk=row.pk).update(**changed)
    row.refresh_from_db()
    _record(row, by, "announcement_withdrawn")
    _forget()
    return row


@transaction.atomic
def drop_announcement(*, pk: int, by: Actor) -> None:
    """Delete a draft. Raise NotVisible, NotAllowed, AnnouncementMoved."""
    row = _locked(pk, by)
    if row.state != AnnouncementState.DRAFT:
        raise AnnouncementMoved
    row.delete()


def open_announcement(*, pk: int, by: Actor) -> None:
    """Note that the actor has opened it, once. Nothing for one that does not concern the actor."""
    if by.user_id is not None and announcements_for(by, unread=True).filter(pk=pk).exists():
        Receipt.objects.bulk_create([Receipt(announcement_id=pk, user_id=by.user_id)], ignore_conflicts=True)


@transaction.atomic
def confirm_announcement(*, pk: int, by: Actor) -> None:
    """Confirm that the actor has read it; the first time counts. Raise NotVisible."""
    if by.user_id is None or not announcements_for(by).filter(pk=pk).exists():
        raise NotVisible
    open_announcement(pk=pk, by=by)
    Receipt.objects.filter(announcement=pk, user_id=by.user_id, confirmed_at=None).update(confirmed_at=Now())


@transaction.atomic
def remind_unread(*, pk: int, by: Actor) -> int:
    """Tell those who have not read it once more; return how many. Raise TooSoon within four hours."""
    row = _locked(pk, by)
    if row.state != AnnouncementState.PUBLISHED:
        raise AnnouncementMoved
    now = clock.now()
    last = row.reminded_at or row.published_at
    if last is not None and now < last + REMIND_AGAIN:
        raise TooSoon(_("四小时内只能提醒一次"), retry_after=int((last + REMIND_AGAIN - now).total_seconds()))
    missing = [each.user.pk for each in readers_of(row).people if not each.has_read(row.must_read)]
    Announcement.objects.filter(pk=row.pk).update(reminded_at=now)
    _tell(row, missing, now.isoformat())
    return len(missing)


def _tell(row: Announcement, users: Iterable[int], occasion: str) -> None:
    gravity = "warn" if row.must_read else "info"
    send_notice(
        key=f"announcement:{row.pk}:{occasion}",
        kind="announcement",
        gravity=gravity,
        facts={"unit_name": row.issuer.short_name} | ({"due_at": row.read_by} if row.read_by else {}),
        users=list(users),
        url=f"/announcements/{row.pk}/",
    )


def _locked(pk: int | None, by: Actor) -> Announcement:
    found = own_announcement(by, pk or 0)
    return Announcement.objects.select_for_update(of=("self",)).get(pk=found.pk)


def _record(row: Announcement, by: Actor, what: str) -> None:
    if by.user_id is None:
        raise NotAllowed
    audit(actor_id=by.user_id, action=f"dispatch.{what}", object_label=f"Announcement {row.pk}", detail={})


def _forget() -> None:
    def forget() -> None:
        with suppress(RedisError, OSError):  # It is read again within half a minute.
            cache.delete(WAITING)

    transaction.on_commit(forget)
