"""Reads of duty: what runs and comes at both levels, and what of it concerns the one who asks."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone

from dispatch.models import SWAP_OPEN, Handover, Leave, Shift, Swap, SwapState, Watch
from dispatch.permissions import may_edit_roster
from dispatch.rules.posts import POST_ROLES, UNIT_POSTS
from dispatch.selectors.conflicts import eligible
from grids.models import Membership, Unit, UnitKind
from lianqin.kernel.actors import DISTRICT, STREET, Actor

DAY = dt.timedelta(hours=24)
MINE_AHEAD = dt.timedelta(days=14)
SETTLED_SHOWN = dt.timedelta(days=3)  # So long an answered swap stands beside the open ones.
CENTRE_KINDS = (UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER)


def _with_people(shifts: QuerySet[Shift]) -> QuerySet[Shift]:
    people = Watch.objects.select_related("user").order_by("post", "pk")
    return (
        shifts.select_related("unit__street")
        .defer("unit__street__boundary")
        .prefetch_related(Prefetch("watches", people))
    )


def shifts_around(now: dt.datetime, unit_ids: list[int] | None = None) -> list[Shift]:
    """Shifts that run or begin within a day, published or not, with their people. Two queries."""
    found = Shift.objects.filter(ends_at__gt=now, starts_at__lt=now + DAY)
    if unit_ids is not None:
        found = found.filter(unit_id__in=unit_ids)
    return list(_with_people(found).order_by("unit__level", "unit__code", "starts_at", "pk"))


def shifts_of(unit: Unit, since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """Shifts of a unit that begin in a time, with their people. Two queries."""
    found = Shift.objects.filter(unit=unit, starts_at__gte=since, starts_at__lt=until)
    return list(_with_people(found).order_by("starts_at", "pk"))


def shifts_of_day(unit_ids: list[int], since: dt.datetime, until: dt.datetime) -> list[Shift]:
    """Shifts of many units that run in a time. Two queries."""
    found = Shift.objects.filter(unit_id__in=unit_ids, starts_at__lt=until, ends_at__gt=since)
    return list(_with_people(found).order_by("unit__level", "unit__code", "starts_at", "pk"))


def my_watches(actor: Actor, now: dt.datetime) -> list[Watch]:
    """Published shifts of the actor that run or come within a fortnight. One query."""
    if actor.user_id is None:
        return []
    mine = Watch.objects.filter(
        user_id=actor.user_id, shift__published_at__isnull=False, shift__ends_at__gt=now,
        shift__starts_at__lt=now + MINE_AHEAD,
    ).exclude(state="absent")  # fmt: skip
    return list(mine.select_related("shift__unit").order_by("shift__starts_at"))


def my_leaves(actor: Actor, now: dt.datetime) -> list[Leave]:
    """Leave of the actor that is not over. One query."""
    if actor.user_id is None:
        return []
    return list(Leave.objects.filter(user_id=actor.user_id, ended_at=None, ends_at__gt=now).order_by("starts_at"))


def swaps_for(actor: Actor) -> QuerySet[Swap]:
    """Swaps that the actor asked, is asked, or may decide as keeper of a roster; newest first."""
    units = editable_ids(actor)
    mine = Q(watch__shift__unit_id__in=units)
    if actor.user_id is not None and not actor.officer:
        mine |= Q(asker_id=actor.user_id) | Q(partner_id=actor.user_id)
    return (
        Swap.objects.filter(mine)
        .select_related("asker", "partner", "decided_by", "watch__shift__unit", "partner_watch__shift__unit")
        .order_by("-asked_at", "-pk")
    )


def shown_swaps(actor: Actor, now: dt.datetime) -> list[Swap]:
    """Swaps in which the actor has a part: the open ones, then those of the last days. One query."""
    wanted = Q(state__in=SWAP_OPEN) | Q(ended_at__gt=now - SETTLED_SHOWN)
    return list(swaps_for(actor).filter(wanted).order_by(F("ended_at").desc(nulls_first=True), "-asked_at", "-pk")[:50])


def waits_for(swap: Swap, actor: Actor) -> str:
    """What the actor can do about a swap: ``answer``, ``decide``, ``withdraw`` or nothing."""
    if swap.state == SwapState.ASKED and swap.partner_id == actor.user_id:
        return "answer"
    two = (swap.asker_id, swap.partner_id)
    may_decide = actor.user_id not in two and may_edit_roster(actor, swap.watch.shift.unit)
    if swap.state == SwapState.CONSENTED and may_decide:
        return "decide"
    if swap.state in SWAP_OPEN and swap.asker_id == actor.user_id:
        return "withdraw"
    return ""


def handovers_waiting(unit_ids: list[int], now: dt.datetime) -> list[Handover]:
    """Unsigned hand-overs of these units from two hours before the change on. One query."""
    due = Handover.objects.filter(unit_id__in=unit_ids, signed_at=None, due_at__lt=now + dt.timedelta(hours=2))
    return list(due.select_related("unit", "shift", "written_by").order_by("due_at")[:10])


def centres() -> list[Unit]:
    """The centres of both levels, the district's first. One query."""
    found = Unit.objects.filter(kind__in=CENTRE_KINDS, active=True)
    return list(found.select_related("street").defer("street__boundary").order_by("kind", "code"))


