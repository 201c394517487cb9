"""Reads of whistles: whom they concern, whom one may call, how fast units come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from dispatch.errors import NotVisible
from dispatch.models import Summons, Whistle
from dispatch.rules.whistles import UNDER_WAY, WhistleKind, WhistleState
from grids.ground import Place
from grids.models import Post, Role, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel.actors import COMMUNITY, DISTRICT, STREET, Actor
from workorders.models import WorkOrder

# Fewer summonses than this say nothing about a unit.
FEWEST = 5
LOOK_BACK = dt.timedelta(days=30)
# Who sees every whistle of a place: those who may whistle there. Others see what concerns them.
BY_PLACE = (("dispatch_orders", DISTRICT), ("command_orders", DISTRICT), ("supervise_orders", DISTRICT))
LEADING = (Role.DISTRICT_COMMANDER, Role.UNIT_LEADER, Role.GROUP_MEMBER)


def _keys(actor: Actor, codename: str, letter: str) -> list[int]:
    return [int(each.partition(":")[2]) for each in actor.tokens(codename) if each.startswith(f"{letter}:")]


def _called(actor: Actor) -> Q:
    return Q(unit_id__in=list(actor.unit_ids)) | Q(user_id=actor.user_id or 0)


def _seen_by(actor: Actor) -> Q:
    """Of the places that the actor dispatches or serves, of the actor's units, or a summons of theirs."""
    if actor.user_id is None or actor.officer:
        return Q(pk__in=())
    districts = {pk for codename, letter in BY_PLACE for pk in _keys(actor, codename, letter)}
    return (
        Q(district_id__in=districts)
        | Q(street_id__in=_keys(actor, "dispatch_orders", STREET))
        | Q(community_id__in=_keys(actor, "claim_orders", COMMUNITY))
        | Q(unit_id__in=list(actor.unit_ids))
        | Q(raised_by_id=actor.user_id)
        | Q(pk__in=Summons.objects.filter(_called(actor)).values("whistle"))
    )


def whistles_for(actor: Actor) -> QuerySet[Whistle]:
    """Those that concern the actor, newest first, with their summonses. Two queries."""
    rows = Summons.objects.select_related("unit", "user", "arrived_by", "acknowledged_by", "witness", "excused_by")
    found = Whistle.objects.filter(_seen_by(actor)).select_related(
        "order__text", "district", "street", "community", "unit", "raised_by", "ended_by", "raised_from", "raised_to"
    )
    found = found.defer("district__boundary", "street__boundary", "community__boundary")
    return found.prefetch_related(Prefetch("summonses", rows.order_by("pk"))).order_by("-raised_at", "-pk")


def whistles_on(actor: Actor, order: WorkOrder, most: int) -> list[Whistle]:
    """Of an order those that concern the actor. One query where nobody was summoned, three else."""
    # A dozen tables take longer to plan than to read, and to few orders somebody is summoned.
    if not Whistle.objects.filter(order=order).exists():
        return []
    return list(whistles_for(actor).filter(order=order)[:most])


def whistle_for(actor: Actor, pk: int) -> Whistle:
    """Raise NotVisible."""
    found = whistles_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def place_of(spot: Whistle | WorkOrder, address: str) -> str:
    """Where to go, in words: the address, or that the map shows it; a community's name alone would be its office."""
    return address or _("%s的地图点位") % rough_place_of(spot)


def rough_place_of(spot: Whistle | WorkOrder) -> str:
    """The place as far as it may leave the house: no finer than the community."""
    return str(spot.community or spot.street or spot.district)


def calls_me(actor: Actor) -> Q:
    """Whistles that wait for the actor to come."""
    waiting = Summons.objects.filter(_called(actor), arrived_at=None)
    return Q(state__in=UNDER_WAY, pk__in=waiting.values("whistle"))


def narrowed(actor: Actor, asked: Mapping[str, str]) -> QuerySet[Whistle]:
    """Of a filter: ``state`` (a state, ``mine``, ``open``, ``leader``), ``kind``, ``q``."""
    found, state = whistles_for(actor), asked.get("state", "")
    if state == "mine":
        found = found.filter(calls_me(actor))
    elif state == "open":
        found = found.filter(state__in=UNDER_WAY)
    elif state == "leader":
        found = found.filter(kind=WhistleKind.LEADER, state__in=UNDER_WAY, summonses=None)
    elif state in WhistleState.values:
        found = found.filter(state=state)
    if asked.get("kind") in WhistleKind.values:
        found = found.filter(kind=asked["kind"])
    words = asked.get("q", "").strip()[:80]
    if words:
        found = found.filter(Q(matter__icontains=words) | Q(number__icontains=words) | Q(address__icontains=words))
    return found


