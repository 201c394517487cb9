"""Narrow a list of orders by its query string; several values by repeating a name or by commas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from workorders.errors import Invalid
from workorders.models import Assignment, WorkOrder
from workorders.models.orders import Source, Urgency
from workorders.selectors import overdue, queue_of, search, visible_to
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


def _of_unit(codes: list[str]) -> Q:
    """Orders that a unit holds or has, or had, a part in."""
    part = Assignment.objects.filter(order=OuterRef("pk"), unit__code__in=codes)
    return Q(holder__code__in=codes) | Q(Exists(part))


BY_VALUES: Mapping[str, Callable[[list[str]], Q]] = {
    "status": lambda values: Q(status__in=values),
    "level": lambda values: Q(level__in=values),
    "source": lambda values: Q(source__in=values),
    "urgency": lambda values: Q(urgency__in=values),
    "street": lambda values: Q(street__code__in=values),
    "community": lambda values: Q(community__code__in=values),
    "grid": lambda values: Q(grid__code__in=values),
    "category": lambda values: Q(category__code__in=values) | Q(category__parent__code__in=values),
    "unit": _of_unit,
}
IN_TIME = Q(due_at=None) | Q(due_at__gte=Now()) | ~Q(status__in=OPEN)
DESCRIPTIONS: Mapping[str, str] = {
    "street": "codes",
    "community": "codes",
    "grid": "codes",
    "category": "codes; a class includes its leaves",
    "unit": "codes of units that hold the order or have or had a part in it",
}
PARAMETERS = [
    *(
        OpenApiParameter(
            name,
            {"type": "array", "items": {"type": "string", **({"enum": CHOICES[name]} if name in CHOICES else {})}},
            explode=False,
            style="form",
            description=DESCRIPTIONS.get(name, ""),
        )
        for name in BY_VALUES
    ),
    OpenApiParameter("overdue", OpenApiTypes.BOOL, description="open and past its due, or not"),
    OpenApiParameter("on_site", OpenApiTypes.BOOL),
    OpenApiParameter("created_after", OpenApiTypes.DATETIME, description="reported then or later; a date will do"),
    OpenApiParameter("created_before", OpenApiTypes.DATETIME, description="reported earlier; a date will do"),
    OpenApiParameter("q", str, description="in number, title, address and description; Chinese by pairs of characters"),
    OpenApiParameter("queue", {"type": "string", "enum": ["mine"]}, description="what waits for the caller's units"),
]


def filtered(actor: Actor, query: QueryDict) -> QuerySet[WorkOrder]:
    """The orders that the actor sees, narrowed. Raises Invalid, naming every parameter that cannot be read."""
    faults: dict[str, list[str]] = {}
    orders = _base(actor, query, faults)
    for name, condition in BY_VALUES.items():
        values = _values(query, name, faults)
        if values:
            orders = orders.filter(condition(values))
    late, on_site = _flag(query, "overdue", faults), _flag(query, "on_site", faults)
    if late is not None:
        orders = overdue(orders) if late else orders.filter(IN_TIME)
    if on_site is not None:
        orders = orders.filter(on_site=on_site)
    for name, lookup in (("created_after", "reported_at__gte"), ("created_before", "reported_at__lt")):
        moment = _moment(query, name, faults)
        if moment is not None:
            orders = orders.filter(**{lookup: moment})
    text = _text(query, faults)
    if faults:
        raise Invalid(fields=faults)
    return search(orders, text) if text else orders


def _base(actor: Actor, query: QueryDict, faults: dict[str, list[str]]) -> QuerySet[WorkOrder]:
    queue = query.get("queue", "")
    if queue not in ("", "mine"):
        faults["queue"] = [_("只能是 mine")]
    return queue_of(actor) if queue == "mine" else visible_to(actor)


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
        faults[name] = [_("应为日期或时间, 如 2026-12-31 或 2026-12-31T09:00:00+08:00")]
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _text(query: QueryDict, faults: dict[str, list[str]]) -> str:
    text = query.get("q", "").replace("\x00", "").strip()
    if len(text) > LONGEST_SEARCH:
        faults["q"] = [_("最多 %(most)d 个字") % {"most": LONGEST_SEARCH}]
    return text
