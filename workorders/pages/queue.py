"""The queue of a unit: tabs with counts, filters, lines by remaining time, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.selectors import category_tree, matters_of
from grids.models import Community, Street, Unit
from lianqin.kernel import clock as database_clock
from lianqin.kernel.actors import Actor
from lianqin.kernel.clock import Now
from lianqin.kernel.numbers import whole
from workorders.models import WorkOrder
from workorders.models.orders import Source
from workorders.pages.clocks import press, pressing, row_clock
from workorders.pages.lines import Filter, Option, Queue, Row
from workorders.pages.marks import level_tag, status_tag, urgency_tag
from workorders.permissions import holds
from workorders.selectors import Wanted, lines_of, newest, queue_of, sought, total, visible_to
from workorders.selectors.counting import MOST
from workorders.selectors.words import Group, group
from workorders.states import OPEN, Status

PAGE = 50
# Tabs in the order of the work; dispatched orders are already in somebody's hands.
TABS: Mapping[str, tuple[str, ...]] = {
    "reported": (Status.REPORTED,),
    "registered": (Status.REGISTERED,),
    "handling": (Status.DISPATCHED, Status.HANDLING),
    "submitted": (Status.SUBMITTED,),
}
# What is done with several lines of a tab in one go.
BATCHES: Mapping[str, Literal["verify", "dispatch"]] = {
    "reported": "dispatch",
    "registered": "dispatch",
    "submitted": "verify",
}
FILTERS = ("category", "street", "community", "source", "sort")
ALL = "all"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for."""

    tab: str = ""
    q: str = ""
    page: int = 1
    category: str = ""
    street: str = ""
    community: str = ""
    source: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wish:
        chosen = {name: query.get(name, "")[:80] for name in ("tab", "q", *FILTERS)}
        return cls(page=whole(query.get("page"), 6) or 1, **chosen)

    def url(self, **changes: str | int) -> str:
        known = {name: getattr(self, name) for name in ("tab", "q", *FILTERS)} | changes
        asked = urlencode({name: value for name, value in known.items() if value not in ("", None)})
        base = reverse("workorders:queue")
        return f"{base}?{asked}" if asked else base

    @property
    def is_filtered(self) -> bool:
        return any((self.category, self.street, self.community, self.source))


def queue(actor: Actor, wish: Wish, selected: str = "", now: dt.datetime | None = None) -> Queue:
    """Four to nine queries. A search and 全部 look at everything visible, other tabs at what waits for the actor."""
    now = now or database_clock.now()
    everywhere = wish.tab == ALL or bool(wish.q)
    wanted = _wanted(actor, wish, everywhere)
    mine = queue_of(actor)
    counts, waiting = _counts(mine, wanted)
    number, is_all = total(wanted) if everywhere else (waiting, True)
    first = (wish.page - 1) * PAGE
    if everywhere:
        rows = _everywhere(wanted, wish, first)
    else:
        rows = _lines(_slice(mine.filter(wanted.where), wish, first)) if first < waiting else []
    kept = wish.url(**({"page": wish.page} if wish.page > 1 else {})).partition("?")[2]
    return Queue(
        unit=unit_name(actor),
        tabs=_tabs(counts, wish),
        rows=tuple(row_of(order, now, selected, kept, may_batch(actor, order, wish)) for order in rows),
        filters=_filters(actor, wish),
        search=wish.q,
        total=f"{number}" if is_all else f"{number}+",
        previous_url=wish.url(page=wish.page - 1) if wish.page > 1 else "",
        next_url=wish.url(page=wish.page + 1) if first + PAGE < number else "",
        is_filtered=wish.is_filtered,
        clear_url=Wish(tab=wish.tab).url(),
        batch=BATCHES.get(wish.tab, ""),
    )


def _wanted(actor: Actor, wish: Wish, everywhere: bool) -> Wanted:
    where, words = Q(), tuple[Group, ...]()
    places = {"street": (Street, "street_id", wish.street), "community": (Community, "community_id", wish.community)}
    asked: list[tuple[str, str, list[int] | tuple[str, ...]]] = [
        (name, column, list(model._default_manager.filter(code=code).values_list("pk", flat=True)))
        for name, (model, column, code) in places.items()
        if code
    ]
    if wish.category:
        asked.append(("category", "category_id", matters_of([wish.category])))
    if wish.source:
        asked.append(("source", "source", (wish.source,)))
    if wish.tab in TABS:
        asked.append(("status", "status", TABS[wish.tab]))
    for name, column, values in asked:
        where &= Q(**{f"{column}__in": values})
        words += group(name, values)
    late = wish.sort == "overdue"
    if late:
        where &= Q(status__in=OPEN, due_at__lt=Now())
    return Wanted(actor, where, words, sought=sought(wish.q), is_open=late or wish.tab in TABS, is_queue=not everywhere)


def _everywhere(wanted: Wanted, wish: Wish, first: int) -> list[WorkOrder]:
    """By remaining time come those that are open, and then the others, newest first."""
    if first >= MOST:
        return []
    if wish.sort == "newest" or (wish.tab == ALL and not wish.sort):
        return lines_of(newest(wanted, first + PAGE)[first:])
    still_open = visible_to(wanted.actor).filter(wanted.with_text(), status__in=OPEN)
    found = _slice(still_open, wish, first)
    if len(found) < PAGE and not wanted.is_open:
        skipped = max(0, first - still_open.count()) if first else 0
        ended = replace(wanted, where=wanted.where & ~Q(status__in=OPEN))
        found |= dict.fromkeys(newest(ended, skipped + PAGE - len(found))[skipped:])
    return _lines(found)


