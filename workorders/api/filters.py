"""Narrow a list of orders by its query string; several values by repeating a name or by commas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from catalogue.selectors import matters_of
from grids.models import Community, Division, Grid, Street, Unit
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from workorders.errors import Invalid
from workorders.models.orders import Source, Urgency
from workorders.selectors import Wanted, sought
from workorders.selectors.finding import WALK, first_id_after
from workorders.selectors.words import ON_SITE, Group, group
from workorders.states import OPEN, Level, Status

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_VALUES = 50
LONGEST_SEARCH = 100
YES, NO = ("1", "true", "yes"), ("0", "false", "no")
CHOICES: Mapping[str, list[str]] = {
    "status": list(Status.values),
    "level": list(Level.values),
    "source": list(Source.values),
    "urgency": list(Urgency.values),
}


# Names of codes, and the column that has what they stand for.
PLACES: Mapping[str, tuple[type[Division], str]] = {
    "street": (Street, "street_id"),
    "community": (Community, "community_id"),
    "grid": (Grid, "grid_id"),
}
NAMES = (*CHOICES, *PLACES, "category", "unit")
IN_TIME = Q(due_at=None) | Q(due_at__gte=Now()) | ~Q(status__in=OPEN)
# What the index of words has; a grid has fewer orders than that would have to look through.
WORDS = (*CHOICES, "street", "community", "category")
DESCRIPTIONS: Mapping[str, str] = {
    "street": "codes",
    "community": "codes",
    "grid": "codes",
    "category": "codes; a class includes its leaves",
    "unit": "codes of units that hold the order or have or had a part in it",
}
SEARCH = (
    "words in number, title, address and description, all of them; a word of one character is looked for among the"
    f" newest {WALK:,} orders that the caller sees"
)
PARAMETERS = [
    *(
        OpenApiParameter(
            name,
            {"type": "array", "items": {"type": "string", **({"enum": CHOICES[name]} if name in CHOICES else {})}},
            explode=False,
            style="form",
            description=DESCRIPTIONS.get(name, ""),
        )
        for name in NAMES
    ),
    OpenApiParameter("overdue", OpenApiTypes.BOOL, description="open and past its due, or not"),
    OpenApiParameter("on_site", OpenApiTypes.BOOL),
    OpenApiParameter("created_after", OpenApiTypes.DATETIME, description="reported then or later; a date will do"),
    OpenApiParameter("created_before", OpenApiTypes.DATETIME, description="reported earlier; a date will do"),
    OpenApiParameter("q", str, description=SEARCH),
    OpenApiParameter("queue", {"type": "string", "enum": ["mine"]}, description="what waits for the caller's units"),
]


@dataclass
class _Asked:
    """What the query string says so far, and what of it cannot be read."""

    where: Q = field(default_factory=Q)
    words: tuple[Group, ...] = ()
    is_open: bool = False
    below: int | None = None
    faults: dict[str, list[str]] = field(default_factory=dict)

    def one_of(self, name: str, column: str, values: Sequence[str | int]) -> None:
        self.where &= Q(**{f"{column}__in": values})
        if name in WORDS:
            self.words += group(name, values)


def wanted(actor: Actor, query: QueryDict) -> Wanted:
    """What the query string asks of a list. Raises Invalid, naming every parameter that cannot be read.

    One query for each kind of code that it names.
    """
    asked = _Asked()
    if query.get("queue", "") not in ("", "mine"):
        asked.faults["queue"] = [_("只能是 mine")]
    _ask_values(asked, query)
    unit_codes = _values(query, "unit", asked.faults)
    _ask_flags(asked, query)
    _ask_times(asked, query)
    text = _text(query, asked.faults)
    if asked.faults:
        raise Invalid(fields=asked.faults)
    units = Unit.objects.filter(code__in=unit_codes).values_list("pk", flat=True) if unit_codes else None
    return Wanted(
        actor=actor,
        where=asked.where,
        words=asked.words,
        unit_ids=None if units is None else tuple(units),
        sought=sought(text),
        below=asked.below,
        is_open=asked.is_open,
        is_queue=query.get("queue") == "mine",
    )


def _ask_values(asked: _Asked, query: QueryDict) -> None:
    for name in CHOICES:
        values = _values(query, name, asked.faults)
        if values:
            asked.one_of(name, name, values)
            asked.is_open |= name == "status" and set(values) <= set(OPEN)
    for name, (model, column) in PLACES.items():
        codes = _values(query, name, asked.faults)
        if codes:
            asked.one_of(name, column, list(model._default_manager.filter(code__in=codes).values_list("pk", flat=True)))
    codes = _values(query, "category", asked.faults)
    if codes:
        asked.one_of("category", "category_id", matters_of(codes))


def _ask_flags(asked: _Asked, query: QueryDict) -> None:
    late, on_site = _flag(query, "overdue", asked.faults), _flag(query, "on_site", asked.faults)
    if late is not None:
        asked.where &= Q(status__in=OPEN, due_at__lt=Now()) if late else IN_TIME
        asked.is_open |= late
    if on_site is not None:
        asked.where &= Q(on_site=on_site)
        asked.words += ((ON_SITE,),) if on_site else ()


def _ask_times(asked: _Asked, query: QueryDict) -> None:
    after, before = _moment(query, "created_after", asked.faults), _moment(query, "created_before", asked.faults)
    if after is not None:
        asked.where &= Q(reported_at__gte=after)
    if before is not None:
        asked.where &= Q(reported_at__lt=before)
        asked.below = first_id_after(before)


def _values(query: QueryDict, name: str, faults: dict[str, list[str]]) -> list[str]:
    values = [part.strip() for entry in query.getlist(name) for part in entry.split(",") if part.strip()]
    unknown = [value for value in values if name in CHOICES and value not in CHOICES[name]]
    if unknown:
        faults[name] = [_("没有这个取值: %(value)s") % {"value": "、".join(unknown)[:100]}]
    if len(values) > MOST_VALUES or any("\x00" in value for value in values):
        faults[name] = [_("最多 %(most)d 个取值") % {"most": MOST_VALUES}]
    return values


def _flag(query: QueryDict, name: str, faults: dict[str, list[str]]) -> bool | None:
    value = query.get(name, "").lower()
    if value and value not in YES + NO:
        faults[name] = [_("应为 true 或 false")]
    return None if not value else value in YES


def _moment(query: QueryDict, name: str, faults: dict[str, list[str]]) -> dt.datetime | None:
    """A moment, or the local day that begins with it; without a zone it is Shanghai's."""
    value = query.get(name, "").replace(" ", "+") if "T" in query.get(name, "") else query.get(name, "")
    if not value:
        return None
    try:
        day = parse_date(value)
        moment = dt.datetime.combine(day, dt.time()) if day else parse_datetime(value)
    except ValueError:
        moment = None
    if moment is None or not 2000 <= moment.year < 2200:
        faults[name] = [_("应为日期或时间，如 2026-12-31 或 2026-12-31T09:00:00+08:00")]
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _text(query: QueryDict, faults: dict[str, list[str]]) -> str:
    text = query.get("q", "").replace("\x00", "").strip()
    if len(text) > LONGEST_SEARCH:
        faults["q"] = [_("最多 %(most)d 个字") % {"most": LONGEST_SEARCH}]
    return text
