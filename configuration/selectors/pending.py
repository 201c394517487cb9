"""What waits for a second person: every draft that was submitted, whatever room it lives in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Model

from grids.models import AppointmentLine, AppointmentList, LineState
from grids.rules import Role
from grids.selectors import may_approve
from lianqin.kernel.actors import Actor
from lianqin.kernel.drafts import Drafted, DraftState


@dataclass(frozen=True, slots=True)
class Pending:
    """One draft that was submitted. ``model`` is its label, such as ``grids.groundplan``."""

    model: str
    pk: int
    kind: str
    title: str
    drafted_by: str
    drafted_by_id: int | None
    submitted_at: dt.datetime | None


def drafted_models() -> list[type[Model]]:
    """Every model that is drafted by one person and decided by another."""
    return [model for model in apps.get_models() if issubclass(model, Drafted)]


def pending() -> list[Pending]:
    """What was submitted and not decided, the oldest first. One query a kind of draft."""
    found = [one for model in drafted_models() for one in _of(model)]
    return sorted(found, key=lambda one: (one.submitted_at is None, one.submitted_at, one.model, one.pk))


def decided(limit: int = 20) -> list[tuple[Pending, str, str, dt.datetime]]:
    """The last decisions: what, state in words, by whom, when."""
    found = []
    for model in drafted_models():
        rows = model._default_manager.filter(
            state__in=(DraftState.APPROVED, DraftState.REFUSED), decided_at__isnull=False
        )
        for row in rows.select_related("drafted_by", "decided_by").order_by("-decided_at")[:limit]:
            assert isinstance(row, Drafted)
            assert row.decided_at is not None
            found.append((_pending(row), str(DraftState(row.state).label), str(row.decided_by or ""), row.decided_at))
    return sorted(found, key=lambda one: one[3], reverse=True)[:limit]


def left_to_commander(kept: AppointmentList, lines: Iterable[AppointmentLine], actor: Actor) -> int:
    """How many drafts ``actor`` could approve now, and cannot once the list has put the first commander in office."""
    waiting = (line for line in lines if line.state == LineState.WAITING)
    if not any(line.role == Role.DISTRICT_COMMANDER for line in waiting):
        return 0
    if kept.state != DraftState.SUBMITTED or actor.officer != "secadmin" or not may_approve(actor):
        return 0
    return sum(one.model != kept._meta.label_lower for one in pending())


def _of(model: type[Model]) -> Iterator[Pending]:
    rows = model._default_manager.filter(state=DraftState.SUBMITTED).select_related("drafted_by")
    return (_pending(row) for row in rows)


def _pending(row: Model) -> Pending:
    assert isinstance(row, Drafted)
    return Pending(
        model=row._meta.label_lower,
        pk=row.pk,
        kind=str(row._meta.verbose_name),
        title=str(row),
        drafted_by=str(row.drafted_by or ""),
        drafted_by_id=row.serializable_value("drafted_by"),
        submitted_at=row.submitted_at,
    )
