"""What a course of life is, who tells of what by which source, and how often each happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.dataset.player import Player
from benchmarks.dataset.town import Matter

# Who tells by which source, and how often.
SOURCES: Mapping[str, tuple[str, float]] = {
    "grid_worker": ("worker", 34),
    "hotline_12345": ("hotline", 28),
    "citizen": ("citizen", 18),
    "video": ("duty2", 6),
    "police_110": ("hotline", 5),
    "inspection": ("supervisor", 4),
    "governance_platform": ("hotline", 3),
    "online_inquiry": ("hotline", 1),
    "portal": ("hotline", 1),
}
OUTSIDE = ("hotline_12345", "citizen", "police_110")
PLAIN = ("grid_worker", "hotline_12345", "citizen", "video", "inspection")
FIELD = ("grid_worker",)
CITIZEN = ("citizen",)


def squad(matter: Matter) -> bool:
    """A squad of the street answers for it."""
    return matter.has_squad and not matter.vertical


def calm(matter: Matter) -> bool:
    return squad(matter) and matter.sign[:2] == ("normal", "standard")


def difficult(matter: Matter) -> bool:
    """The catalogue gives it more days."""
    return squad(matter) and matter.sign[:2] == ("normal", "difficult")


def vertical(matter: Matter) -> bool:
    return matter.vertical


def unowned(matter: Matter) -> bool:
    """No squad of the street answers for it: its own squad goes."""
    return not matter.has_squad and not matter.vertical


@dataclass(frozen=True, slots=True)
class Course:
    """``share`` in a hundred; ``left``: (status, level) in which it is abandoned at the end of the data set."""

    name: str
    play: Callable[[Player], None]
    share: float
    fits: Callable[[Matter], bool]
    sources: tuple[str, ...]
    left: tuple[str, str] | None = None


COURSES: dict[str, Course] = {}


def course(
    share: float, fits: Callable[[Matter], bool] = squad, sources: tuple[str, ...] = tuple(SOURCES)
) -> Callable[[Callable[[Player], None]], Callable[[Player], None]]:
    def register(play: Callable[[Player], None]) -> Callable[[Player], None]:
        COURSES[play.__name__] = Course(play.__name__, play, share, fits, sources)
        return play

    return register
