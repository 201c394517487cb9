"""Which columns an event records, and how they stand in its body. Replay and tables are compared over these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any

from django.db.models import Model

ORDER_COLUMNS = (
    "number",
    "source",
    "status",
    "level",
    "highest_level",
    "urgency",
    "on_site",
    "category_id",
    "district_id",
    "street_id",
    "community_id",
    "grid_id",
    "affected_street_ids",
    "holder_id",
    "worker_id",
    "reporter_id",
    "master_id",
    "version",
    "generation",
    "due_at",
    "reported_at",
    "registered_at",
    "submitted_at",
    "ended_at",
    "supervision_tier",
    "relocations",
    "returns",
    "failed_checks",
    "hand_downs",
    "shelvings",
    "reopenings",
    "contested",
    "extended_levels",
    "last_dispatcher_id",
    "last_verifier_id",
)
ASSIGNMENT_COLUMNS = (
    "unit_id",
    "role",
    "status",
    "level",
    "version",
    "binding",
    "late",
    "dispatched_at",
    "dispatched_by_id",
    "acknowledged_at",
    "acknowledged_by_id",
    "finished_at",
    "finished_by_id",
    "due_at",
)
REQUEST_COLUMNS = (
    "assignment_id",
    "kind",
    "tier",
    "unit_id",
    "requester_id",
    "requester_unit_id",
    "requested_at",
    "outcome",
    "approver_id",
    "decided_at",
)
TIMER_COLUMNS = (
    "assignment_id",
    "request_id",
    "stage",
    "level",
    "generation",
    "state",
    "step",
    "started_at",
    "next_at",
    "due_at",
    "elapsed_seconds",
    "running_since",
    "credited_seconds",
    "calendar_version",
)
PARTS = {"assignments": ASSIGNMENT_COLUMNS, "requests": REQUEST_COLUMNS, "timers": TIMER_COLUMNS}
# Columns beside the events: erasable text, personal data and the machine's own bookkeeping.
UNRECORDED = {
    "order": ("lon", "lat", "part_unit_ids", "last_seq", "last_hash"),
    # What was suggested follows from the facts of the dispatch: events of before say nothing of it.
    "assignments": (
        *("instruction", "result"),
        *("suggested_unit_id", "suggested_rule", "list_version", "followed", "correction"),
    ),
    "requests": ("answer",),
    "timers": ("policy_snapshot", "attempts", "retry_at"),
}


COLUMNS: Mapping[str, tuple[str, ...]] = {"order": ORDER_COLUMNS, **PARTS}
_PICK: Mapping[str, Callable[[Any], tuple[Any, ...]]] = {name: itemgetter(*names) for name, names in COLUMNS.items()}


def values_of(name: str, row: Model) -> tuple[Any, ...]:
    """The recorded columns of an order or a part as they stand now, in the order of COLUMNS."""
    # Past the descriptors of the fields, which cost more than the values: a change picks a hundred of them.
    return _PICK[name](row.__dict__)


def changed_columns(name: str, row: Model, seen: tuple[Any, ...] | None) -> dict[str, Any]:
    """The columns that differ from what was seen, as they go into an event; all of them if nothing was."""
    now = values_of(name, row)
    if seen is None:
        return {column: plain(value) for column, value in zip(COLUMNS[name], now, strict=True)}
    pairs = zip(COLUMNS[name], seen, now, strict=True)
    return {column: plain(value) for column, before, value in pairs if before != value}


def plain(value: Any) -> Any:
    """As it stands in an event body: moments in UTC to the microsecond, everything else as it is."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return list(value) if isinstance(value, list) else value


def columns_of(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}
