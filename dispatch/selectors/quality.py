"""Where suggestions are not followed, and which rules do not hold: so that the list improves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from catalogue.models import Responsibility
from dispatch.errors import NotAllowed, NotVisible
from dispatch.rules.quality import Quality, quality_of
from grids.models import Street
from insight.permissions import Places, places_of
from insight.selectors import By, Totals, totals
from lianqin.kernel.actors import Actor
from workorders.models import Assignment
from workorders.rules.corrections import Correction
from workorders.rules.months import ids_of, later, month_at
from workorders.states import AssignmentStatus, Role

SHANGHAI = ZoneInfo("Asia/Shanghai")
# Orders carry their month in their ids: those reported so many months before are looked at, too.
MONTHS_BEFORE = 3
MOST_RULES = 100


@dataclass(frozen=True, slots=True)
class Period:
    """Local days, the last included, of one street (code) or of all that the actor sees."""

    first: dt.date
    last: dt.date
    street: str = ""

    @property
    def until(self) -> dt.date:
        return self.last + dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Named:
    key: str
    name: str
    quality: Quality


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule of a version of the list. ``reasons``: how often which reason was given for another department.

    ``came_back``: it was followed, and the department returned the order.
    """

    version: int | None
    number: str
    text: str
    suggested: int
    followed: int
    corrected: int
    came_back: int
    reasons: Mapping[str, int]

    @property
    def wants_a_look(self) -> bool:
        return bool(self.corrected or self.came_back)

    @property
    def quality(self) -> Quality:
        return Quality(self.suggested, self.came_back, self.suggested, self.followed, self.corrected)


def dispatch_quality(actor: Actor, asked: Period, by: By) -> tuple[Quality, tuple[Named, ...]]:
    """All dispatches of the time and their lines by street or class, from the totals. Three statements at most."""
    found: Totals = totals(actor, since=asked.first, until=asked.until, by=by, street=asked.street)
    lines = (Named(line.key, line.name, quality_of(line.sums)) for line in found.lines)
    return quality_of(found.total), tuple(line for line in lines if line.quality.dispatched)


def rule_quality(actor: Actor, asked: Period) -> tuple[RuleLine, ...]:
    """The rules that were suggested, those most often corrected or come back first. Three statements."""
    counted = {f"why_{each}": Count("pk", filter=Q(correction=each)) for each in Correction.values}
    rows = (
        _suggested(actor, asked)
        .values("list_version", "suggested_rule")
        .annotate(
            suggested=Count("pk", filter=Q(followed__isnull=False)),
            kept=Count("pk", filter=Q(followed=True)),
            corrected=Count("pk", filter=Q(followed=False)),
            came_back=Count("pk", filter=Q(followed=True) & _came_back()),
            **counted,
        )
        .order_by("-corrected", "-came_back", "-suggested", "list_version", "suggested_rule")[:MOST_RULES]
    )
    listed: list[dict[str, Any]] = [dict(row) for row in rows]
    texts = _texts({(row["list_version"], row["suggested_rule"]) for row in listed})
    return tuple(
        RuleLine(
            version=row["list_version"],
            number=row["suggested_rule"],
            text=texts.get((row["list_version"], row["suggested_rule"]), ""),
            suggested=row["suggested"],
            followed=row["kept"],
            corrected=row["corrected"],
            came_back=row["came_back"],
            reasons={each: row[f"why_{each}"] for each in Correction.values if row[f"why_{each}"]},
        )
        for row in listed
    )


def corrections(actor: Actor, asked: Period, *, rule: str = "", reason: str = "") -> QuerySet[Assignment]:
    """Dispatches to another department than the one suggested, newest first; what they need is loaded."""
    found = _suggested(actor, asked).filter(followed=False)
    if rule:
        found = found.filter(suggested_rule=rule)
    if reason:
        found = found.filter(correction=reason)
    rows = found.select_related("order__text", "order__category", "order__street", "unit", "suggested_unit")
    return rows.defer("order__street__boundary").order_by("-dispatched_at", "-pk")


def reason_words(line: RuleLine) -> str:
    """The reasons given, in words."""
    labels = dict(Correction.choices)
    told = [_("%(reason)s %(number)d 次") % {"reason": labels[key], "number": n} for key, n in line.reasons.items()]
    silent = line.corrected - sum(line.reasons.values())
    return "，".join([*told, _("未写原因 %d 次") % silent] if silent else told)


def _suggested(actor: Actor, asked: Period) -> QuerySet[Assignment]:
    """Lead parts that were dispatched in the time and for which somebody was suggested, in the actor's places."""
    places = places_of(actor)
    if not places:
        raise NotAllowed
    begins = dt.datetime.combine(asked.first, dt.time(), SHANGHAI)
    first, _end = ids_of(later(month_at(begins), -MONTHS_BEFORE))
    found = Assignment.objects.filter(
        order_id__gte=first, role=Role.LEAD, suggested_unit__isnull=False, dispatched_at__gte=begins,
        dispatched_at__lt=dt.datetime.combine(asked.until, dt.time(), SHANGHAI),
    )  # fmt: skip
    return found.filter(_where(places, asked.street))


def _where(places: Places, street: str) -> Q:
    if street:
        found = Street.objects.filter(code=street).values_list("pk", "district_id").first()
        if found is None or not (places.everywhere or found[0] in places.streets or found[1] in places.districts):
            raise NotVisible
        return Q(order__street=found[0])
    if places.everywhere:
        return Q()
    return Q(order__district__in=places.districts) | Q(order__street__in=places.streets)


def _came_back() -> Q:
    """Returned by the department itself, and no arbitration gave it back to them."""
    again = Assignment.objects.filter(
        order=OuterRef("order"), unit=OuterRef("unit"), role=Role.LEAD, binding=True, pk__gt=OuterRef("pk")
    )
    return Q(status=AssignmentStatus.RETURNED, finished_by__isnull=False) & ~Q(Exists(again))


def _texts(rules: set[tuple[int | None, str]]) -> dict[tuple[int | None, str], str]:
    """What the lines say. One statement."""
    versions = {version for version, _number in rules if version is not None}
    rows = Responsibility.objects.filter(version__number__in=versions, code__in={number for _version, number in rules})
    return {(version, code): name for version, code, name in rows.values_list("version__number", "code", "name")}
