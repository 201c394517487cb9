"""The queue of a unit: tabs with counts, filters, lines by remaining time, pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from catalogue.selectors import category_tree
from grids.models import Community, Street, Unit
from lianqin.kernel import clock as database_clock
from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.models.orders import Source
from workorders.pages.clocks import row_clock, with_pressing
from workorders.pages.lines import Filter, Option, Queue, Row
from workorders.pages.marks import level_tag, status_tag, urgency_tag
from workorders.permissions import holds
from workorders.selectors import overdue, queue_of, search, visible_to, with_names
from workorders.states import OPEN, Status

PAGE = 50
# Tabs in the order of the work; dispatched orders are already in somebody's hands.
TABS: Mapping[str, tuple[str, ...]] = {
    "reported": (Status.REPORTED,),
    "registered": (Status.REGISTERED,),
    "handling": (Status.DISPATCHED, Status.HANDLING),
    "submitted": (Status.SUBMITTED,),
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
        page = query.get("page", "1")
        chosen = {name: query.get(name, "")[:80] for name in ("tab", "q", *FILTERS)}
        return cls(page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1, **chosen)

    def url(self, **changes: str | int) -> str:
        known = {name: getattr(self, name) for name in ("tab", "q", *FILTERS)} | changes
        asked = urlencode({name: value for name, value in known.items() if value not in ("", None)})
        base = reverse("workorders:queue")
        return f"{base}?{asked}" if asked else base

    @property
    def is_filtered(self) -> bool:
        return any((self.category, self.street, self.community, self.source))


def queue(actor: Actor, wish: Wish, selected: str = "", now: dt.datetime | None = None) -> Queue:
    """Six queries. A search and 全部 look at everything visible, the other tabs at what waits for the actor."""
    now = now or database_clock.now()
    mine = queue_of(actor)
    everywhere = wish.tab == ALL or bool(wish.q)
    orders = _filtered(visible_to(actor) if everywhere else mine, wish)
    if wish.tab in TABS:
        orders = orders.filter(status__in=TABS[wish.tab])
    total = orders.count()
    first = (wish.page - 1) * PAGE
    rows = list(with_names(_sorted(with_pressing(orders), wish))[first : first + PAGE])
    return Queue(
        unit=unit_name(actor),
        tabs=_tabs(mine, wish),
        rows=tuple(row_of(order, now, selected, wish, may_confirm(actor, order, wish)) for order in rows),
        filters=_filters(actor, wish),
        search=wish.q,
        total=total,
        previous_url=wish.url(page=wish.page - 1) if wish.page > 1 else "",
        next_url=wish.url(page=wish.page + 1) if first + PAGE < total else "",
        is_filtered=wish.is_filtered,
        clear_url=Wish(tab=wish.tab).url(),
    )


def _filtered(orders: QuerySet[WorkOrder], wish: Wish) -> QuerySet[WorkOrder]:
    if wish.q:
        orders = search(orders, wish.q)
    if wish.category:
        orders = orders.filter(category__parent__code=wish.category)
    if wish.street:
        orders = orders.filter(street__code=wish.street)
    if wish.community:
        orders = orders.filter(community__code=wish.community)
    if wish.source:
        orders = orders.filter(source=wish.source)
    return overdue(orders) if wish.sort == "overdue" else orders


def _sorted(orders: QuerySet[WorkOrder], wish: Wish) -> QuerySet[WorkOrder]:
    if wish.sort == "newest" or (wish.tab == ALL and not wish.sort):
        return orders.order_by("-id")
    return orders.order_by(F("pressing_at").asc(nulls_last=True), "id")


def _tabs(mine: QuerySet[WorkOrder], wish: Wish) -> tuple[Option, ...]:
    counted = mine.order_by().values("status").annotate(number=Count("pk")).values_list("status", "number")
    counts: dict[str, int] = dict(counted)
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


def may_confirm(actor: Actor, order: WorkOrder, wish: Wish) -> bool:
    """On the tab 核查 a workstation ticks off what somebody else of its people settled on the spot."""
    if wish.tab != "submitted" or not order.on_site or order.worker_id == actor.user_id:
        return False
    return bool(actor.tokens("confirm_orders")) and holds(actor, "checker", order)


def row_of(
    order: WorkOrder, now: dt.datetime, selected: str = "", wish: Wish | None = None, may_confirm: bool = False
) -> Row:
    """A line; its link keeps the queue that it stands in."""
    url = reverse("workorders:order", args=[order.number])
    asked = wish.url(**({"page": wish.page} if wish.page > 1 else {})).partition("?")[2] if wish else ""
    place = order.grid or order.community or order.street
    return Row(
        number=order.number,
        url=f"{url}?{asked}" if asked else url,
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
        may_confirm=may_confirm,
    )


def unit_name(actor: Actor) -> str:
    unit_ids = [post.unit_id for post in actor.posts if post.unit_id is not None]
    return Unit.objects.filter(pk__in=unit_ids[:1]).values_list("name", flat=True).first() or ""
