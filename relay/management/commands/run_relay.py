"""``manage.py run_relay``: number, publish and deliver until told to stop."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connection
from redis.client import PubSub
from redis.exceptions import RedisError

from relay import services
from relay.rules import ECHO_SECONDS, HANDFUL, POLL_SECONDS, WAKE_CHANNEL
from relay.transports import broker, channel

logger = logging.getLogger(__name__)
LONGEST_PAUSE_SECONDS = 5.0
# A consumer that computes hands the interpreter over sooner than usual (5 ms): publishing is many short waits.
SWITCH_SECONDS = 0.0005


class Command(BaseCommand):
    help = "Relay the outbox until SIGTERM. Any number may run at once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=1, help="threads that deliver to consumers")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        runner = Runner(workers=options["workers"])
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        runner.run()


class Runner:
    """One thread publishes, so that a slow consumer never delays the pages; others deliver, one sends outside."""

    def __init__(self, *, workers: int = 1) -> None:
        self._stopping = threading.Event()
        self._news = threading.Semaphore(0)
        self._workers = workers
        self._echo = False

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        threads = [threading.Thread(target=self._publish, name="publish")]
        threads += [threading.Thread(target=self._deliver, name=f"deliver-{n}") for n in range(self._workers)]
        threads.append(threading.Thread(target=self._send, name="send"))
        for thread in threads:
            thread.start()
        while not self._stopping.wait(0.2):
            pass
        for thread in threads:
            thread.join()

    def _publish(self) -> None:
        ear = Ear()
        self._repeat(self._publish_step, idle=lambda: self._listen(ear))
        ear.close()

    def _listen(self, ear: Ear) -> None:
        """Wait for a call; after one, or after work, look once more for what came without a call of its own."""
        if self._echo:
            self._echo = False
            self._stopping.wait(ECHO_SECONDS)
        else:
            self._echo = ear.heard()

    def _publish_step(self) -> int:
        numbered = services.sequence_pending()
        if numbered:
            for _ in range(self._workers):
                self._news.release()
        moved = numbered + services.publish_pending()
        self._echo = self._echo or bool(moved)
        return moved

    def _deliver(self) -> None:
        self._repeat(lambda: services.deliver_due(limit=HANDFUL), idle=lambda: self._news.acquire(timeout=POLL_SECONDS))

    def _send(self) -> None:
        with services.Sender() as sender:
            self._repeat(sender.step, idle=sender.rest)

    def _repeat(self, step: Callable[[], int], *, idle: Callable[[], object]) -> None:
        """Step until stopped; wait when there is nothing to do, and longer each time while a server is away."""
        pause = 0.1
        while not self._stopping.is_set():
            try:
                if not step():
                    idle()
                pause = 0.1
            except (DatabaseError, InterfaceError, RedisError) as error:
                logger.warning("relay: %s; again in %.1f s", error, pause)
                connection.close_if_unusable_or_obsolete()
                self._stopping.wait(pause)
                pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
        connection.close()


class Ear:
    """Listens for the wake-up call; without Redis it is a plain pause."""

    def __init__(self) -> None:
        self._channel: PubSub | None = None

    def heard(self) -> bool:
        """Wait for a call, not for long; whether there was one."""
        try:
            if self._channel is None:
                self._channel = broker().pubsub()  # type: ignore[no-untyped-call]
                self._channel.subscribe(channel(WAKE_CHANNEL))
                return True  # What was committed before we listened is looked for once more.
            if self._channel.get_message(timeout=POLL_SECONDS) is None:
                return False
            while self._channel.get_message(timeout=0) is not None:
                pass
        except RedisError:
            self.close()
            threading.Event().wait(POLL_SECONDS)
            return False
        return True

    def close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()
