"""What the district's page shows: level shares, what was escalated and why, what is overdue."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grids.models import Membership, Role, Street, Unit, UnitKind
from grids.selectors import memberships_in_force
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import Event, WorkOrder
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
RISES = ("escalate", "register_to_district", "rework", "relocate", "contest")


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


@dataclass(frozen=True, slots=True)
class DutyUnit:
    name: str
    level: str
    phone: str
    people: str
    open: int
    overdue: int


def share(part: int, whole: int) -> str:
    """Two decimals, rounded half up, as the rule of the measures asks; a dash without a whole."""
    if not whole:
        return NONE
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def board(actor: Actor) -> Board:
    """About ten queries."""
    now = clock.now()
    seen = visible_to(actor)
    lines = _streets(seen, now)
    late = with_names(overdue(seen)).order_by("due_at")[:MOST]
    late_rows = list(late)
    rises = _rises(seen, now)
    return Board(
        district=unit_name(actor),
        now=now,
        measures=_measures(seen, now, lines, late_rows),
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


def _streets(seen: QuerySet[WorkOrder], now: dt.datetime) -> tuple[StreetLine, ...]:
    risen = Event.objects.filter(order=OuterRef("pk"), kind="escalate", user_id=None)
    counted = {
        row["street_id"]: row
        for row in seen.order_by()
        .values("street_id")
        .annotate(
            total=Count("pk", filter=Q(registered_at__isnull=False)),
            first=Count("pk", filter=Q(registered_at__isnull=False, highest_level=Level.STREET)),
            open=Count("pk", filter=Q(status__in=OPEN)),
            late=Count("pk", filter=Q(status__in=OPEN, due_at__lt=now)),
            timed_out=Count("pk", filter=Exists(risen)),
        )
    }
    return tuple(
        StreetLine(
            name=street.name,
            url=f"{reverse('workorders:queue')}?tab=all&street={street.code}",
            percent=round(row["first"] * 100 / row["total"], 2) if row["total"] else 0,
            share=f"{share(row['first'], row['total'])}%" if row["total"] else NONE,
            total=row["total"],
            open=row["open"],
            escalated=row["timed_out"],
            overdue=row["late"],
        )
        for street in Street.objects.defer("boundary").order_by("code")
        if (row := counted.get(street.pk)) is not None
    )


def _rises(seen: QuerySet[WorkOrder], now: dt.datetime) -> list[Rise]:
    """The last rise of every order that came up within the days shown. Four queries."""
    since = now - dt.timedelta(days=DAYS)
    events = Event.objects.filter(kind__in=RISES, at__gte=since, order__in=seen.filter(highest_level=Level.DISTRICT))
    found: dict[int, Event] = {}
    for event in events.order_by("-at").prefetch_related("texts")[: MOST * 3]:
        if json.loads(event.body)["changes"]["order"].get("level") == Level.DISTRICT:
            found.setdefault(event.order_id, event)
    picked = list(found.values())[:MOST]
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
    seen: QuerySet[WorkOrder], now: dt.datetime, lines: Iterable[StreetLine], late: list[WorkOrder]
) -> tuple[Measure, ...]:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    year = midnight.replace(month=1, day=1)
    number = seen.order_by().aggregate(
        today=Count("pk", filter=Q(reported_at__gte=midnight)),
        yesterday=Count(
            "pk", filter=Q(reported_at__gte=midnight - dt.timedelta(days=1), reported_at__lt=now - dt.timedelta(days=1))
        ),
        registered=Count("pk", filter=Q(registered_at__gte=year)),
        first=Count("pk", filter=Q(registered_at__gte=year, highest_level=Level.STREET)),
        district=Count("pk", filter=Q(status__in=OPEN, level=Level.DISTRICT)),
        late=Count("pk", filter=Q(status__in=OPEN, due_at__lt=now)),
        late_above=Count("pk", filter=Q(status__in=OPEN, due_at__lt=now, level=Level.DISTRICT)),
        supervised=Count("pk", filter=Q(status__in=OPEN, supervision_tier__gt=0)),
        top=Count("pk", filter=Q(status__in=OPEN, supervision_tier__gte=3)),
    )
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


def duty() -> tuple[DutyUnit, ...]:
    """Centres that answer day and night. Three queries."""
    now = clock.now()
    units = Unit.objects.filter(kind__in=(UnitKind.COMMAND_CENTER, UnitKind.SUB_CENTER), active=True).order_by(
        "kind", "code"
    )
    people: dict[int | None, list[str]] = {}
    dispatchers: QuerySet[Membership] = memberships_in_force().filter(
        role__in=(Role.DISTRICT_DISPATCHER, Role.STREET_DISPATCHER)
    )
    for post in dispatchers.select_related("user"):
        people.setdefault(post.unit_id, []).append(post.user.full_name)
    counted = {
        row["holder_id"]: row
        for row in WorkOrder.objects.filter(status__in=OPEN)
        .order_by()
        .values("holder_id")
        .annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=now)))
    }
    nothing = {"open": 0, "late": 0}
    return tuple(
        DutyUnit(
            name=unit.name,
            level=unit.get_level_display(),
            phone=unit.phone,
            people="、".join(people.get(unit.pk, [])[:4]),
            open=counted.get(unit.pk, nothing)["open"],
            overdue=counted.get(unit.pk, nothing)["late"],
        )
        for unit in units
    )
