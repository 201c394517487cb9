"""What the shell of every page says about this installation."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.utils.translation import gettext_lazy as _

register = template.Library()


@register.simple_tag
def is_demo() -> bool:
    """True where the data is synthetic and must be marked 演示数据."""
    return bool(getattr(settings, "LIANQIN_DEMO", False))


@register.simple_tag
def clock_note() -> str:
    """Say how fast the clocks run when they do not run in real time; empty in real life."""
    scale = int(getattr(settings, "LIANQIN_TIME_SCALE", 0) or 0)
    if scale <= 0:
        return ""
    return str(_("时钟加快 %(scale)d 倍, 日历不休")) % {"scale": scale}
