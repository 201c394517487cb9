"""Open orders by the grids that they lie in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q

from workorders.models import WorkOrder
from workorders.states import OPEN


class Lying(NamedTuple):
    """An open order that has a point (WGS-84); ``grid_id`` is None where it lies outside of every grid."""

    pk: int
    number: str
    status: str
    lon: float
    lat: float
    grid_id: int | None


def open_orders_on(grid_ids: Iterable[int], *, with_unplaced: bool = False) -> Iterator[Lying]:
    """Open orders of these grids that have a point, by id; with those that lie in no grid yet, if asked. One query."""
    here = Q(grid_id__in=list(grid_ids))
    if with_unplaced:
        here |= Q(grid_id=None)
    rows = WorkOrder.objects.filter(here, status__in=OPEN, lon__isnull=False, lat__isnull=False).order_by("pk")
    yield from map(Lying._make, rows.values_list("pk", "number", "status", "lon", "lat", "grid_id").iterator())
