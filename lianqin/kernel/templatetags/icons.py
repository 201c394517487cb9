"""``{% icon "check" %}``: a picture from the sprite, hidden from readers because a word always stands beside it."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=1024)
def icon(name: str, extra: str = "") -> SafeString:
    """Draw icon ``name`` (static/core/icons.txt lists what the sprite holds); ``extra`` adds classes.

    Kept: a page shows a hundred, of few names.
    """
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("vendor/icons.svg"),
        name,
    )
