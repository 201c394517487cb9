"""Who consumed which minutes of an order: its events read as spans of time, street and district apart. Pure."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from workorders.states import AssignmentStatus, Level, Status


class Phase(StrEnum):
    """What an order waits for."""

    REGISTRATION = "registration"
    DISPATCH = "dispatch"
    SIGNATURE = "signature"
    HANDLING = "handling"
    CHECK = "check"
    SHELVED = "shelved"


PHASES: Mapping[str, Phase] = {
    Status.REPORTED: Phase.REGISTRATION,
    Status.REGISTERED: Phase.DISPATCH,
    Status.DISPATCHED: Phase.SIGNATURE,
    Status.HANDLING: Phase.HANDLING,
    Status.SUBMITTED: Phase.CHECK,
    Status.SHELVED: Phase.SHELVED,
}
# Events that move neither an order nor a part of it; they need not be read for an account.
STILL = ("comment", "attach", "warned", "reminded", "supervised", "credited", "callback", "callback_missed", "answered")


@dataclass(slots=True)
class Part:
    """What one department took: seconds until it signed, and seconds that it worked."""

    unit_id: int
    role: str
    status: str
    late: bool = False
    signing: float = 0.0
    handling: float = 0.0


@dataclass(slots=True)
class Account:
    """Seconds by level and phase; the parts by assignment, oldest first."""

    spent: dict[tuple[str, Phase], float] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)

    def of(self, level: str) -> float:
        """Seconds that the order stood at a level."""
        return sum(seconds for (at, _phase), seconds in self.spent.items() if at == level)

    @property
    def total(self) -> float:
        return sum(self.spent.values())


def account(bodies: Iterable[str], until: dt.datetime) -> Account:
    """Fold event bodies, oldest first; what still runs is counted up to ``until``. An order that ended stands still."""
    told = Account()
    status, level = "", str(Level.STREET)
    since: dt.datetime | None = None
    for body in map(json.loads, bodies):
        at = dt.datetime.fromisoformat(body["at"])
        if since is not None:
            _spend(told, status, level, (at - since).total_seconds())
        changes = body["changes"]
        order: Mapping[str, Any] = changes.get("order", {})
        status, level = order.get("status", status), order.get("level", level)
        for pk, columns in changes.get("assignments", {}).items():
            _change(told, int(pk), columns)
        since = at
    if since is not None:
        _spend(told, status, level, max(0.0, (until - since).total_seconds()))
    return told


def _spend(told: Account, status: str, level: str, seconds: float) -> None:
    """One span belongs to one level and phase; departments at work in it each have it for themselves."""
    phase = PHASES.get(status)
    if phase is None:
        return
    told.spent[level, phase] = told.spent.get((level, phase), 0.0) + seconds
    if phase is Phase.SHELVED:
        return
    for part in told.parts.values():
        if part.status == AssignmentStatus.PENDING:
            part.signing += seconds
        elif part.status == AssignmentStatus.ACKNOWLEDGED:
            part.handling += seconds


def _change(told: Account, pk: int, columns: Mapping[str, Any]) -> None:
    part = told.parts.get(pk)
    if part is None:
        told.parts[pk] = Part(columns["unit_id"], columns["role"], columns["status"], bool(columns.get("late")))
        return
    part.status = columns.get("status", part.status)
    part.late = columns.get("late", part.late)


def added(accounts: Iterable[Account]) -> dict[tuple[str, Phase], float]:
    """The sum of several accounts, by level and phase."""
    total: dict[tuple[str, Phase], float] = {}
    for each in accounts:
        for key, seconds in each.spent.items():
            total[key] = total.get(key, 0.0) + seconds
    return total
