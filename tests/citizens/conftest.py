"""Orders through the door, and programs that sign in as people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.citizens.programs import program
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk, shift

__all__ = ["Desk", "_nothing_remembered", "categories", "desk", "program", "shift"]


@pytest.fixture
def api(desk: Desk) -> Callable[[str], APIClient]:
    """``api("citizen")`` is a client signed in as that member of the cast."""

    def client(name: str) -> APIClient:
        found = APIClient()
        found.force_login(desk.cast.user(name))
        return found

    return client
