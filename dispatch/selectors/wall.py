"""What the wall of a place reads: rollups of a month, what is open now, what was reported since yesterday.

Every statement is bounded by what is open, by two days or by a month of rollups, never by the history.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncHour

from dispatch.errors import NotAllowed, NotVisible
from dispatch.rules.load import LEAST, percent
from dispatch.selectors.map_load import seen_bearings
from grids.models import District, Street
from insight.models import Reading, Rollup
from insight.permissions import places_of
from insight.rules import ALL, DAY, NAMES, SOURCE
from lianqin.kernel.actors import DISTRICT, STREET, SYSTEM, Actor, token
from workorders.models import WorkOrder
from workorders.states import OPEN, Level

DAYS = 30
SOON = dt.timedelta(hours=1)
Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WallPlace:
    """The district, or one street of it: whose wall it is."""

    letter: str
    pk: int
    code: str
    name: str
    district_id: int

    @property
    def is_district(self) -> bool:
        return self.letter == DISTRICT

    @property
    def token(self) -> str:
        return token(self.letter, self.pk)

    @property
    def street_id(self) -> int | None:
        return None if self.is_district else self.pk

    def rows(self) -> Q:
        """Orders, rollups and readings of the place."""
        return Q(district_id=self.pk) if self.is_district else Q(street_id=self.pk)


def wall_place(actor: Actor, code: str = "") -> WallPlace:
    """The place whose wall the actor asks for: a street by its code, else the widest that they see whole. One query.

    Raises NotAllowed for who sees no whole place, NotVisible for a street that is not theirs.
    """
    places = places_of(actor)
    if not places:
        raise NotAllowed
    if code or not (places.everywhere or places.districts):
        return _street(actor, code)
    districts = District.objects.order_by("code")
    if not places.everywhere:
        districts = districts.filter(pk__in=places.districts)
    found = districts.values_list("pk", "code", "short_name").first()
    if found is None:
        raise NotVisible
    return WallPlace(DISTRICT, found[0], found[1], found[2], found[0])


def _street(actor: Actor, code: str) -> WallPlace:
    places = places_of(actor)
    seen = Q() if places.everywhere else Q(pk__in=places.streets) | Q(district_id__in=places.districts)
    asked = Q(code=code) if code else Q(pk__in=places.streets)
    rows = Street.objects.filter(seen, asked).order_by("code")
    found = rows.values_list("pk", "code", "short_name", "district_id").first()
    if found is None:
        raise NotVisible
    return WallPlace(STREET, *found)


def walls_of(actor: Actor) -> list[tuple[str, str]]:
    """Code and name of the streets whose walls the actor may open. One query."""
    places = places_of(actor)
    seen = Q() if places.everywhere else Q(pk__in=places.streets) | Q(district_id__in=places.districts)
    return list(Street.objects.filter(seen).order_by("code").values_list("code", "short_name"))


# -- what was added up


@dataclass(frozen=True, slots=True)
class Month:
    """Sums by local day, of everything and of what grid workers found."""

    today: dt.date
    days: Mapping[dt.date, Sums]
    patrolled: Mapping[dt.date, Sums]

    def over(self, days: int, source: str = "") -> Sums:
        """The sums of the last ``days``, today included."""
        rows = self.patrolled if source else self.days
        total: dict[str, int] = defaultdict(int)
        for back in range(days):
            for name, number in rows.get(self.today - dt.timedelta(days=back), {}).items():
                total[name] += number
        return total

    def line(self, name: str, days: int) -> list[int]:
        """One sum, day by day, the oldest first."""
        first = self.today - dt.timedelta(days=days - 1)
        return [self.days.get(first + dt.timedelta(days=n), {}).get(name, 0) for n in range(days)]


def month_of(place: WallPlace, today: dt.date) -> Month:
    """The last thirty local days. One query over rollups of days."""
    rows = (
        Rollup.objects.filter(place.rows(), grain=DAY, day__gt=today - dt.timedelta(days=DAYS), day__lte=today)
        .filter(Q(dimension=ALL) | Q(dimension=SOURCE, value="grid_worker"))
        .order_by()
        .values_list("day", "dimension")
        .annotate(*(Sum(name) for name in NAMES))
    )
    found: dict[str, dict[dt.date, Sums]] = {ALL: {}, SOURCE: {}}
    for day, dimension, *sums in rows:
        found[dimension][day] = dict(zip(NAMES, sums, strict=True))
    return Month(today, found[ALL], found[SOURCE])


@dataclass(frozen=True, slots=True)
class ReadingSum:
    """A reading of the whole place."""

    at: dt.datetime
    day: dt.date
    reported: int
    registered: int
    closed: int
    escalated: int
    open: int
    overdue: int


def readings_of(place: WallPlace, since: dt.datetime) -> list[ReadingSum]:
    """What was written down of the place since then, oldest first. One query."""
    names = ("reported", "registered", "closed", "escalated", "open", "overdue")
    rows = (
        Reading.objects.filter(place.rows(), at__gte=since)
        .order_by("at", "day")
        .values_list("at", "day")
        .annotate(*(Sum(name) for name in names))
    )
    return [ReadingSum(*row) for row in rows]


# -- what is so now


@dataclass(slots=True)
class PlaceNow:
    """What is open in a street, or in a community of it. ``soon``: due within the hour."""

    name: str = ""
    code: str = ""
    open: int = 0
    late: int = 0
    soon: int = 0
    above: int = 0
    supervised: int = 0


def open_now(place: WallPlace, now: dt.datetime) -> list[PlaceNow]:
    """By street for the district, by community for a street, the unplaced without a name. One query, open orders."""
    part = "street" if place.is_district else "community"
    late = Q(due_at__lt=now)
    rows = (
        _open(place)
        .values_list(f"{part}__short_name", f"{part}__code")
        .annotate(
            Count("pk"),
            late=Count("pk", filter=late),
            soon=Count("pk", filter=~late & Q(due_at__lt=now + SOON)),
            above=Count("pk", filter=Q(level=Level.DISTRICT)),
            supervised=Count("pk", filter=Q(supervision_tier__gt=0)),
        )
    )
    return [PlaceNow(name or "", code or "", *numbers) for name, code, *numbers in rows]


@dataclass(slots=True)
class Hours:
    """Reports by the hour since yesterday's midnight, and how many yesterday had brought at this time of day."""

    by_hour: dict[dt.datetime, int] = field(default_factory=dict)
    yesterday: int = 0


