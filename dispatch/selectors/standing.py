"""What departments have in hand and what they did lately: the figures beside each in an advice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import router
from django.utils import timezone

from grids.models import Role
from lianqin.kernel.statements import prepared
from workorders.models import Assignment, WorkOrder
from workorders.rules.months import ids_of, later, month_at
from workorders.states import LIVE_ASSIGNMENT, AssignmentStatus

LOOK_BACK = dt.timedelta(days=30)
# Without a shift of late a department keeps no roster, and who is there is not known.
ROSTERED = dt.timedelta(days=7)
FINISHED = (AssignmentStatus.DONE, AssignmentStatus.OVERRIDDEN)
# Without a usable password nobody signs in. Each figure comes over an index of its own.
STANDINGS = f"""
SELECT u.id,
(SELECT count(*) FROM workorders_assignment
 WHERE unit_id = u.id AND status IN ({", ".join(f"'{each}'" for each in LIVE_ASSIGNMENT)})),
(SELECT count(*) FROM workorders_assignment p JOIN workorders_workorder o ON o.id = p.order_id
 WHERE p.unit_id = u.id AND p.order_id >= %(first)s AND p.finished_at >= %(since)s AND o.category_id = %(category)s
 AND p.status IN ({", ".join(f"'{each}'" for each in FINISHED)})),
EXISTS (SELECT FROM grids_membership m JOIN accounts_user a ON a.id = m.user_id
 WHERE m.unit_id = u.id AND m.role = '{Role.DEPARTMENT_HANDLER}' AND m.starts_on <= %(today)s
 AND (m.ends_on IS NULL OR m.ends_on > %(today)s)
 AND a.is_active AND a.password <> '' AND left(a.password, 1) <> '!'),
EXISTS (SELECT FROM dispatch_shift
 WHERE unit_id = u.id AND starts_at >= %(rostered)s AND published_at IS NOT NULL),
EXISTS (SELECT FROM workorders_assignment WHERE order_id = %(order)s AND unit_id = u.id),
EXISTS (SELECT FROM workorders_assignment
 WHERE order_id = %(order)s AND unit_id = u.id AND status = '{AssignmentStatus.RETURNED}')
FROM grids_unit u WHERE u.id = ANY(%(units)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a department has in hand, did of the kind in 30 days, and had to do with this order."""

    load: int
    done: int
    staffed: bool
    rostered: bool
    had_it: bool
    returned_it: bool


NOTHING = Standing(0, 0, staffed=False, rostered=False, had_it=False, returned_it=False)


def standings(unit_ids: Collection[int], order: WorkOrder, now: dt.datetime) -> dict[int, Standing]:
    """By unit. One statement, planned once for each connection."""
    since = now - LOOK_BACK
    # Orders carry their month in their ids: what is finished now was hardly reported half a year ago.
    first, _end = ids_of(later(month_at(since), -1))
    asked: dict[str, int | dt.date | list[int]] = {
        "first": first,
        "since": since,
        "category": order.category_id or 0,
        "today": timezone.localtime(now).date(),
        "rostered": now - ROSTERED,
        "order": order.pk,
        "units": list(unit_ids),
    }
    with prepared(router.db_for_read(Assignment)) as cursor:
        cursor.execute(STANDINGS, asked)
        return {pk: Standing(*row) for pk, *row in cursor.fetchall()}
