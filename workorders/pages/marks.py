"""The tags that an order wears."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workorders.models import WorkOrder
from workorders.models.orders import Urgency
from workorders.pages.tags import Tag, Tone
from workorders.pages.words import STATUS_ICONS, STATUS_TONES, TIERS, URGENCY_TONES
from workorders.states import OPEN, Level, Status


def status_tag(order: WorkOrder) -> Tag:
    return Tag(Status(order.status).label, STATUS_TONES[order.status], STATUS_ICONS.get(order.status, ""))


def urgency_tag(order: WorkOrder) -> Tag | None:
    tone = URGENCY_TONES.get(order.urgency)
    return Tag(Urgency(order.urgency).label, tone) if tone else None


def badges(order: WorkOrder) -> tuple[Tag, ...]:
    found = []
    if order.supervision_tier:
        # Red is for what still has to be done.
        tone: Tone = "critical" if order.status in OPEN else "muted"
        found.append(Tag(TIERS[min(order.supervision_tier, 3)], tone, "speakerphone"))
    if order.on_site:
        found.append(Tag(_("现场处置"), "ok"))
    if order.reopenings:
        found.append(Tag(_("第 %d 次重启") % order.reopenings, "warn"))
    if order.affected_street_ids:
        found.append(Tag(_("跨街道"), "warn"))
    return tuple(found)


def level_tag(order: WorkOrder) -> Tag | None:
    """On lines of a queue only what is out of the ordinary: the second level."""
    return Tag(_("二级"), "warn") if order.level == Level.DISTRICT else None
