"""The facts behind ``/healthz``: every room registers its own, one place asks them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError

from relay.rules import BACKLOG_LIMIT_SECONDS
from relay.selectors import backlog_seconds, dead_letters


@dataclass(frozen=True, slots=True)
class Fact:
    """``value`` is what was measured, ``limit`` what it may reach, both for the monitor to draw."""

    ok: bool
    value: float | int | str | None = None
    limit: float | int | None = None
    note: str = ""


_checks: dict[str, Callable[[], Fact]] = {}


def check(name: str) -> Callable[[Callable[[], Fact]], Callable[[], Fact]]:
    """Register a fact under ``name``."""

    def register(measure: Callable[[], Fact]) -> Callable[[], Fact]:
        _checks[name] = measure
        return measure

    return register


def facts() -> dict[str, Fact]:
    """Measure everything; a fact that cannot be measured is wrong."""
    return {name: _measure(measure) for name, measure in sorted(_checks.items())}


def report() -> tuple[bool, dict[str, dict[str, Any]]]:
    """All well?, and the facts ready for JSON."""
    measured = facts()
    return all(fact.ok for fact in measured.values()), {name: asdict(fact) for name, fact in measured.items()}


def _measure(measure: Callable[[], Fact]) -> Fact:
    try:
        return measure()
    except DatabaseError as error:
        return Fact(ok=False, note=type(error).__name__)


@check("outbox_backlog")
def outbox_backlog() -> Fact:
    seconds = round(backlog_seconds(), 1)
    return Fact(ok=seconds <= BACKLOG_LIMIT_SECONDS, value=seconds, limit=BACKLOG_LIMIT_SECONDS)


@check("outbox_dead_letters")
def outbox_dead_letters() -> Fact:
    count = dead_letters().count()
    return Fact(ok=count == 0, value=count, limit=0)
