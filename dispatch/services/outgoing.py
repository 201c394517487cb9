"""What of notices leaves the house: planned with the news of them, sent at its time in one message."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dispatch.models import Gravity, Notice, WaitingMessage
from dispatch.rules.messages import ROBOT, Words, due_at
from dispatch.selectors.message_words import NO_BOUNDARIES, WITH_ALL, draft_of, templates
from dispatch.selectors.on_duty import people_on_duty
from dispatch.selectors.preferences import Wishes, members_by_unit, wishes_of_people, wishes_of_units
from dispatch.services.telling import send_notice
from grids.ground import ground
from lianqin.kernel import clock
from lianqin.kernel.actors import DISTRICT, PERSON, UNIT, token
from relay.models import PERSONAL, ROBOTS, Channel, ChannelKind
from relay.services import queue_message

HANDFUL = 200
MOST_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Way:
    """A notice by a channel to somebody, as they wish it; ``recipient`` is empty for a robot."""

    notice: Notice
    channel: Channel
    recipient: str
    wishes: Wishes

    @property
    def is_urgent(self) -> bool:
        return self.notice.gravity == Gravity.CRITICAL


@transaction.atomic
def plan_messages(*, notice_ids: Iterable[int]) -> int:
    """Queue what may go now and let the rest wait; return how many ways out there were. Repeating it adds nothing."""
    channels = list(Channel.objects.filter(active=True).order_by("pk"))
    if not channels:
        return 0
    notices = _whole(notice_ids)
    ways = list(_ways(notices, channels))
    now = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE))
    changed = templates() if ways else {}
    for way in ways:
        quiet = (way.wishes.quiet_from, way.wishes.quiet_until)
        due = due_at(now, is_urgent=way.is_urgent, quiet=quiet, minutes=way.wishes.bundle_minutes)
        if due <= now:
            _queue([way.notice], way.channel, way.recipient, f"n{way.notice.pk}", changed)
        else:
            _wait(way, now, due)
    return len(ways)


def _whole(pks: Iterable[int]) -> list[Notice]:
    found = Notice.objects.filter(pk__in=list(pks)).order_by("pk")
    return list(found.select_related(*WITH_ALL).defer(*NO_BOUNDARIES))


def _ways(notices: list[Notice], channels: list[Channel]) -> Iterator[Way]:
    units = {notice.unit_id for notice in notices if notice.unit_id}
    members = _members(units)
    people = {notice.user_id for notice in notices if notice.user_id}.union(*members.values())
    wishes, robots_wishes = wishes_of_people(people), wishes_of_units(units)
    reached = User.objects.in_bulk(people)
    personal = [channel for channel in channels if channel.kind in PERSONAL]
    for notice in notices:
        for channel in channels:
            if channel.kind in ROBOTS and notice.unit_id and channel.owner == token(UNIT, notice.unit_id):
                wish = robots_wishes[notice.unit_id]
                if wish.wants(ROBOT, notice.kind):
                    yield Way(notice, channel, "", wish)
        for pk in sorted({notice.user_id} if notice.user_id else members.get(notice.unit_id or 0, set())):
            for channel in _personal(personal, notice):
                if wishes[pk].wants(channel.kind, notice.kind) and _has_address(reached.get(pk), channel.kind):
                    yield Way(notice, channel, token(PERSON, pk), wishes[pk])


def _members(units: set[int]) -> dict[int, set[int]]:
    """Those on duty of each unit; where nobody is, or no roster is kept, everybody with a post there."""
    on_duty: dict[int, set[int]] = {}
    for each in people_on_duty(at=clock.now(), unit_ids=units) if units else []:
        on_duty.setdefault(each.unit_id, set()).add(each.user_id)
    return members_by_unit(units - set(on_duty)) | on_duty


def _personal(channels: list[Channel], notice: Notice) -> list[Channel]:
    """One channel of each kind: the district's own before the platform's."""
    scope = _scope(notice)
    found: dict[str, Channel] = {}
    for channel in sorted(channels, key=lambda each: each.owner == ""):
        if channel.owner in ("", scope):
            found.setdefault(channel.kind, channel)
    return list(found.values())


def _has_address(person: User | None, kind: str) -> bool:
    if person is None or not person.is_active or person.officer:
        return False
    return bool(person.phone.strip() if kind == ChannelKind.SMS else person.email.strip())


def _scope(notice: Notice) -> str:
    """The district that may see what became of it."""
    if notice.unit is not None:
        return token(DISTRICT, notice.unit.district_id)
    if notice.order is not None:
        return token(DISTRICT, notice.order.district_id)
    only = ground().district_ids
    return token(DISTRICT, next(iter(only))) if len(only) == 1 else ""


def _wait(way: Way, now: dt.datetime, due: dt.datetime) -> None:
    """Go with what already waits for the same reader, if that goes earlier."""
    together = WaitingMessage.objects.filter(channel=way.channel, recipient=way.recipient, due_at__gt=now)
    first = together.order_by("due_at").values_list("due_at", flat=True).first()
    WaitingMessage.objects.get_or_create(
        notice=way.notice, channel=way.channel, recipient=way.recipient,
        defaults={"due_at": min(due, first) if first else due},
    )  # fmt: skip


def _queue(notices: list[Notice], channel: Channel, recipient: str, key: str, changed: Mapping[str, Words]) -> None:
    draft = draft_of(notices, changed)
    queue_message(
        channel=channel, key=f"{key}:c{channel.pk}:{recipient}", template=draft.template, subject=draft.subject,
        text=draft.text, url=draft.url, recipient=recipient, scope=_scope(notices[0]), parameters=draft.parameters,
        is_urgent=any(notice.gravity == Gravity.CRITICAL for notice in notices),
    )  # fmt: skip


def send_waiting(*, limit: int = HANDFUL) -> int:
    """Queue what waited long enough, one message a reader and channel; return how many messages that made.

    What was read meanwhile is not sent to a person any more: they know it.
    """
    made = 0
    with transaction.atomic():
        due = WaitingMessage.objects.filter(due_at__lte=clock.now()).order_by("due_at", "pk")
        locked = list(due.select_for_update(skip_locked=True, of=("self",)).select_related("channel")[:limit])
        if not locked:
            return 0
        notices = {each.pk: each for each in _whole(row.notice_id for row in locked)}
        changed = templates()
        locked.sort(key=lambda row: (row.channel_id, row.recipient, row.notice_id))
        for (_channel, recipient), rows in groupby(locked, key=lambda row: (row.channel_id, row.recipient)):
            group = list(rows)
            for start in range(0, len(group), MOST_TOGETHER):
                part = group[start : start + MOST_TOGETHER]
                told = [notices[row.notice_id] for row in part]
                unread = [notice for notice in told if notice.read_at is None or not recipient]
                if unread:
                    _queue(unread, part[0].channel, recipient, f"w{part[0].pk}", changed)
                    made += 1
        WaitingMessage.objects.filter(pk__in=[row.pk for row in locked]).delete()
    return made


def tell_of_broken_channel(*, channel_id: int, name: str, owner: str, at: str) -> int:
    """Tell the command centres, and the unit that it serves, that a channel does not answer."""
    places = ground()
    units = {places.command_center_id(pk) for pk in places.district_ids}
    if owner.startswith(f"{UNIT}:"):
        units.add(int(owner[2:]))
    return send_notice(
        key=f"channel:{channel_id}:{at}", kind="channel_failed", gravity="warn", facts={"channel": name or _("未命名")},
        units=units, url="/messages/",
    )  # fmt: skip