def _places(actor: Actor, letter: str) -> set[int]:
    held = actor.tokens("dispatch_orders")
    return {int(each.partition(":")[2]) for each in held if each.startswith(f"{letter}:")}


def roster_units(actor: Actor) -> list[Unit]:
    """Units whose rosters the actor sees: a centre's people those of its place, others their own. One query."""
    mine = Q(pk__in=actor.unit_ids)
    streets, districts = _places(actor, STREET), _places(actor, DISTRICT)
    if streets:
        mine |= Q(street_id__in=streets, kind__in=(UnitKind.SUB_CENTER, UnitKind.DUTY_DEPARTMENT))
    if districts:
        mine |= Q(district_id__in=districts) & (
            Q(kind__in=CENTRE_KINDS) | Q(kind=UnitKind.DUTY_DEPARTMENT, street_id=None)
        )
    found = Unit.objects.filter(mine, active=True, kind__in=UNIT_POSTS)
    return list(found.select_related("street").defer("street__boundary").order_by("kind", "code"))


def callable_ids(actor: Actor) -> set[int]:
    """Units whose people on duty one may telephone: one's own, those of the place where one dispatches, and the
    district's centre for who dispatches in a street of it. One query.
    """
    streets, districts = _places(actor, STREET), _places(actor, DISTRICT)
    mine = Q(pk__in=actor.unit_ids)
    if streets:
        above = Unit.objects.filter(kind=UnitKind.SUB_CENTER, street_id__in=streets).values("district_id")
        mine |= Q(street_id__in=streets) | Q(kind=UnitKind.COMMAND_CENTER, district_id__in=above)
    if districts:
        mine |= Q(district_id__in=districts)
    return set(Unit.objects.filter(mine).values_list("pk", flat=True))


def editable_ids(actor: Actor) -> list[int]:
    """Keys of the units whose rosters the actor keeps. One query for who has a unit."""
    if not actor.unit_ids:
        return []
    units = Unit.objects.filter(pk__in=actor.unit_ids, active=True)
    return [unit.pk for unit in units if may_edit_roster(actor, unit)]


def candidates(unit: Unit, shift: Shift, post: str, text: str = "", most: int = 200) -> list[tuple[int, str, str]]:
    """(user, name, role in words) of who may stand at that post on that day. One query."""
    day = timezone.localdate(shift.starts_at)
    found = Membership.objects.filter(eligible(unit, day), role__in=POST_ROLES[post])
    if text:
        found = found.filter(Q(user__full_name__icontains=text) | Q(user__pinyin__icontains=text))
    rows = found.select_related("user", "grid", "unit").defer("grid__boundary").order_by("user__pinyin", "user_id")
    told: dict[int, tuple[int, str, str]] = {}
    for row in rows[: most * 2]:
        place = str(row.grid) if row.grid else row.unit.short_name if row.unit and row.unit_id != unit.pk else ""
        label = str(row.get_post_display() or row.get_role_display())
        told.setdefault(row.user_id, (row.user_id, str(row.user), f"{label} {place}".strip()))
    return list(told.values())[:most]
