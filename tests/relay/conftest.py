"""A consumer that writes down what it got, and a relay that starts empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from relay import registry
from relay.models import OutboxMessage


class Recorder:
    def __init__(self) -> None:
        self.keys: list[str] = []
        self.broken = False

    def __call__(self, message: OutboxMessage) -> None:
        if self.broken:
            raise RuntimeError("not today")
        self.keys.append(message.key)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    heard = Recorder()

    @registry.consumer("test.recorder", ["test.news"])
    def hear(message: OutboxMessage) -> None:
        heard(message)

    yield heard
    registry.forget("test.recorder")
