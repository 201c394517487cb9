"""What changes hands with a re-division: grids, posts, open orders and elements, before anybody approves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from grids.models import Element, GroundPlan
from grids.selectors import changes_of, planned_index, preview_members
from grids.selectors.plan_preview import Planned
from grids.selectors.plans import grids_under
from lianqin.kernel.actors import Actor
from workorders.permissions import VIEW
from workorders.selectors import open_orders_on

MOST_LISTED = 200


class Crossing(NamedTuple):
    """One thing that changes hands; grid codes, ``None`` where no grid is."""

    label: str
    detail: str
    source: str | None
    target: str | None


def preview(plan: GroundPlan, by: Actor) -> dict[str, Any]:
    """Numbers for everybody; which orders, for those who see orders (officers do not)."""
    standing = dict(grids_under(plan.communities.values_list("community_id", flat=True)).values_list("pk", "code"))
    planned = planned_index(plan.pk)
    orders = orders_crossing(standing, planned)
    elements = elements_crossing(standing, planned)
    members = preview_members(plan)
    posts = [Crossing("", "", _code(each.membership), each.to or None) for each in members]
    counted = {"orders": orders, "members": posts, "elements": elements}
    ins = {name: Counter(each.target for each in rows) for name, rows in counted.items()}
    outs = {name: Counter(each.source for each in rows) for name, rows in counted.items()}
    changes = changes_of(plan)
    rows = [
        {
            **change.as_json(),
            **{f"{name}_in": ins[name][change.code] for name in counted},
            **{f"{name}_out": outs[name][change.code] for name in counted},
        }
        for change in changes
    ]
    kinds = Counter(change.change for change in changes)
    listed = orders if by.tokens(VIEW) else []
    return {
        "totals": {
            "grids_before": len(standing),
            "grids_after": sum(kinds.values()) - kinds["ended"],
            **{kind: kinds[kind] for kind in ("begun", "reshaped", "ended")},
            **{name: len(crossings) for name, crossings in counted.items()},
        },
        "grids": rows,
        "members": [
            {
                "name": each.membership.user.full_name or each.membership.user.username,
                "post": each.membership.post,
                "from": _code(each.membership),
                "to": each.to,
                "post_after": each.post if each.to else "",
            }
            for each in members
        ],
        "orders": [
            {"number": each.label, "status": each.detail, "from": each.source, "to": each.target}
            for each in listed[:MOST_LISTED]
        ],
        "orders_more": max(len(listed) - MOST_LISTED, 0),
    }


def _code(membership: Any) -> str:
    code: str = membership.grid.code
    return code


def orders_crossing(standing: dict[int, str], planned: Planned) -> list[Crossing]:
    """Open orders whose point will lie in another grid. One query."""
    rows = list(open_orders_on(standing, with_unplaced=True))
    ends = planned.codes_at([(row.lon, row.lat) for row in rows])
    return [
        Crossing(row.number, row.status, source, target)
        for row, target in zip(rows, ends, strict=True)
        if (source := standing.get(row.grid_id or 0)) != target and (source or target)
    ]


def elements_crossing(standing: dict[int, str], planned: Planned) -> list[Crossing]:
    """Elements in use whose point will lie in another grid. One query."""
    rows: Iterable[tuple[str, float, float, int | None]] = Element.objects.filter(
        grid_id__in=list(standing), active=True
    ).values_list("code", "lon", "lat", "grid_id")
    found = list(rows)
    ends = planned.codes_at([(lon, lat) for _code, lon, lat, _grid in found])
    return [
        Crossing(code, "", source, target)
        for (code, _lon, _lat, grid), target in zip(found, ends, strict=True)
        if (source := standing.get(grid or 0)) != target
    ]
