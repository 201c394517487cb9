"""Names and moves of a deliberation as everybody may read them."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from citizens.models import MatterEvent
from workorders.rules.masking import mask_name

register = template.Library()
DEEDS: dict[str, str | Promise] = {
    "raise": gettext_lazy("居民提出"),
    "support": gettext_lazy("又有一位居民附议"),
    "withdraw": gettext_lazy("提事人撤回"),
    "decline": gettext_lazy("社区不列入议事"),
    "accept": gettext_lazy("社区列入议事"),
    "opine": gettext_lazy("一位居民发表意见"),
    "call_meeting": gettext_lazy("社区安排议事会"),
    "propose": gettext_lazy("写上一个方案"),
    "write_minutes": gettext_lazy("写下会议纪要"),
    "sign_minutes": gettext_lazy("主持人签字"),
    "open_ballot": gettext_lazy("开始表决"),
    "discuss_again": gettext_lazy("没有方案通过，再议一轮"),
    "decide": gettext_lazy("定下责任人和期限"),
    "progress": gettext_lazy("进展"),
    "finish": gettext_lazy("办成，请居民评事"),
    "review": gettext_lazy("一位居民评事"),
    "close": gettext_lazy("办结"),
}


@register.filter
def masked_name(name: str) -> str:
    """``王**``: the rest is nobody's business. Who gave no name is a resident."""
    return _("居民") if name in ("", _("市民")) else mask_name(name)


@register.filter
def deed(event: MatterEvent) -> str:
    return str(DEEDS.get(event.action, event.action))
