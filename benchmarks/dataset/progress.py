"""A bar on a terminal, a line now and then elsewhere: how much, how fast, how long still."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

BAR = 30
EVERY_SECONDS = {True: 0.2, False: 10.0}
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - STARTED:7.1f} s  {text}", flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """Tell what is being done, and how long it took."""
    began = time.monotonic()
    yield
    say(f"{text}: {time.monotonic() - began:.1f} s")


class Progress:
    """Counts up to ``total``; ``rows`` are shown beside what counts."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total = what, total
        self.done = self.rows = 0
        self.began = self.shown = time.monotonic()
        self.live = sys.stdout.isatty()

    def add(self, done: int, rows: int = 0) -> None:
        self.done += done
        self.rows += rows
        now = time.monotonic()
        if now - self.shown >= EVERY_SECONDS[self.live]:
            self.shown = now
            self._show(now)

    def finish(self) -> None:
        now = time.monotonic()
        self._show(now)
        if self.live:
            print(flush=True)

    def _show(self, now: float) -> None:
        share = self.done / self.total if self.total else 1.0
        spent = max(now - self.began, 1e-6)
        left = spent / share - spent if share else 0.0
        rows = f", {self.rows:,} rows ({self.rows / spent:,.0f}/s)" if self.rows else ""
        text = f"{self.what}: {self.done:,} of {self.total:,}{rows}, {_minutes(left)} left"
        if self.live:
            bar = "#" * round(share * BAR)
            print(f"\r[{bar:<{BAR}}] {share:4.0%} {text}\x1b[K", end="", flush=True)
        else:
            say(text)


def _minutes(seconds: float) -> str:
    return f"{int(seconds // 60)}:{int(seconds % 60):02d}"
