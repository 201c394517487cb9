"""With whom a shift can be swapped, and what stands against each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from dispatch.errors import NotVisible
from dispatch.models import Watch, WatchState
from dispatch.pages.duty import hours_of
from dispatch.rules.posts import CONFLICTS
from dispatch.rules.rosters import Span
from dispatch.selectors.conflicts import Standing, standing
from dispatch.selectors.duty import candidates
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor

AHEAD = dt.timedelta(days=14)
MOST = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A partner with a shift of theirs, or without one: then they only stand in. ``value`` is what the form sends."""

    value: str
    name: str
    watch: Watch | None
    hours: str
    says: str


@dataclass(frozen=True, slots=True)
class SwapPage:
    watch: Watch
    hours: str
    swaps: tuple[Offer, ...]
    stand_ins: tuple[Offer, ...]


def swap_page(actor: Actor, watch_id: int) -> SwapPage:
    """Raises NotVisible. Nine queries."""
    now = clock.now()
    mine = Watch.objects.select_related("shift__unit").filter(pk=watch_id, state=WatchState.PLANNED).first()
    if mine is None or mine.user_id != actor.user_id or not mine.shift.published or mine.shift.starts_at <= now:
        raise NotVisible
    shift = mine.shift
    theirs = Watch.objects.filter(
        shift__unit=shift.unit, post=mine.post, state=WatchState.PLANNED, shift__published_at__isnull=False,
        shift__starts_at__gt=now, shift__starts_at__lt=now + AHEAD, user__is_active=True,
    ).exclude(user_id=mine.user_id).exclude(shift=shift).select_related("user", "shift__unit")  # fmt: skip
    others = list(theirs.order_by("shift__starts_at", "pk")[:MOST])
    people = [each for each in candidates(shift.unit, shift, mine.post, most=MOST) if each[0] != mine.user_id]
    window = Span(now, now + AHEAD)
    known = standing({mine.user_id, *(each.user_id for each in others), *(each[0] for each in people)}, window)
    swaps = [_offer(known, mine, other) for other in others]
    free = [_free(known, mine, user_id, name) for user_id, name, _role in people]
    swaps.sort(key=lambda each: bool(each.says))
    return SwapPage(mine, hours_of(shift), tuple(swaps), tuple(sorted(free, key=lambda each: bool(each.says))[:20]))


def _offer(known: Standing, mine: Watch, other: Watch) -> Offer:
    out = [mine.pk, other.pk]
    for_them = known.against(other.user_id, mine.shift.unit, _span(mine), mine.post, leaving_out=out)
    for_me = known.against(mine.user_id, other.shift.unit, _span(other), other.post, leaving_out=out)
    says = "；".join(dict.fromkeys(str(CONFLICTS[each]) for each in (*for_them, *for_me)))
    return Offer(f"{other.user_id}:{other.pk}", str(other.user), other, hours_of(other.shift), says)


def _free(known: Standing, mine: Watch, user_id: int, name: str) -> Offer:
    against = known.against(user_id, mine.shift.unit, _span(mine), mine.post)
    return Offer(str(user_id), name, None, "", "；".join(str(CONFLICTS[each]) for each in against))


def _span(watch: Watch) -> Span:
    return Span(watch.shift.starts_at, watch.shift.ends_at)
