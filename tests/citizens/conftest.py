"""Orders through the door, and a program with a key in force."""

from __future__ import annotations

from typing import Any

import pytest

from citizens.rules.limits import FIGURES, NUMBER
from tests.citizens.programs import program
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["Desk", "_nothing_remembered", "categories", "desk", "program", "shift"]


@pytest.fixture(autouse=True)
def _asked_by_many_tests(settings: Any) -> None:
    """The citizen of the cast is the same person in every test, and Redis remembers them for ten minutes."""
    numbered = [what for what, rows in FIGURES.items() if NUMBER in rows]
    settings.LIANQIN_PUBLIC_LIMITS = [f"{what}.number=99999/99999/600" for what in numbered]
