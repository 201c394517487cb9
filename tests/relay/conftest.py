"""A consumer that writes down what it got, and a relay that starts empty."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from relay import registry
from relay.management.commands.run_relay import Runner
from relay.models import OutboxMessage
from tests.relay.streams import Server


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


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture
def relay() -> Iterator[None]:
    runner = Runner()
    thread = threading.Thread(target=runner.run)
    thread.start()
    yield
    runner.stop()
    thread.join()
