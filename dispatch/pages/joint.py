"""Joint orders with a line for each department, and what orders of the last days took of whose time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from dispatch.pages.accounts import Row, duration, rows_of
from dispatch.selectors.commanding import joint_orders_of
from workorders.models import Assignment, WorkOrder
from workorders.pages.faces import Clock
from workorders.pages.tags import Tag, Tone
from workorders.rules.minutes import Account, Phase, added
from workorders.states import LIVE_ASSIGNMENT, AssignmentStatus, Level, Role

# The bounds of the sums: orders of so many days that reached the district, the newest so many of them.
DAYS, MOST_COUNTED = 30, 120
TONES: Mapping[str, Tone] = {
    AssignmentStatus.PENDING: "warn",
    AssignmentStatus.ACKNOWLEDGED: "primary",
    AssignmentStatus.DONE: "ok",
    AssignmentStatus.OVERRIDDEN: "muted",
}


@dataclass(frozen=True, slots=True)
class Department:
    name: str
    role: str
    state: Tag
    clock: Clock | None
    late: bool


@dataclass(frozen=True, slots=True)
class Joint:
    number: str
    title: str
    url: str
    level: str
    departments: tuple[Department, ...]
    done: int


@dataclass(frozen=True, slots=True)
class StreetTime:
    """Summed over the orders of one street: the rows of both clocks, and how many orders."""

    name: str
    orders: int
    rows: tuple[Row, ...]
    text: str


def joint_orders(seen: QuerySet[WorkOrder], now: dt.datetime) -> tuple[Joint, ...]:
    """Open orders on which several departments are at work, the soonest due first. Two queries."""
    return tuple(_joint(order, now) for order in joint_orders_of(seen))


def _joint(order: WorkOrder, now: dt.datetime) -> Joint:
    parts = list(order.assignments.all())
    return Joint(
        number=order.number,
        title=order.text.title,
        url=reverse("workorders:order", args=[order.number]),
        level=str(Level(order.level).label),
        departments=tuple(_department(part, now) for part in parts),
        done=sum(part.status not in LIVE_ASSIGNMENT for part in parts),
    )


def _department(part: Assignment, now: dt.datetime) -> Department:
    live = part.status in LIVE_ASSIGNMENT
    clock = None
    if live and part.due_at is not None:
        clock = Clock(label="", started_at=part.dispatched_at, due_at=part.due_at, now=now)
    return Department(
        name=part.unit.short_name,
        role=str(Role(part.role).label),
        state=Tag(AssignmentStatus(part.status).label, TONES.get(part.status, "muted")),
        clock=clock,
        late=part.late or bool(live and part.due_at and part.due_at < now),
    )


def counted_orders(seen: QuerySet[WorkOrder], now: dt.datetime) -> dict[int, int | None]:
    """Street by order, for the orders over which time is summed. One query."""
    lately = seen.filter(highest_level=Level.DISTRICT, reported_at__gte=now - dt.timedelta(days=DAYS))
    return dict(lately.order_by("-pk").values_list("pk", "street_id")[:MOST_COUNTED])


def street_times(
    accounts: Mapping[int, Account], street_of: Mapping[int, int | None], names: Mapping[int, str]
) -> tuple[StreetTime, ...]:
    """The sum for each street, whoever took most first."""
    grouped: dict[int, list[Account]] = {}
    for pk, street_id in street_of.items():
        if street_id is not None and pk in accounts:
            grouped.setdefault(street_id, []).append(accounts[pk])
    sums = {street_id: added(told) for street_id, told in grouped.items()}
    scale = max((sum(spent.values()) for spent in sums.values()), default=0.0)
    ranked = sorted(sums, key=lambda street_id: -sum(sums[street_id].values()))
    return tuple(_street(names.get(pk, ""), grouped[pk], sums[pk], scale) for pk in ranked)


def _street(name: str, told: list[Account], spent: Mapping[tuple[str, Phase], float], scale: float) -> StreetTime:
    return StreetTime(name, len(told), rows_of(spent, scale), duration(sum(spent.values())))
