"""A bar on a terminal, a line for every tenth elsewhere."""

from __future__ import annotations

import time
from typing import TextIO

WIDTH = 30
EVERY_SECONDS = 0.2


class Bar:
    """Call it with (done, total): it draws what was done, how fast, and how long it will take."""

    def __init__(self, out: TextIO, label: str) -> None:
        self.out, self.label = out, label
        self.began_at = self.drawn_at = time.monotonic()
        self.tenth = 0

    def __call__(self, done: int, total: int) -> None:
        now, tenth = time.monotonic(), done * 10 // max(total, 1)
        if self.out.isatty():
            if now - self.drawn_at >= EVERY_SECONDS or done == total:
                self.drawn_at = now
                full = WIDTH * done // max(total, 1)
                bar = "█" * full + "·" * (WIDTH - full)
                self.out.write(f"\r{self.label} {bar} {self._told(done, total, now)}" + ("\n" if done == total else ""))
                self.out.flush()
        elif tenth > self.tenth:
            self.out.write(f"{self.label} {self._told(done, total, now)}\n")
        self.tenth = tenth

    def _told(self, done: int, total: int, now: float) -> str:
        rate = done / max(now - self.began_at, 1e-6)
        return f"{done:,} of {total:,}, {rate:,.0f}/s, {(total - done) / max(rate, 1e-6):,.0f} s left"
