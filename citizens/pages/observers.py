"""What is said of the place of a remark, to who makes it and to who answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from citizens.models import Remark
from citizens.selectors.observers import Spot, spots_of
from grids.models import Community

A_KILOMETRE = 1000


@dataclass(frozen=True, slots=True)
class Where:
    """``spot`` is None for a remark without a point; ``away`` is empty for one inside of the community."""

    place: str
    spot: Spot | None
    away: str

    @property
    def community(self) -> str:
        """In which the point lies, where no place was written or it lies elsewhere."""
        return self.spot.community if self.spot is not None and (self.away or not self.place) else ""


def placed(remarks: Iterable[Remark]) -> list[tuple[Remark, Where]]:
    rows = list(remarks)
    spots = spots_of(rows)
    return [(each, _where(each, spots.get(each.pk))) for each in rows]


def warning(community: Community) -> str:
    """For who stands outside of the community that is told of."""
    return _("这里不在%(community)s。确实要说这里的事，也可以发给社区。") % {"community": community}


def _where(remark: Remark, spot: Spot | None) -> Where:
    if spot is None:
        return Where(remark.place or _("没有写地点"), None, "")
    return Where(remark.place, spot, _away(remark.community, spot) if spot.outside else "")


def _away(community: Community, spot: Spot) -> str:
    if spot.metres is None:
        return _("不在%(community)s") % {"community": community}
    far = (
        _("%(n)d 米") % {"n": spot.metres}
        if spot.metres < A_KILOMETRE
        else _("%(n).1f 公里") % {"n": spot.metres / A_KILOMETRE}
    )
    return _("不在%(community)s，离它的中心约 %(far)s") % {"community": community, "far": far}