# The running clock of an order: when it ends, and when it began; None where a line goes by the order's own due.
Pressing = tuple[dt.datetime | None, dt.datetime | None] | None


def _slice(orders: QuerySet[WorkOrder], wish: Wish, first: int) -> dict[int, Pressing]:
    """The keys of a page of open orders, so few that all of them may be sorted, each with its running clock.

    The names come after them: joined here, they took longer to plan than the page to find. One query.
    """
    ordering = ("-pk",) if wish.sort == "newest" else (F("pressing_at").asc(nulls_last=True), "pk")
    rows = pressing(orders).order_by(*ordering)[first : first + PAGE]
    return {pk: (ends, began) for pk, ends, began in rows}


def _lines(found: Mapping[int, Pressing]) -> list[WorkOrder]:
    """The orders found, as lines with their clocks. One query, none without."""
    orders = lines_of(list(found))
    for order in orders:
        clock = found[order.pk]
        if clock is not None:
            press(order, *clock)
    return orders


def _counts(mine: QuerySet[WorkOrder], wanted: Wanted) -> tuple[dict[str, int], int]:
    """What waits for the actor by status, and how much of it is wanted. One query."""
    groups = mine.order_by().values_list("status")
    rows = list(groups.annotate(Count("pk"), wanted=Count("pk", filter=wanted.where or None)))
    return {status: number for status, number, _narrowed in rows}, sum(narrowed for *_, narrowed in rows)


def _tabs(counts: Mapping[str, int], wish: Wish) -> tuple[Option, ...]:
    # A narrow column has room for one verb each.
    labels = {
        "reported": (_("待受理"), _("受理")),
        "registered": (_("待派遣"), _("派遣")),
        "handling": (_("处置中"), _("处置")),
        "submitted": (_("待核查"), _("核查")),
    }
    tabs = [Option("", _("待办"), sum(counts.get(each, 0) for each in OPEN), not wish.tab and not wish.q, Wish().url())]
    for name, statuses in TABS.items():
        number = sum(counts.get(each, 0) for each in statuses)
        tabs.append(Option(name, labels[name][0], number, wish.tab == name, Wish(tab=name).url(), labels[name][1]))
    shown_all = wish.tab == ALL or (bool(wish.q) and not wish.tab)
    tabs.append(Option(ALL, _("全部"), None, shown_all, Wish(tab=ALL).url()))
    return tuple(tabs)


def _filters(actor: Actor, wish: Wish) -> tuple[Filter, ...]:
    def options(first: str, pairs: list[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
        return (Option("", first), *(Option(value, label, None, value == chosen) for value, label in pairs))

    classes = [(node.code, node.name) for node in category_tree()]
    newest_first = wish.tab == ALL
    first, other = _("按剩余时间"), ("newest", _("最新上报"))
    if newest_first:
        first, other = _("最新上报"), ("remaining", _("按剩余时间"))
    sorts = [other, ("overdue", _("只看超时"))]
    return (
        Filter("category", _("事项"), options(_("全部事项"), classes, wish.category)),
        _place_filter(actor, wish, options),
        Filter("sort", _("排序"), options(first, sorts, wish.sort)),
    )


def _place_filter(actor: Actor, wish: Wish, options: object) -> Filter:
    """A street filters by community, the district by street; who has no street filters by source."""
    street_ids = {post.street_id for post in actor.posts if post.street_id is not None}
    assert callable(options)
    if street_ids:
        communities = Community.objects.filter(street_id__in=street_ids).order_by("pinyin")
        pairs = list(communities.values_list("code", "short_name"))
        return Filter("community", _("社区"), options(_("全部社区"), pairs, wish.community))
    if actor.posts:
        pairs = list(Street.objects.order_by("code").values_list("code", "short_name"))
        return Filter("street", _("街道"), options(_("全部街道"), pairs, wish.street))
    return Filter("source", _("来源"), options(_("全部来源"), [(v, str(t)) for v, t in Source.choices], wish.source))


def may_batch(actor: Actor, order: WorkOrder, wish: Wish) -> bool:
    """A workstation ticks off what others of its people settled on the spot; a dispatcher sends several at once."""
    kind = BATCHES.get(wish.tab, "")
    if kind == "verify":
        own = not order.on_site or order.worker_id == actor.user_id
        return not own and bool(actor.tokens("confirm_orders")) and holds(actor, "checker", order)
    if kind == "dispatch" and order.category_id and order.grid_id:
        return bool(actor.tokens("dispatch_orders")) and holds(actor, "dispatcher", order)
    return False


def row_of(order: WorkOrder, now: dt.datetime, selected: str = "", kept: str = "", may_batch: bool = False) -> Row:
    """A line; its link keeps the queue that it stands in, as ``kept`` asks for it in an address."""
    url = reverse("workorders:order", args=[order.number])
    place = order.grid or order.community or order.street
    return Row(
        number=order.number,
        url=f"{url}?{kept}" if kept else url,
        title=order.text.title,
        place=str(place) if place is not None else _("位置待确定"),
        category=order.category.name if order.category else _("事项待定"),
        status=status_tag(order),
        version=order.version,
        status_code=order.status,
        urgency=urgency_tag(order),
        level=level_tag(order),
        holder=order.holder.short_name if order.holder else "",
        clock=row_clock(order, now),
        reported_at=order.reported_at,
        selected=order.number == selected,
        may_batch=may_batch,
    )


def unit_name(actor: Actor) -> str:
    unit_ids = [post.unit_id for post in actor.posts if post.unit_id is not None]
    return Unit.objects.filter(pk__in=unit_ids[:1]).values_list("name", flat=True).first() or ""
