"""Names and moves of a deliberation as everybody may read them."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from citizens.models import MatterEvent
from workorders.rules.masking import mask_name

register = template.Library()
DEEDS: dict[str, str | Promise] = {
    "raise": _("居民提出"),
    "support": _("又有一位居民附议"),
    "withdraw": _("提事人撤回"),
    "decline": _("社区不列入议事"),
    "accept": _("社区列入议事"),
    "opine": _("一位居民发表意见"),
    "call_meeting": _("社区安排议事会"),
    "propose": _("写上一个方案"),
    "write_minutes": _("写下会议纪要"),
    "sign_minutes": _("主持人签字"),
    "open_ballot": _("开始表决"),
    "discuss_again": _("没有方案通过，再议一轮"),
    "decide": _("定下责任人和期限"),
    "progress": _("进展"),
    "finish": _("办成，请居民评事"),
    "review": _("一位居民评事"),
    "close": _("办结"),
}


@register.filter
def masked_name(name: str) -> str:
    """``王**``: the rest is nobody's business."""
    return mask_name(name)


@register.filter
def deed(event: MatterEvent) -> str:
    return str(DEEDS.get(event.action, event.action))
