"""A notice as a message: number, matter, place no finer than the grid, link. Nobody's name, nobody's words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from dispatch.models import MessageTemplate, Notice
from dispatch.rules.kinds import label_of
from dispatch.rules.messages import Words, default_words, filled, mixed
from dispatch.selectors.notices import sentence

WITH_ALL = (
    "order__category", "order__street", "order__community", "order__grid", "unit",
)  # fmt: skip
NO_BOUNDARIES = ("order__street__boundary", "order__community__boundary", "order__grid__boundary")


@dataclass(frozen=True, slots=True)
class Draft:
    """A message in words."""

    template: str
    subject: str
    text: str
    url: str
    parameters: dict[str, str]


def templates() -> dict[str, Words]:
    """The words that were changed; one query."""
    return {each.kind: Words(each.single, each.bundle) for each in MessageTemplate.objects.all()}


def draft_of(notices: Sequence[Notice], changed: Mapping[str, Words]) -> Draft:
    """One message of one or several notices to the same recipient."""
    kinds = [notice.kind for notice in notices]
    first, label = notices[0], label_of(kinds[0])
    words = changed.get(first.kind) or default_words(first.kind, is_of_order=first.order is not None)
    unit = first.unit.short_name if first.unit else ""
    if len(notices) == 1:
        values = {"says": sentence(first), "kind": label, "unit": unit, **_of_order(first)}
        return Draft(first.kind, _subject(label), filled(words.single, values), link_of(first), values)
    if len(set(kinds)) > 1:
        values = {"count": str(len(notices))}
        return Draft("several", _subject(_("%d 条通知") % len(notices)), mixed(kinds), _absolute("/notices/"), values)
    dues = [notice.order.due_at for notice in notices if notice.order and notice.order.due_at]
    earliest = _moment(min(dues)) if dues else ""
    values = {"kind": label, "count": str(len(notices)), "earliest": earliest, "unit": unit}
    subject = _subject(_("%(number)d 条%(kind)s") % {"number": len(notices), "kind": label})
    return Draft(first.kind, subject, filled(words.bundle, values), _absolute("/notices/"), values)


def link_of(notice: Notice) -> str:
    """Where the notice leads, for a reader outside; empty while the settings do not say where we are."""
    if notice.url:
        return _absolute(notice.url)
    return _absolute(reverse("workorders:order", args=[notice.order.number])) if notice.order else ""


def _of_order(notice: Notice) -> dict[str, str]:
    order = notice.order
    if order is None:
        return {name: str(notice.facts.get(name, "")) for name in ("number",)}
    place = "".join(each.short_name for each in (order.street, order.community, order.grid) if each is not None)
    return {
        "number": order.number,
        "matter": order.category.name if order.category else _("未分类事项"),
        "place": place,
        "due": _moment(order.due_at) if order.due_at else "",
    }


def _subject(words: str) -> str:
    return _("【大联勤】%s") % words


def _absolute(path: str) -> str:
    return f"{settings.LIANQIN_PUBLIC_URL}{path}" if settings.LIANQIN_PUBLIC_URL else ""


def _moment(moment: dt.datetime) -> str:
    return localtime(moment).strftime("%-m-%-d %H:%M")
