"""How a post, a telephone number and a vacancy are written on a page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()
TONES = {"grid_leader": "primary", "full_time_worker": "ok", "district_commander": "primary", "unit_leader": "primary"}


@register.simple_tag
def masked(phone: str) -> str:
    """Three first digits, four last ones."""
    return phone if len(phone) < 7 or "*" in phone else f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"


@register.filter
def yuan(amount: Any) -> str:
    """Money with its thousands apart and two decimals: 1,450,000.00."""
    return f"{amount:,.2f}"


@register.simple_tag
def post_label(post: Any) -> str:
    """What somebody is: the post on a grid, or the role in a unit, with the standing of a deputy."""
    name = post.get_post_display() or post.get_role_display()
    return f"{name}（{post.get_standing_display()}）" if post.standing else str(name)


@register.simple_tag
def place_of(post: Any) -> str:
    """Where a post is held: the unit, or the grid with the community that it lies in, named once."""
    if post.grid is None:
        return str(post.unit or "")
    community, grid = str(post.grid.community), str(post.grid)
    return grid if grid.startswith(community) else f"{community} {grid}"


@register.simple_tag
def post_tag(post: Any) -> SafeString:
    tone = "muted" if post.standing else TONES.get(post.post or post.role, "muted")
    return format_html('<span class="tag tag-{}">{}</span>', tone, post_label(post))


# Which post mends a vacancy.
MENDED_BY = {
    "no_full_time": {"post": "full_time_worker"},
    "no_leader": {"post": "grid_leader"},
    "too_few": {"post": "part_time_worker"},
    "department_empty": {"role": "department_handler"},
    "station_empty": {"role": "community_officer"},
}


@register.simple_tag
def mend_url(fault: Any) -> str:
    """Where a fault of the staffing is mended: the form of an appointment, filled in, or the person's page."""
    if fault.user_id:
        return reverse("configuration:person", args=[fault.user_id])
    if fault.kind == "too_many":
        return f"{reverse('configuration:people')}?{urlencode({'unit': fault.grid})}"
    asked = {name: value for name, value in (("grid", fault.grid), ("unit", fault.unit)) if value}
    if fault.kind == "centre_empty":
        asked["role"] = "street_dispatcher" if fault.street else "district_dispatcher"
    return f"{reverse('configuration:appoint')}?{urlencode({**asked, **MENDED_BY.get(fault.kind, {})})}"


# What the audit log of a person says, in words.
AUDITED = {
    "membership_started": _("任职"),
    "membership_ended": _("结束任职"),
    "membership_deputy": _("改设副职或B角"),
    "membership_refused": _("任职未获确认"),
    "grids.departure": _("办理离任"),
    "grids.departure_taken_back": _("撤销离任"),
}


@register.simple_tag
def audit_label(entry: Any) -> str:
    return str(AUDITED.get(entry.action, entry.action_label))
