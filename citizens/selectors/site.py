"""What the public site says of the district."""

from __future__ import annotations

from functools import lru_cache

from grids.ground import ground
from grids.models import District


def district_name() -> str:
    """The district's name; kept as long as the ground is the same."""
    return _names(ground().version)


@lru_cache(maxsize=2)
def _names(version: object) -> str:
    return "、".join(
        District.objects.filter(pk__in=ground().district_ids).order_by("code").values_list("name", flat=True)
    )
