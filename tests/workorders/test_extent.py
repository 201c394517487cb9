"""Which streets an order affects, told by a line or an area: both streets see it, and the district may take it."""

from __future__ import annotations

from typing import Any

import pytest

from lianqin.kernel.errors import Invalid
from tests.cast import centre_of
from tests.workorders.conftest import Desk
from workorders.selectors import visible_to

# From the first street's first grid to the second street's.
ACROSS = {"type": "LineString", "coordinates": [list(centre_of(0, 0)), list(centre_of(2, 0))]}
WITHIN = {"type": "LineString", "coordinates": [list(centre_of(0, 0)), list(centre_of(1, 1))]}


def to_district(desk: Desk, **data: Any) -> Any:
    order = desk.report()
    return desk.do(order, "register_to_district", desk.cast.street_dispatcher, conditions_confirmed=True, **data)


def test_a_line_across_streets_is_a_reason_and_lets_both_streets_see(desk: Desk) -> None:
    order = to_district(desk, extent=ACROSS)

    assert (order.status, order.level) == ("registered", "district")
    assert order.affected_street_ids == [desk.ground.street2.pk]
    assert visible_to(desk.cast.other_street_dispatcher).filter(pk=order.pk).exists()


def test_a_line_within_one_street_is_no_reason(desk: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        to_district(desk, extent=WITHIN)
    assert set(refusal.value.fields) == {"reason"}


@pytest.mark.parametrize(
    "extent",
    [
        "everywhere",
        {"type": "Point", "coordinates": [118.6, 32.0]},
        {"type": "LineString", "coordinates": [[118.6, 32.0]]},
        {"type": "LineString", "coordinates": [[float("nan"), 32.0], [118.7, 32.0]]},
        {"type": "Polygon", "coordinates": [[[118.6, 32.0], [118.7, 32.0], [118.6, 32.1]]]},
        {"type": "LineString", "coordinates": [[118.6, 32.0]] * 2001},
    ],
)
def test_what_is_no_line_or_area_is_refused_by_field(desk: Desk, extent: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        to_district(desk, extent=extent, reason="理由")
    assert set(refusal.value.fields) == {"extent"}
