"""What every page of the public site says about the district and about itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django import template

from citizens.pages.site import ENTRIES, TILES, Entry
from grids.ground import ground
from grids.models import District

register = template.Library()


@register.simple_tag
def district_name() -> str:
    """The district's name; kept as long as the ground is the same."""
    return _names(ground().version)


@lru_cache(maxsize=2)
def _names(version: object) -> str:
    return "、".join(
        District.objects.filter(pk__in=ground().district_ids).order_by("code").values_list("name", flat=True)
    )


@register.simple_tag
def site_entries() -> Sequence[Entry]:
    return ENTRIES


@register.simple_tag
def site_tiles() -> Sequence[Entry]:
    return TILES
