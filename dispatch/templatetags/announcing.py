"""The announcement that the reader of a page still has to confirm."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.selectors import actor_of
from dispatch.models import Announcement
from dispatch.selectors.announcements import must_read_now

register = template.Library()


@register.simple_tag(takes_context=True)
def announcement_to_confirm(context: dict[str, Any]) -> Announcement | None:
    """None for who has nothing to confirm, or stands on its page already."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated or request.path.startswith("/announcements/"):
        return None
    return must_read_now(actor_of(request))
