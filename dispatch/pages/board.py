"""What the district's page shows: level shares, what was escalated and why, what is overdue."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Prefetch, Q, QuerySet, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grids.models import Street
from insight.permissions import places_of
from insight.selectors import By, totals
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Event, EventText, WorkOrder
from workorders.models.events import RISES
from workorders.pages.lines import Row
from workorders.pages.queue import row_of, unit_name
from workorders.pages.sentences import NO_NAMES, SENTENCES, Names
from workorders.pages.tags import Tag, Text, Tone
from workorders.pages.words import TIERS
from workorders.selectors import overdue, visible_to, with_names
from workorders.states import OPEN, Level

DAYS = 7
MOST = 60
# What stands where there is nothing to divide by.
NONE = "\u2013"


@dataclass(frozen=True, slots=True)
class Measure:
    label: Text
    value: str
    unit: Text
    note: Text
    icon: str
    definition: Text
    tone: str = ""


@dataclass(frozen=True, slots=True)
class StreetLine:
    name: str
    url: str
    percent: float
    share: str
    total: int
    open: int
    escalated: int
    overdue: int

    @property
    def rest(self) -> float:
        return 100 - self.percent if self.total else 0


@dataclass(frozen=True, slots=True)
class Rise:
    """An order that came up, and why."""

    row: Row
    street: str
    why: str
    reason: str
    at: dt.datetime
    by_clock: bool
    tier: Tag | None


@dataclass(frozen=True, slots=True)
class Board:
    district: str
    now: dt.datetime
    measures: tuple[Measure, ...]
    streets: tuple[StreetLine, ...]
    escalated: tuple[Rise, ...]
    escalated_note: str
    overdue: tuple[Row, ...]
    supervised: tuple[Row, ...] = ()


def share(part: int, whole: int) -> str:
    """Two decimals, rounded half up, as the rule of the measures asks; a dash without a whole."""
    if not whole:
        return NONE
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def board(actor: Actor) -> Board:
    """About ten queries."""
    now = clock.now()
    seen = visible_to(actor)
    year = _this_year(actor, now)
    lines = _streets(seen, now, year)
    late = with_names(overdue(seen)).order_by("due_at")[:MOST]
    late_rows = list(late)
    rises = _rises(seen, now)
    return Board(
        district=unit_name(actor),
        now=now,
        measures=_measures(seen, now, year),
        streets=lines,
        escalated=tuple(rises),
        escalated_note=_note(len(rises)),
        overdue=tuple(row_of(order, now) for order in late_rows if order.level == Level.STREET),
        supervised=tuple(
            row_of(order, now)
            for order in with_names(seen.filter(status__in=OPEN, supervision_tier__gt=0)).order_by(
                "-supervision_tier", "due_at"
            )[:MOST]
        ),
    )


def _note(number: int) -> str:
    words = _("最近 %(days)d 天, 最新 %(number)d 件") if number >= MOST else _("最近 %(days)d 天 %(number)d 件")
    return words % {"days": DAYS, "number": number}


def _streets(
    seen: QuerySet[WorkOrder], now: dt.datetime, year: Mapping[str, Mapping[str, int]]
) -> tuple[StreetLine, ...]:
    """What is open now is counted, what the year brought was added up."""
    open_now = {
        row["street_id"]: row
        for row in seen.filter(status__in=OPEN)
        .order_by()
        .values("street_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    }
    nothing = {"open": 0, "late": 0}
    lines = []
    for street in Street.objects.defer("boundary").order_by("code"):
        here, told = open_now.get(street.pk, nothing), year.get(street.code, {})
        total, first = _two_levels(told)
        if not (total or here["open"]):
            continue
        line = StreetLine(
            name=street.name,
            url=f"{reverse('workorders:queue')}?tab=all&street={street.code}",
            percent=round(first * 100 / total, 2) if total else 0,
            share=f"{share(first, total)}%" if total else NONE,
            total=total,
            open=here["open"],
            escalated=told.get("timed_out", 0),
            overdue=here["late"],
        )
        lines.append(line)
    return tuple(lines)


def _this_year(actor: Actor, now: dt.datetime) -> Mapping[str, Mapping[str, int]]:
    """Sums by the code of the street; nothing for who sees no whole place."""
    if not places_of(actor):
        return {}
    today = timezone.localtime(now).date()
    found = totals(actor, since=today.replace(month=1, day=1), until=today + dt.timedelta(days=1), by=By.STREET)
    return {line.key: line.sums for line in found.lines}


def _two_levels(told: Mapping[str, int]) -> tuple[int, int]:
    """How many orders were registered, and how many of them stayed with the street."""
    registered = told.get("registered", 0) - told.get("unregistered", 0)
    return registered, max(0, registered - told.get("first_escalated", 0))


def _rises(seen: QuerySet[WorkOrder], now: dt.datetime) -> list[Rise]:
    """The last rise of every order that came up within the days shown. Four queries."""
    since = now - dt.timedelta(days=DAYS)
    events = Event.objects.filter(kind__in=RISES, at__gte=since, order__in=seen.filter(highest_level=Level.DISTRICT))
    found: dict[int, Event] = {}
    for event in events.order_by("-at")[: MOST * 3]:
        if json.loads(event.body)["changes"]["order"].get("level") == Level.DISTRICT:
            found.setdefault(event.order_id, event)
    picked = list(found.values())[:MOST]
    # Named with their orders, the texts are looked for in the partitions of these alone.
    texts = EventText.objects.filter(order__in=[event.order_id for event in picked])
    prefetch_related_objects(picked, Prefetch("texts", texts))
    orders = with_names(seen).in_bulk([event.order_id for event in picked])
    return [_rise(event, orders[event.order_id], now) for event in picked if event.order_id in orders]


def _rise(event: Event, order: WorkOrder, now: dt.datetime) -> Rise:
    by_clock = event.user_id is None
    texts = {text.field: text.text for text in event.texts.all()}
    tone: Tone = "critical"
    tier = Tag(TIERS[min(order.supervision_tier, 3)], tone) if order.supervision_tier else None
    return Rise(
        row=row_of(order, now),
        street=str(order.street) if order.street else _("位置待确定"),
        why=SENTENCES[event.kind](json.loads(event.body)["data"], Names(NO_NAMES))
        if event.kind in SENTENCES
        else _("再次更正位置"),
        reason="" if by_clock else texts.get("reason", ""),
        at=event.at,
        by_clock=by_clock,
        tier=tier,
    )


def _measures(
    seen: QuerySet[WorkOrder], now: dt.datetime, year: Mapping[str, Mapping[str, int]]
) -> tuple[Measure, ...]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - dt.timedelta(days=1)
    number = seen.filter(reported_at__gte=yesterday).order_by().aggregate(
        today=Count("pk", filter=Q(reported_at__gte=midnight)),
        yesterday=Count("pk", filter=Q(reported_at__lt=now - dt.timedelta(days=1))),
    ) | seen.filter(status__in=OPEN).order_by().aggregate(
        district=Count("pk", filter=Q(level=Level.DISTRICT)),
        late=Count("pk", filter=Q(due_at__lt=now)),
        late_above=Count("pk", filter=Q(due_at__lt=now, level=Level.DISTRICT)),
        supervised=Count("pk", filter=Q(supervision_tier__gt=0)),
        top=Count("pk", filter=Q(supervision_tier__gte=3)),
    )
    both = [_two_levels(told) for told in year.values()]
    number["registered"], number["first"] = (sum(column) for column in zip(*both, strict=True)) if both else (0, 0)
    return (
        Measure(
            _("今日上报"),
            f"{number['today']:,}",
            _("件"),
            _("昨日同期 %d 件") % number["yesterday"],
            "inbox",
            _("今日零时起上报的工单"),
        ),
        Measure(
            _("一级处置占比"),
            share(number["first"], number["registered"]),
            "%" if number["registered"] else "",
            _("目标 80%, 本年累计"),
            "layers-intersect",
            _("最高只到街道的工单 ÷ 本年立案工单"),
        ),
        Measure(
            _("区级在办"),
            f"{number['district']:,}",
            _("件"),
            _("未结案, 现在区级"),
            "building-bank",
            _("现在区级且未结束的工单"),
        ),
        Measure(
            _("现已超时"),
            f"{number['late']:,}",
            _("件"),
            _("区级 %(above)d 件, 街道 %(street)d 件")
            % {"above": number["late_above"], "street": number["late"] - number["late_above"]},
            "alarm",
            _("主时限已过而未结束的工单"),
            "critical" if number["late"] else "",
        ),
        Measure(
            _("督办中"),
            f"{number['supervised']:,}",
            _("件"),
            _("其中三级 %d 件") % number["top"],
            "speakerphone",
            _("已发出督办且未结束的工单"),
        ),
    )