def reported_hours(place: WallPlace, since: dt.datetime, now: dt.datetime) -> Hours:
    """One query over two days of reports."""
    rows = (
        WorkOrder.objects.filter(place.rows(), reported_at__gte=since)
        .order_by()
        .values_list(TruncHour("reported_at"))
        .annotate(Count("pk"), early=Count("pk", filter=Q(reported_at__lt=now - dt.timedelta(days=1))))
    )
    told = Hours()
    for hour, number, early in rows:
        told.by_hour[hour] = number
        told.yesterday += early
    return told


def pressing_keys(place: WallPlace, most: int) -> list[int]:
    """The open orders that fall due next or are overdue longest, by the index of what is open and due. One query."""
    return list(_open(place).exclude(due_at=None).order_by("due_at", "pk").values_list("pk", flat=True)[:most])


@dataclass(frozen=True, slots=True)
class HotGrid:
    """A grid with what waits in it. ``percent``: open orders over what its people usually bear."""

    code: str
    name: str
    open: int
    late: int
    new: int
    oldest: dt.datetime
    capacity: int
    percent: int


def hot_grids(place: WallPlace, now: dt.datetime) -> list[HotGrid]:
    """Grids in which something is open, the heaviest first. One query over open orders, two more once a minute."""
    late, new = Q(due_at__lt=now), Q(reported_at__gte=now - dt.timedelta(hours=1))
    rows = (
        _open(place)
        .filter(grid__isnull=False)
        .values_list("grid_id", "grid__code", "grid__name")
        .annotate(Count("pk"), late=Count("pk", filter=late), new=Count("pk", filter=new), oldest=Min("reported_at"))
    )
    bears = {each.grid_id: each.capacity for each in seen_bearings(SYSTEM)}
    found = []
    for pk, code, name, number, late_number, new_number, oldest in rows:
        borne = bears.get(pk, LEAST)
        found.append(HotGrid(code, name, number, late_number, new_number, oldest, borne, percent(number, borne)))
    return sorted(found, key=lambda each: (-each.percent, -each.open, each.code))


def _open(place: WallPlace) -> QuerySet[WorkOrder]:
    return WorkOrder.objects.filter(place.rows(), status__in=OPEN).order_by()
