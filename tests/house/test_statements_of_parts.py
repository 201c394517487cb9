"""What the reads of the parts that have many ask of the database: typed in ``figures/``, part by part.

Each module there holds ``FIGURES``: name ("page <name>" or "api <name>") -> (address, who, statements). One that needs
something to be there makes it in ``prepare(desk)``, and says by what words its addresses name it.
"""

from __future__ import annotations

import pkgutil
import re
import uuid
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from catalogue import revisions
from citizens.services import reading
from dispatch.selectors import announcements
from grids import ground
from tests.house import figures
from tests.workorders.conftest import Desk, _nothing_remembered, categories, desk

__all__ = ["_nothing_remembered", "categories", "desk"]


@cache
def parts() -> list[ModuleType]:
    return [import_module(f"{figures.__name__}.{module.name}") for module in pkgutil.iter_modules(figures.__path__)]


SOME_KEY = "00000000-0000-0000-0000-000000000000"


@cache
def typed() -> dict[str, tuple[str, str, int]]:
    found: dict[str, tuple[str, str, int]] = {}
    for part in parts():
        found |= part.FIGURES
    return found


def test_reads_of_the_parts(desk: Desk, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    monkeypatch.setattr(reading, "CHECK_SECONDS", 3600.0)
    # What is remembered lasts through the count, under a key that no other test reads.
    monkeypatch.setattr(announcements, "KEPT_SECONDS", 300)
    monkeypatch.setattr(announcements, "WAITING", uuid.uuid4().hex)
    ground.ground()
    spent = {}
    told: dict[str, str] = {}
    for part in parts():
        told |= getattr(part, "prepare", lambda desk: {})(desk)
    for name, (pattern, who, _figure) in typed().items():
        address = pattern.format(**told)
        client = Client()
        client.force_login(desk.cast.user(who), backend="django.contrib.auth.backends.ModelBackend")
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
            assert answer.status_code in (200, 302), (address, answer.status_code)
        spent[name] = len(asked)
    assert spent == {name: figure for name, (_address, _who, figure) in typed().items()}


def covered() -> set[str]:
    """The names of what the figures look at."""
    found = set()
    for address, _who, _figure in typed().values():
        asked = address.partition("?")[0]
        # What the words stand for is a number or a key; of an order's paper both.
        for some in (asked.replace("{paper}", SOME_KEY), re.sub(r"{\w+}", SOME_KEY, asked)):
            path = re.sub(r"{\w+}", "1", some)
            with suppress(Resolver404):
                found.add(f"{'api' if path.startswith('/api/') else 'page'} {resolve(path).url_name}")
    return found
