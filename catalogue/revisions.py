"""What a process may remember of the catalogue, and how it learns that it must look again."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import transaction

from catalogue.models import Revision
from lianqin.kernel.replicas import from_primary

NAME = "catalogue"
CHECK_SECONDS = 1.0
T = TypeVar("T")
_monotonic = time.monotonic


class _Stamp:
    """The stamp of the version row, looked at once a second at most."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.value: uuid.UUID | None = None
        self.look_at = float("-inf")

    def get(self) -> uuid.UUID | None:
        if _monotonic() >= self.look_at:
            with from_primary():
                self.value = Revision.objects.filter(name=NAME).values_list("stamp", flat=True).first()
            self.look_at = _monotonic() + CHECK_SECONDS
        return self.value


stamp = _Stamp()
_everything: list[Remembered[Any]] = []


class Remembered(Generic[T]):
    """The result of ``load`` until the stamp changes. Zero queries when warm, one when the second is over."""

    def __init__(self, load: Callable[[], T]) -> None:
        self._load = load
        self._kept: tuple[uuid.UUID | None, T] | None = None
        _everything.append(self)

    def get(self) -> T:
        seen = stamp.get()
        kept = self._kept
        if kept is None or kept[0] != seen:
            # The stamp was read before the rows: if somebody writes in between, the next look reloads.
            with from_primary():
                kept = self._kept = (seen, self._load())
        return kept[1]

    def forget(self) -> None:
        self._kept = None


def forget() -> None:
    """Drop what this process remembers, so that the next read asks the database."""
    stamp.forget()
    for remembered in _everything:
        remembered.forget()


def touch() -> None:
    """Tell every process that the catalogue changed. Call inside the transaction that changed it."""
    Revision.objects.update_or_create(name=NAME, defaults={"stamp": uuid.uuid4()})
    forget()
    transaction.on_commit(forget)
