"""Reads of announcements: those that concern an actor, whom one concerns, who has read it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from redis.exceptions import RedisError

from accounts.models import User
from dispatch.errors import NotAllowed, NotVisible
from dispatch.models import Announcement, AnnouncementState, Receipt
from dispatch.permissions import announces_for
from grids.models import Membership
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

log = logging.getLogger(__name__)
KEPT_SECONDS = 30
WAITING = "dispatch:announcements:waiting"


def concerns(actor: Actor) -> Q:
    """Announcements to the actor's posts. Nobody without a post is addressed."""
    wanted = Q(pk__in=())
    for post in actor.posts:
        here = Q(district_id=post.district_id) & (Q(street=None) | Q(street_id=post.street_id))
        to_me = Q(roles=[]) | Q(roles__contains=[post.role])
        units = Q(units=None) if post.unit_id is None else Q(units=None) | Q(units=post.unit_id)
        wanted |= here & to_me & units
    return wanted


def announcements_for(actor: Actor, *, unread: bool = False, unconfirmed: bool = False) -> QuerySet[Announcement]:
    """Published ones that concern the actor, newest first, with whether they were read (``is_read``, ``is_confirmed``).

    ``unread``: only those never opened; ``unconfirmed``: only those not yet confirmed.
    """
    mine = Announcement.objects.filter(concerns(actor), state=AnnouncementState.PUBLISHED)
    receipts = Receipt.objects.filter(announcement=OuterRef("pk"), user_id=actor.user_id or 0)
    confirmed = receipts.exclude(confirmed_at=None)
    if unread:
        mine = mine.exclude(Exists(receipts))
    if unconfirmed:
        mine = mine.exclude(Exists(confirmed))
    found = mine.distinct().annotate(is_read=Exists(receipts), is_confirmed=Exists(confirmed))
    return found.select_related("issuer", "street", "by").order_by("-published_at", "-pk")


def written_by(actor: Actor) -> QuerySet[Announcement]:
    """All that the centres of the actor wrote, drafts and withdrawn ones too."""
    districts, streets = announces_for(actor)
    own = Q(district_id__in=districts) | Q(street_id__in=streets)
    return Announcement.objects.filter(own).select_related("issuer", "street", "by").order_by("-pk")


def announcement_for(actor: Actor, pk: int) -> Announcement:
    """One that concerns the actor or that the actor's centre wrote. Raise NotVisible."""
    found = announcements_for(actor).filter(pk=pk).first() or written_by(actor).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def own_announcement(actor: Actor, pk: int) -> Announcement:
    """One that the actor's centre wrote. Raise NotVisible, NotAllowed."""
    found = announcement_for(actor, pk)
    if not written_by(actor).filter(pk=pk).exists():
        raise NotAllowed
    return found


def addressed(announcement: Announcement) -> QuerySet[Membership]:
    """The posts in force that it is meant for."""
    posts = memberships_in_force().filter(
        Q(unit__district_id=announcement.district_id) | Q(grid__community__street__district_id=announcement.district_id)
    )
    if announcement.street_id is not None:
        street = announcement.street_id
        posts = posts.filter(Q(unit__street_id=street) | Q(grid__community__street_id=street))
    if announcement.roles:
        posts = posts.filter(role__in=announcement.roles)
    units = [unit.pk for unit in announcement.units.all()]
    return posts.filter(unit__in=units) if units else posts


@dataclass(frozen=True, slots=True)
class Reader:
    """One person who is addressed."""

    user: User
    unit: str
    opened_at: Any
    confirmed_at: Any

    def has_read(self, must_read: bool) -> bool:
        return bool(self.confirmed_at if must_read else self.opened_at)


@dataclass(frozen=True, slots=True)
class UnitLine:
    unit: str
    read: int
    total: int

    @property
    def missing(self) -> int:
        return self.total - self.read


@dataclass(frozen=True, slots=True)
class Readers:
    """Everybody addressed: those who have not read it first."""

    people: tuple[Reader, ...]
    units: tuple[UnitLine, ...]
    read: int

    @property
    def total(self) -> int:
        return len(self.people)

    @property
    def missing(self) -> int:
        return self.total - self.read


def readers_of(announcement: Announcement) -> Readers:
    """Three queries, whatever the number of people."""
    posts = addressed(announcement).select_related("user", "unit", "grid__community").order_by("user_id", "pk")
    receipts = {each.user_id: each for each in announcement.receipts.all()}
    people: dict[int, Reader] = {}
    for post in posts:
        receipt = receipts.get(post.user_id)
        where = post.unit.short_name if post.unit else post.grid.community.short_name if post.grid else ""
        opened, confirmed = (receipt.opened_at, receipt.confirmed_at) if receipt else (None, None)
        people.setdefault(post.user_id, Reader(post.user, where, opened, confirmed))
    everybody = sorted(
        people.values(), key=lambda each: (each.has_read(announcement.must_read), each.unit, each.user.full_name)
    )
    return Readers(
        tuple(everybody), _units(everybody, announcement.must_read), _read(everybody, announcement.must_read)
    )


def _read(people: Iterable[Reader], must_read: bool) -> int:
    return sum(each.has_read(must_read) for each in people)


def _units(people: Iterable[Reader], must_read: bool) -> tuple[UnitLine, ...]:
    total: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for each in people:
        total[each.unit] += 1
        read[each.unit] += each.has_read(must_read)
    lines = [UnitLine(unit, read[unit], number) for unit, number in total.items()]
    return tuple(sorted(lines, key=lambda line: (-line.missing, line.unit)))


def must_read_now(actor: Actor) -> Announcement | None:
    """The oldest one that the actor still has to confirm. No statement while there is none for the actor's posts."""
    if not actor.posts:
        return None
    pks = [each["pk"] for each in _waiting() if _meant(each, actor)]
    if not pks:
        return None
    open_ones = announcements_for(actor, unconfirmed=True).filter(pk__in=pks)
    now = clock.now()
    return open_ones.filter(Q(expires_at=None) | Q(expires_at__gt=now)).order_by("published_at").first()


def _waiting() -> list[dict[str, Any]]:
    """What must be read at present, as every process remembers it for half a minute."""
    try:
        known = cache.get(WAITING)
        if known is None:
            known = _read_waiting()
            cache.set(WAITING, known, KEPT_SECONDS)
    except (RedisError, OSError):
        log.warning("what must be read is not known: Redis is away")
        return []
    found: list[dict[str, Any]] = known
    return found


def _read_waiting() -> list[dict[str, Any]]:
    rows = Announcement.objects.filter(state=AnnouncementState.PUBLISHED, must_read=True).prefetch_related("units")
    now = clock.now()
    return [
        {
            "pk": each.pk,
            "district": each.district_id,
            "street": each.street_id,
            "roles": each.roles,
            "units": [unit.pk for unit in each.units.all()],
        }
        for each in rows.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    ]


def _meant(told: dict[str, Any], actor: Actor) -> bool:
    return any(
        post.district_id == told["district"]
        and told["street"] in (None, post.street_id)
        and (not told["roles"] or post.role in told["roles"])
        and (not told["units"] or post.unit_id in told["units"])
        for post in actor.posts
    )
