"""What every page of the public site says about the district and about itself."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from citizens.pages.site import ENTRIES, TILES, Entry
from citizens.selectors.site import district_name

register = template.Library()
register.simple_tag(district_name)


@register.simple_tag
def site_entries() -> Sequence[Entry]:
    return ENTRIES


@register.simple_tag
def site_tiles() -> Sequence[Entry]:
    return TILES
