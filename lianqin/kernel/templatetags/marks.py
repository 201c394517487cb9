"""What stands on every line of a list: ``{% tag row.status %}``, ``{% ticking row.clock %}``.

As included templates they took most of the time of a page.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from lianqin.kernel.templatetags.icons import icon

register = template.Library()


class Tag(Protocol):
    """A word in a colour, with a picture if ``icon`` names one."""

    text: Any
    tone: str
    icon: str


class Clock(Protocol):
    """What the browser needs to count on by itself."""

    state: str
    started_at: dt.datetime
    due_at: dt.datetime
    remaining_seconds: int
    warn_at: float


@register.simple_tag
def tag(tag: Tag) -> SafeString:
    """Draw a word in its colour."""
    picture = icon(tag.icon) if tag.icon else ""
    return format_html('<span class="tag tag-{}">{}{}</span>', tag.tone, picture, tag.text)


@register.simple_tag
def ticking(clock: Clock) -> SafeString:
    """The attributes of an element in which a clock runs."""
    return format_html(
        'data-countdown data-state="{}" data-start="{}" data-due="{}" data-frozen="{}" data-warn="{}"',
        clock.state,
        localtime(clock.started_at).isoformat(),
        localtime(clock.due_at).isoformat(),
        clock.remaining_seconds,
        clock.warn_at,
    )
