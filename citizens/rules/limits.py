"""How much of what one visitor, one number or one network may ask of the public door. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from math import ceil

DEVICE, NUMBER, NEAR, WIDE = "device", "number", "near", "wide"
MEASURES = (DEVICE, NUMBER, NEAR, WIDE)
A_DAY = 24 * 3600
# Prefix lengths of a network by version: whoever has one address has as a rule all of these. NEAR, then WIDE.
PREFIXES: Mapping[int, Mapping[str, int]] = {4: {NEAR: 24}, 6: {NEAR: 64, WIDE: 48}}


@dataclass(frozen=True, slots=True)
class Figure:
    """``free`` in any ``seconds`` without a question, ``most`` with proof of work; the same where none is asked."""

    free: int
    most: int
    seconds: int


Figures = Mapping[str, Mapping[str, Figure]]
TEN_MINUTES = 600
# Whoever signed in is counted by their number alone: a row without one would be no limit for them.
# A network may be a whole neighbourhood behind one provider: much is free, and very much with proof of work.
FIGURES: Figures = {
    "report": {
        DEVICE: Figure(8, 40, TEN_MINUTES),
        NUMBER: Figure(20, 60, TEN_MINUTES),
        NEAR: Figure(20, 1200, TEN_MINUTES),
        WIDE: Figure(60, 2400, TEN_MINUTES),
    },
    # What people add who signed in: remarks with pictures, matters, opinions.
    "upload": {
        DEVICE: Figure(20, 60, TEN_MINUTES),
        NUMBER: Figure(40, 120, TEN_MINUTES),
        NEAR: Figure(60, 1200, TEN_MINUTES),
        WIDE: Figure(120, 2400, TEN_MINUTES),
    },
    "near": {
        DEVICE: Figure(60, 60, 60),
        NUMBER: Figure(60, 60, 60),
        NEAR: Figure(300, 300, 60),
        WIDE: Figure(600, 600, 60),
    },
    "suggest": {
        DEVICE: Figure(60, 60, 60),
        NUMBER: Figure(60, 60, 60),
        NEAR: Figure(240, 240, 60),
        WIDE: Figure(480, 480, 60),
    },
    # A code has sixty bits: nobody finds one by asking. Pages come with their pictures.
    "track": {
        DEVICE: Figure(300, 300, TEN_MINUTES),
        NUMBER: Figure(300, 300, TEN_MINUTES),
        NEAR: Figure(1200, 1200, TEN_MINUTES),
        WIDE: Figure(2400, 2400, TEN_MINUTES),
    },
    # Each is a message that somebody pays for and that may wake somebody else.
    "signin": {
        DEVICE: Figure(8, 20, TEN_MINUTES),
        NUMBER: Figure(8, 20, TEN_MINUTES),
        NEAR: Figure(30, 240, TEN_MINUTES),
        WIDE: Figure(60, 480, TEN_MINUTES),
    },
    "signin-code": {
        DEVICE: Figure(20, 20, TEN_MINUTES),
        NUMBER: Figure(20, 20, TEN_MINUTES),
        NEAR: Figure(120, 120, TEN_MINUTES),
    },
    # Programs: they can wait, and solve nothing.
    # One network writes for many people: each key has its own limits beside these.
    "open311": {
        NUMBER: Figure(1200, 1200, TEN_MINUTES),
        NEAR: Figure(1200, 1200, TEN_MINUTES),
        WIDE: Figure(2400, 2400, TEN_MINUTES),
    },
    "open311-read": {
        NUMBER: Figure(1200, 1200, TEN_MINUTES),
        NEAR: Figure(1200, 1200, TEN_MINUTES),
        WIDE: Figure(2400, 2400, TEN_MINUTES),
    },
    "api-key": {
        DEVICE: Figure(3, 3, A_DAY),
        NUMBER: Figure(3, 3, A_DAY),
        NEAR: Figure(10, 10, A_DAY),
        WIDE: Figure(20, 20, A_DAY),
    },
    "appeal": {
        DEVICE: Figure(2, 2, A_DAY),
        NUMBER: Figure(2, 2, A_DAY),
        NEAR: Figure(20, 20, A_DAY),
        WIDE: Figure(40, 40, A_DAY),
    },
}
# What somebody who is blocked may not do. Everything else stays open: reading, following, signing in, appealing.
BLOCKED = frozenset({"report", "upload", "open311"})


def networks_of(address: str | None) -> dict[str, str]:
    """Networks of an address by measure. This machine is none: an unwrapped proxy makes nobody everybody."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return {}
    found = getattr(found, "ipv4_mapped", None) or found
    if found.is_loopback:
        return {}
    return {name: str(ip_network((found, bits), strict=False)) for name, bits in PREFIXES[found.version].items()}


def wait_seconds(before: int, current: int, passed: float, most: int, seconds: int) -> int:
    """Seconds until one more fits, if nobody asks meanwhile; 1 at least.

    There were those of this window, and the part of the last that is still within: ``before * (1 - passed) + current``.
    ``passed``: how much of this window is over, 0 to 1.
    """
    if current >= most:
        part = 2 - (most - 1) / current
    elif before:
        part = 1 - (most - 1 - current) / before
    else:
        part = passed
    return max(1, ceil(round((part - passed) * seconds, 3)))


def changed(figures: Figures, wanted: Iterable[str]) -> Figures:
    """The figures with those of the settings: ``report.near=20/1200/600`` is free/most/seconds. Raises ValueError."""
    found = {what: dict(rows) for what, rows in figures.items()}
    for entry in wanted:
        name, _, numbers = entry.partition("=")
        what, _, measure = name.strip().partition(".")
        if what not in found or measure not in MEASURES:
            raise ValueError(f"{name!r} is no limit")
        parts = [int(part) for part in numbers.split("/")]
        if len(parts) != 3 or min(parts) < 1 or parts[0] > parts[1] or parts[2] > A_DAY:
            raise ValueError(f"{entry!r} is not free/most/seconds")
        found[what][measure] = Figure(*parts)
    return found
