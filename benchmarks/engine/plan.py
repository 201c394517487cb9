"""How hot the fire is. Every random choice follows from ``seed``; what the processes make of it does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Times in seconds. ``scale`` is the platform's time scale; ``every`` is the mean time between two of a kind."""

    seed: int
    seconds: float
    orders: int = 300
    scale: int = 1200
    sweepers: int = 3
    relays: int = 2
    workers: int = 1
    clients: int = 8
    pause: float = 0.02
    kill_every: float = 0.8
    flush_every: float = 4.0
    cut_every: float = 0.7
    hold_every: float = 0.3
    beat_every: float = 0.5
    drain_within: float = 180.0
    # The server is ours alone: empty all of it, not only our number.
    flush_everything: bool = False
    without: str = ""


@dataclass(frozen=True, slots=True)
class Least:
    """What must have happened at the very least, or the run proves nothing."""

    firings: int
    actions: int
    kills: int
    cuts: int
    flushes: int
    escalations: int
