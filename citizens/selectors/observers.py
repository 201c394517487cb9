"""Remarks: one's own, and those of the communities that somebody looks after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, F, Q, QuerySet

from citizens.models import Remark, RemarkOutcome, RemarkState
from citizens.selectors.community import run_by
from grids.ground import ground
from grids.models import Community, Grid
from lianqin.kernel.actors import Actor
from workorders.services.duplicates import distance_m

FEWEST = 5


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the point of a remark lies; without names outside of the district.

    ``metres``: from the middle of the community that was meant, for a point outside of it.
    """

    lon: float
    lat: float
    community: str = ""
    grid: str = ""
    outside: bool = True
    metres: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one community; ``on_time`` in percent, None with fewer than five answers."""

    community: str
    made: int
    open: int
    accepted: int
    ordered: int
    on_time: str | None


def remarks_of(user_id: int) -> QuerySet[Remark]:
    return Remark.objects.filter(author_id=user_id).select_related("community", "order").order_by("-pk")


def remarks_for(actor: Actor) -> QuerySet[Remark]:
    mine = Remark.objects.filter(community__in=Community.objects.filter(run_by(actor)))
    return mine.select_related("community", "order", "author")


def spots_of(remarks: Iterable[Remark]) -> dict[int, Spot]:
    """Of those that have a point, by their keys. At most one query."""
    index, placed = ground(), [each for each in remarks if each.lon is not None and each.lat is not None]
    found = {each.pk: index.locate(each.lon, each.lat) for each in placed}  # type: ignore[arg-type]
    shapes = ("boundary", "community__boundary", "community__street__boundary")
    grids = Grid.objects.select_related("community__street").defer(*shapes)
    named = grids.in_bulk({place.grid_id for place in found.values() if place}) if any(found.values()) else {}
    return {each.pk: _spot(each, named[place.grid_id] if (place := found[each.pk]) else None) for each in placed}


def _spot(remark: Remark, grid: Grid | None) -> Spot:
    assert remark.lon is not None
    assert remark.lat is not None
    point, meant = (remark.lon, remark.lat), remark.community
    outside = grid is None or grid.community_id != meant.pk
    middle = (meant.label_lon, meant.label_lat)
    metres = distance_m(point, middle) if outside and middle[0] is not None and middle[1] is not None else None  # type: ignore[arg-type]
    if grid is None:
        return Spot(*point, metres=metres)
    community = grid.community
    name = f"{community.street.name} · {community}"
    return Spot(*point, name, grid.short_name or grid.name, outside, metres)


def figures_for(actor: Actor) -> list[Figures]:
    """How many and how soon, in the order of the communities' codes: no ranking, and nobody by name."""
    answered = Q(state=RemarkState.ANSWERED)
    rows = (
        Remark.objects.filter(community__in=Community.objects.filter(run_by(actor)))
        .values("community__short_name", "community__code")
        .annotate(
            made=Count("pk"),
            waiting=Count("pk", filter=Q(state=RemarkState.OPEN)),
            accepted=Count("pk", filter=Q(outcome=RemarkOutcome.ACCEPTED)),
            ordered=Count("pk", filter=Q(outcome=RemarkOutcome.ORDERED)),
            answered=Count("pk", filter=answered),
            in_time=Count("pk", filter=answered & Q(answered_at__lte=F("due_at"))),
        )
        .order_by("community__code")
    )
    return [
        Figures(
            each["community__short_name"], each["made"], each["waiting"], each["accepted"], each["ordered"],
            share(each["in_time"], each["answered"]),
        )
        for each in rows
    ]  # fmt: skip


def share(part: int, whole: int) -> str | None:
    """Percent with two decimals, rounded half up; None below the least number."""
    if whole < FEWEST:
        return None
    return str((Decimal(100) * part / whole).quantize(Decimal("0.01"), ROUND_HALF_UP))