def counts(actor: Actor) -> dict[str, int]:
    """How many of each state, and what waits for the actor. One query."""
    seen = Whistle.objects.filter(_seen_by(actor))
    numbers = {state: Count("pk", filter=Q(state=state)) for state in WhistleState.values}
    numbers |= {"mine": Count("pk", filter=calls_me(actor)), "all": Count("pk")}
    numbers["open"] = Count("pk", filter=Q(state__in=UNDER_WAY))
    return seen.aggregate(**numbers)


def units_to_call(district_id: int, street_id: int | None) -> QuerySet[Unit]:
    """The departments of the street, then those of the district."""
    own = Q(street_id=street_id) if street_id else Q(pk__in=())
    found = Unit.objects.filter(own | Q(street=None), district_id=district_id, kind=UnitKind.DUTY_DEPARTMENT)
    return found.filter(active=True).order_by("-level", "short_name")


@dataclass(frozen=True, slots=True)
class Callable:
    """Somebody who may be called. ``first``: the full-time worker of that very grid."""

    user: User
    post: str
    place: str
    first: bool = False

    @property
    def key(self) -> str:
        """As a form sends it."""
        return str(self.user.pk)


def workers_to_call(community_id: int, place: Place | None) -> list[Callable]:
    """The grid people of a community, those of the grid first. One query."""
    posts = memberships_in_force().filter(grid__community=community_id, user__is_active=True)
    here = place.grid_id if place else 0
    found: dict[int, Callable] = {}
    rows = posts.select_related("user", "grid").defer("grid__boundary").order_by("grid__code", "post", "pk")
    for row in sorted(rows, key=lambda row: row.grid_id != here):
        assert row.grid is not None
        is_first = row.grid_id == here and row.post == Post.FULL_TIME_WORKER
        told = Callable(row.user, row.get_post_display(), row.grid.short_name, is_first)
        if row.user_id not in found or is_first:
            found[row.user_id] = told
    return list(found.values())


def leaders_of(district_id: int) -> list[Callable]:
    """Who leads the district or one of its own units. One query."""
    posts = memberships_in_force().filter(
        role__in=LEADING, unit__district=district_id, unit__street=None, user__is_active=True
    )
    found: dict[int, Callable] = {}
    for row in posts.select_related("user", "unit").order_by("unit__kind", "unit__code", "role", "pk"):
        assert row.unit is not None
        found.setdefault(row.user_id, Callable(row.user, row.get_role_display(), row.unit.short_name))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How the summonses of a unit ended in thirty days. ``minutes`` is the mean from the call to the arrival."""

    unit: str
    called: int
    in_time: int
    late: int
    no_show: int
    minutes: int | None

    @property
    def percent(self) -> float | None:
        """Share that came in time; None for too few."""
        return 100 * self.in_time / self.called if self.called >= FEWEST else None


def arrivals(actor: Actor, now: dt.datetime) -> list[Arrivals]:
    """By unit, of whistles that the actor sees; units by name, since this is no ranking. One query."""
    seen = Whistle.objects.filter(_seen_by(actor), raised_at__gte=now - LOOK_BACK).values("pk")
    came = Q(arrived_at__isnull=False)
    took = ExpressionWrapper(F("arrived_at") - F("whistle__raised_at"), output_field=DurationField())
    rows = (
        Summons.objects.filter(came | Q(no_show_at__isnull=False), whistle__in=seen, unit__isnull=False)
        .filter(excused_at=None)
        .values("unit__short_name")
        .annotate(
            called=Count("pk"),
            in_time=Count("pk", filter=came & Q(arrived_at__lte=F("due_at"))),
            late=Count("pk", filter=came & Q(arrived_at__gt=F("due_at"))),
            missed=Count("pk", filter=Q(arrived_at=None)),
            took=Avg(took, filter=came),
        )
        .order_by("unit__short_name")
    )
    return [
        Arrivals(
            unit=row["unit__short_name"],
            called=row["called"],
            in_time=row["in_time"],
            late=row["late"],
            no_show=row["missed"],
            minutes=round(row["took"].total_seconds() / 60) if row["took"] is not None else None,
        )
        for row in rows
    ]
