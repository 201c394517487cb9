"""What the district's page shows: level shares, what was escalated and why, what is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dispatch.pages.decisions import Decisions, decisions
from dispatch.pages.joint import DAYS, Joint, StreetTime, counted_orders, joint_orders, street_times
from dispatch.pages.rises import MOST, Rise, note_on, rise_of, risen
from dispatch.selectors.commanding import accounts_of
from grids.models import Street
from insight.permissions import places_of
from insight.selectors import By, totals
from lianqin.kernel import clock
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.pages.lines import Row
from workorders.pages.queue import row_of, unit_name
from workorders.pages.tags import Text
from workorders.selectors import lines_of, overdue, visible_to
from workorders.states import OPEN, Level

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
class Board:
    district: str
    now: dt.datetime
    measures: tuple[Measure, ...]
    streets: tuple[StreetLine, ...]
    escalated: tuple[Rise, ...]
    escalated_note: str
    overdue: tuple[Row, ...]
    supervised: tuple[Row, ...] = ()
    decisions: Decisions | None = None
    joint: tuple[Joint, ...] = ()
    times: tuple[StreetTime, ...] = ()
    times_note: str = ""


def share(part: int, whole: int) -> str:
    """Two decimals, rounded half up, as the rule of the measures asks; a dash without a whole."""
    if not whole:
        return NONE
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def board(actor: Actor) -> Board:
    """Sixteen queries, two more where documents wait for a decision."""
    now = clock.now()
    seen = visible_to(actor)
    year, open_now = _this_year(actor, now), _open_now(seen, now)
    late = [pk for pk, level in _first(overdue(seen).order_by("due_at")) if level == Level.STREET]
    supervised = seen.filter(status__in=OPEN, supervision_tier__gt=0).order_by("-supervision_tier", "due_at")
    pressed = [pk for pk, _level in _first(supervised)]
    rises = risen(seen, now)
    keys = dict.fromkeys([*late, *pressed, *(event.order_id for event in rises)])
    orders = {order.pk: order for order in lines_of(list(keys))}
    street_of = counted_orders(seen, now)
    accounts = accounts_of([*street_of, *(event.order_id for event in rises)], now)
    return Board(
        district=unit_name(actor),
        now=now,
        measures=_measures(seen, now, year, open_now.values()),
        streets=_streets(open_now, year),
        escalated=tuple(
            rise_of(event, orders[event.order_id], now, accounts.get(event.order_id), actor) for event in rises
        ),
        escalated_note=note_on(len(rises)),
        overdue=tuple(row_of(orders[pk], now) for pk in late),
        supervised=tuple(row_of(orders[pk], now) for pk in pressed),
        decisions=decisions(actor, now),
        joint=joint_orders(seen, now),
        times=street_times(accounts, street_of, dict(Street.objects.values_list("pk", "short_name"))),
        times_note=_("最近 %(days)d 天到过区级的最新 %(number)d 件，街道与区级分开计时")
        % {"days": DAYS, "number": len(street_of)},
    )


def _first(orders: QuerySet[WorkOrder]) -> list[tuple[int, str]]:
    """Keys and levels; the names are read for all lists at once. One query."""
    return list(orders.values_list("pk", "level")[:MOST])


@dataclass(slots=True)
class OpenNow:
    """What is open, of it past its due, with the district, and supervised; ``top`` by the highest tier."""

    open: int = 0
    late: int = 0
    above: int = 0
    late_above: int = 0
    supervised: int = 0
    top: int = 0


def _open_now(seen: QuerySet[WorkOrder], now: dt.datetime) -> dict[int | None, OpenNow]:
    """By street. One query, over open orders only."""
    late, above = Q(due_at__lt=now), Q(level=Level.DISTRICT)
    counted = (
        seen.filter(status__in=OPEN)
        .order_by()
        .values_list("street_id")
        .annotate(
            Count("pk"),
            late=Count("pk", filter=late),
            above=Count("pk", filter=above),
            late_above=Count("pk", filter=late & above),
            supervised=Count("pk", filter=Q(supervision_tier__gt=0)),
            top=Count("pk", filter=Q(supervision_tier__gte=3)),
        )
    )
    return {street_id: OpenNow(*numbers) for street_id, *numbers in counted}


def _streets(open_now: Mapping[int | None, OpenNow], year: Mapping[str, Mapping[str, int]]) -> tuple[StreetLine, ...]:
    """What is open now was counted, what the year brought was added up."""
    lines = []
    for pk, code, name in Street.objects.order_by("code").values_list("pk", "code", "name"):
        here, told = open_now.get(pk, OpenNow()), year.get(code, {})
        total, first = _two_levels(told)
        if not (total or here.open):
            continue
        line = StreetLine(
            name=name,
            url=f"{reverse('workorders:queue')}?tab=all&street={code}",
            percent=round(first * 100 / total, 2) if total else 0,
            share=f"{share(first, total)}%" if total else NONE,
            total=total,
            open=here.open,
            escalated=told.get("timed_out", 0),
            overdue=here.late,
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


def _measures(
    seen: QuerySet[WorkOrder],
    now: dt.datetime,
    year: Mapping[str, Mapping[str, int]],
    open_now: Collection[OpenNow],
) -> tuple[Measure, ...]:
    """One query: what was reported today, and yesterday until this hour."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = midnight - dt.timedelta(days=1)
    # One range: asked as two, the whole table would be read.
    number = (
        seen.filter(reported_at__gte=yesterday)
        .order_by()
        .aggregate(
            today=Count("pk", filter=Q(reported_at__gte=midnight)),
            yesterday=Count("pk", filter=Q(reported_at__lt=now - dt.timedelta(days=1))),
        )
    )
    for name in ("late", "late_above", "above", "supervised", "top"):
        number[name] = sum(getattr(street, name) for street in open_now)
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
            _("目标 80%，本年累计"),
            "layers-intersect",
            _("最高只到街道的工单 ÷ 本年立案工单"),
        ),
        Measure(
            _("区级在办"),
            f"{number['above']:,}",
            _("件"),
            _("未结案，现在区级"),
            "building-bank",
            _("现在区级且未结束的工单"),
        ),
        Measure(
            _("现已超时"),
            f"{number['late']:,}",
            _("件"),
            _("区级 %(above)d 件，街道 %(street)d 件")
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
