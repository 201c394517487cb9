"""What a street closed last, for readers of news: RSS 2.0, Atom and JSON Feed.

Of an order they tell its matter, its community, when it came and when it ended; never its words, its number, its exact
place or anybody in it.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from xml.etree import ElementTree as Xml

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workorders.models import WorkOrder

# What the identity of an item is made from, with the number of its order: the same wherever and whenever it is asked.
ITEMS = uuid.UUID("0d0e5a52-3c39-4f1c-9a77-2c8a2f6f1d3b")
ATOM = "http://www.w3.org/2005/Atom"
MINUTES = 60  # How long readers may keep it.
TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}


@dataclass(frozen=True, slots=True)
class Item:
    """``key``: stable, the same after the order was taken up and closed again."""

    key: str
    title: str
    told: str
    matter: str
    kind: str
    ended_at: dt.datetime
    link: str

    @property
    def urn(self) -> str:
        return f"urn:uuid:{self.key}"


@dataclass(frozen=True, slots=True)
class Feed:
    """``home``: the page that says the same; ``updated_at``: when the newest of it ended, or the day of today."""

    title: str
    told: str
    author: str
    home: str
    own: str
    updated_at: dt.datetime
    items: Sequence[Item]


def items_of(orders: Iterable[WorkOrder], home: str) -> list[Item]:
    return [_item(order, home) for order in orders]


def _item(order: WorkOrder, home: str) -> Item:
    assert order.category is not None
    assert order.category.parent is not None
    assert order.ended_at is not None
    key = str(uuid.uuid5(ITEMS, order.number))
    began, over = timezone.localtime(order.reported_at), timezone.localtime(order.ended_at)
    where = order.community.short_name if order.community else _("本街道")
    days = (over.date() - began.date()).days
    spent = ngettext("用时 %(n)s 天", "用时 %(n)s 天", days) % {"n": days} if days else _("当天办结")
    return Item(
        key=key,
        title=_("%(matter)s（%(where)s）已办结") % {"matter": order.category.name, "where": where},
        told=_("%(began)s收到，%(over)s办结，%(spent)s。")
        % {"began": _day(began, over), "over": _day(over, over), "spent": spent},
        matter=order.category.name,
        kind=order.category.parent.name,
        ended_at=over.replace(microsecond=0),
        link=f"{home}#{key}",
    )


def _day(moment: dt.datetime, over: dt.datetime) -> str:
    """With its year, if it is not that of the end."""
    told = {"year": moment.year, "month": moment.month, "day": moment.day}
    if moment.year != over.year:
        return _("%(year)s 年 %(month)s 月 %(day)s 日") % told
    return _("%(month)s 月 %(day)s 日") % told


def as_rss(feed: Feed) -> bytes:
    root = Xml.Element("rss", {"version": "2.0", "xmlns:atom": ATOM})
    channel = Xml.SubElement(root, "channel")
    told = {"title": feed.title, "link": feed.home, "description": feed.told, "language": "zh-cn"}
    told |= {"lastBuildDate": format_datetime(feed.updated_at), "ttl": str(MINUTES)}
    _put(channel, told)
    Xml.SubElement(channel, "atom:link", rel="self", type=TYPES["rss"], href=feed.own)
    for each in feed.items:
        item = Xml.SubElement(channel, "item")
        _put(item, {"title": each.title, "link": each.link, "description": each.told})
        _put(item, {"category": each.kind, "pubDate": format_datetime(each.ended_at)})
        Xml.SubElement(item, "guid", isPermaLink="false").text = each.urn
    return _written(root)


def as_atom(feed: Feed) -> bytes:
    root = Xml.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    own = uuid.uuid5(ITEMS, feed.home)
    _put(root, {"id": f"urn:uuid:{own}", "title": feed.title, "subtitle": feed.told})
    _put(root, {"updated": feed.updated_at.isoformat()})
    Xml.SubElement(root, "link", rel="self", type=TYPES["atom"], href=feed.own)
    Xml.SubElement(root, "link", rel="alternate", type="text/html", href=feed.home)
    _put(Xml.SubElement(root, "author"), {"name": feed.author})
    for each in feed.items:
        entry = Xml.SubElement(root, "entry")
        _put(entry, {"id": each.urn, "title": each.title, "summary": each.told})
        _put(entry, {"updated": each.ended_at.isoformat(), "published": each.ended_at.isoformat()})
        Xml.SubElement(entry, "category", term=each.kind)
        Xml.SubElement(entry, "link", rel="alternate", type="text/html", href=each.link)
    return _written(root)


def as_json(feed: Feed) -> bytes:
    """JSON Feed 1.1."""
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.told,
        "home_page_url": feed.home,
        "feed_url": feed.own,
        "language": "zh-CN",
        "authors": [{"name": feed.author}],
        "items": [
            {
                "id": each.urn,
                "url": each.link,
                "title": each.title,
                "content_text": each.told,
                "date_published": each.ended_at.isoformat(),
                "tags": [each.kind, each.matter],
            }
            for each in feed.items
        ],
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


WRITERS = {"rss": as_rss, "atom": as_atom, "json": as_json}


def _put(parent: Xml.Element, told: dict[str, str]) -> None:
    for name, text in told.items():
        Xml.SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    """Without what XML has no way to write."""
    return "".join(letter for letter in text if letter.isprintable() or letter in "\n\t")


def _written(root: Xml.Element) -> bytes:
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
