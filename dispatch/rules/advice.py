"""Whom to send an order to, and why: the shape of an advice and how people near by are ranked. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LEAD, ASSIST = "lead", "assist"
# A position older than this says where somebody was, not where they are.
STALE_SECONDS = 30 * 60


@dataclass(frozen=True, slots=True)
class Candidate:
    """A department that may be sent to. ``reason`` is a sentence; ``rule`` the number in the list, or empty.

    ``load``: open parts that it has in hand; ``on_duty``: how many of it are on duty now; ``chosen``: what one click
    takes. ``decided_by``: arbitration, list, catalogue; empty for who was not named by a rule.
    """

    unit_id: int
    code: str
    name: str
    role: str
    reason: str
    rule: str = ""
    load: int = 0
    on_duty: int = 0
    warning: str = ""
    chosen: bool = False
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class NearbyPerson:
    """Somebody on duty, until ``until`` (HH:MM). ``distance_m`` and ``age_s`` are None without a position."""

    user_id: int
    name: str
    post: str
    unit_name: str
    distance_m: int | None
    age_s: int | None
    load: int
    until: str
    reason: str

    @property
    def is_stale(self) -> bool:
        return self.age_s is not None and self.age_s > STALE_SECONDS


@dataclass(frozen=True, slots=True)
class Advice:
    """``lead`` is None where no rule applies: ``says`` tells so. ``version``: of the list, None without one.

    ``others``: departments that no rule names, the most fitting first.
    """

    lead: Candidate | None
    assists: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    people: tuple[NearbyPerson, ...]
    says: str
    version: int | None = None

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All departments, the lead first."""
        return ((self.lead,) if self.lead else ()) + self.assists + self.others


def ranked(people: list[NearbyPerson]) -> list[NearbyPerson]:
    """Fresh positions by distance, then stale ones, then people whose place is not known; of equals the less busy."""
    return sorted(people, key=_rank)


def _rank(person: NearbyPerson) -> tuple[int, int, int, str]:
    if person.distance_m is None:
        return 2, 0, person.load, person.name
    return int(person.is_stale), person.distance_m, person.load, person.name
