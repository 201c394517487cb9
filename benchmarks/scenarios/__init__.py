"""The scenarios, in the order of a run: one module each, with a docstring as its title and ``run(place)``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from benchmarks.measure.figures import Figure
from benchmarks.measure.place import Place

Run = Callable[[Place], list[Figure]]
# Reads first: what writes leaves dead rows and dirty pages behind.
NAMES: tuple[str, ...] = (
    *("locate", "lists", "search", "growth", "idle"),
    *("service", "http", "timers", "listeners", "hour", "pages", "dashboards"),
    *("citizen_desk", "citizen_reports", "citizen_pages", "flood"),
)
# By name only: it takes twenty minutes.
LONG: tuple[str, ...] = ("soak",)


def scenario(name: str) -> tuple[str, Run]:
    """Its title and what runs it. Only now is the module imported: Django must be set up."""
    module = import_module(f"benchmarks.scenarios.{name}")
    title = (module.__doc__ or name).strip().splitlines()[0]
    return title, cast(Run, module.run)
