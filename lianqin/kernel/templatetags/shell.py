"""What the shell of every page says about this installation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.conf import settings
from django.utils.module_loading import import_string
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
    return str(_("时钟加快 %(scale)d 倍，日历不休")) % {"scale": scale}


@register.simple_tag(takes_context=True)
def rail_entries(context: template.Context) -> Sequence[Any]:
    """The main navigation for who looks, from the function that the settings name; empty where nobody is signed in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return ()
    entries: Sequence[Any] = import_string(settings.LIANQIN_RAIL)(request.actor)
    return entries
