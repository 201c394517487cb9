"""The runs that were kept, and what is new since the one before."""

from __future__ import annotations

from typing import Any

from configuration.models import PreflightRun
from lianqin.kernel.errors import NotVisible

KEPT_IN_SIGHT = 30


def last_runs() -> list[PreflightRun]:
    """The last runs, newest first, with who asked for them. One query."""
    return list(PreflightRun.objects.select_related("ran_by")[:KEPT_IN_SIGHT])


def run_of(pk: int) -> PreflightRun:
    """One run. Raise NotVisible."""
    found = PreflightRun.objects.select_related("ran_by").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def new_since(run: PreflightRun, before: PreflightRun | None) -> tuple[set[str], list[dict[str, Any]]]:
    """Keys of the holes that the run before did not have, and the holes of that one that are closed."""
    earlier: dict[str, dict[str, Any]] = {each["key"]: each for each in before.holes} if before else {}
    now = {each["key"] for each in run.holes}
    fresh = now - earlier.keys() if before else set()
    return fresh, [each for key, each in earlier.items() if key not in now]
