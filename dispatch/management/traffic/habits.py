"""How made-up people behave: the fate of each report, and what a role does with what it is offered. Pure, seeded."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The ways of an order with their shares; most are managed.
SHARES: Mapping[str, float] = {
    "plain": 46,
    "assisted": 9,
    "left_reported": 3,
    "left_registered": 3,
    "left_pending": 4,
    "left_handling": 4,
    "left_submitted": 2,
    "return": 5,
    "rework": 6,
    "extend": 4,
    "decline": 4,
    "void": 1.5,
    "shelve": 2,
    "to_district": 3,
    "escalate": 2,
    "hand_down": 1,
    "withdraw": 1,
}
# The first reports of a demonstration, so that everything is to be seen soon.
SHOWCASE = (
    "plain", "decline", "to_district", "shelve", "merge", "void", "plain", "on_site", "escalate", "decline", "shelve",
    "on_site", "to_district", "plain", "left_pending", "left_reported", "void", "return", "rework", "assisted", "merge",
    "on_site", "left_handling", "extend", "plain", "left_submitted", "plain", "hand_down", "withdraw",
    "left_registered",
)  # fmt: skip
STREET, DISTRICT = "street", "district"
CENTRE = frozenset({"street_dispatcher", "district_dispatcher", "district_commander"})


@dataclass(frozen=True, slots=True)
class Fate:
    path: str
    pace: float  # 1 is usual, 2 takes twice as long.
    refuse: bool  # Whether what is asked for on it is refused.
    ignore: bool  # Whether nobody answers what is asked for on it.
    unhappy: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """An action with what is filled in; ``picture`` is uploaded before. ``request``: approve or refuse that one."""

    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""
    picture: str = ""
    assignment: int | None = None
    request: int | None = None
    duplicates: bool = False  # Look for an order to merge into first; without one do ``action``.


def dice_of(*parts: object) -> random.Random:
    """The same dice for the same order in every run with one seed."""
    text = ":".join(str(part) for part in parts)
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def fate_of(number: str, seed: int, path: str = "") -> Fate:
    """What will become of an order; ``path`` is given for those of the showcase."""
    dice = dice_of(seed, number)
    drawn = dice.choices(list(SHARES), list(SHARES.values()))[0]
    scripted = bool(path)
    return Fate(
        path=path or drawn,
        pace=dice.uniform(0.6, 1.2) if scripted else dice.uniform(0.7, 2.2),
        refuse=not scripted and dice.random() < 0.2,
        ignore=not scripted and dice.random() < 0.1,
        unhappy=dice.random() < 0.15,
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person has before them: the order's line, the offers by action, what was done on it before."""

    role: str
    line: Mapping[str, Any]
    offers: Mapping[str, Mapping[str, Any]]
    requests: Sequence[Mapping[str, Any]]
    fate: Fate
    done: frozenset[str]
    category: Mapping[str, Any] | None
    lead: str  # Code of the unit that is responsible by the catalogue.
    others: Sequence[str]  # Codes of units that could assist.

    @property
    def status(self) -> str:
        return str(self.line["status"])

    @property
    def at_street(self) -> bool:
        return str(self.line["level"]) == STREET

    def may(self, action: str) -> bool:
        return action in self.offers

    def first(self, action: str, *paths: str) -> bool:
        """Offered, part of the order's fate, and not done before."""
        return self.may(action) and self.fate.path in paths and action not in self.done

    @property
    def confirmed(self) -> dict[str, Any]:
        return {"conditions_confirmed": True}


def choose(desk: Desk) -> Wish | None:
    """What this person does now; None leaves it lying."""
    if desk.requests and not desk.fate.ignore:
        verb = "refuse" if desk.fate.refuse else "approve"
        return Wish(verb, request=int(desk.requests[0]["id"]))
    if desk.role in CENTRE:
        return CENTRES.get(desk.status, _nothing)(desk)
    return ROLES.get(desk.role, _nothing)(desk)


def _nothing(desk: Desk) -> Wish | None:
    return None


def _reported(desk: Desk) -> Wish | None:
    if desk.fate.path == "left_reported" and desk.at_street:
        return None
    if desk.may("place"):
        return Wish("place")
    if "asked" in desk.done:
        return None
    if desk.first("decline", "decline") and desk.at_street:
        return Wish("decline")
    if desk.first("void", "void"):
        return Wish("void")
    vertical = bool(desk.category and desk.category.get("vertical"))
    if desk.may("register_to_district") and (vertical or desk.fate.path == "to_district"):
        return Wish("register_to_district", desk.confirmed)
    if not desk.may("register"):
        return None
    data = desk.confirmed if desk.line.get("category") else {**desk.confirmed, "category": None}
    return Wish("register", data, duplicates=desk.fate.path == "merge" and desk.may("merge"))


def _registered(desk: Desk) -> Wish | None:
    if desk.may("arbitrate"):
        return Wish("arbitrate", {"lead": desk.lead, "assists": []})
    if "asked" in desk.done or (desk.fate.path == "left_registered" and desk.at_street):
        return None
    for action, path in (("shelve", "shelve"), ("escalate", "escalate"), ("hand_down", "hand_down")):
        if desk.first(action, path):
            return Wish(action)
    if not desk.may("dispatch") or not desk.lead:
        return None
    assists = list(desk.others[: 2 if not desk.at_street else 1])
    joint = desk.fate.path in ("assisted", "to_district", "escalate") or not desk.at_street
    return Wish("dispatch", {"lead": desk.lead, "assists": assists if joint else []})


def _submitted(desk: Desk) -> Wish | None:
    if desk.fate.path == "left_submitted" and desk.at_street:
        return None
    if desk.first("rework", "rework"):
        return Wish("rework")
    return Wish("verify", {}) if desk.may("verify") else None


def _handling(desk: Desk) -> Wish | None:
    return Wish("adjust", {"add": list(desk.others[:1])}) if desk.first("adjust", "extend") and desk.others else None


def _shelved(desk: Desk) -> Wish | None:
    return Wish("resume") if desk.may("resume") and desk.fate.unhappy else None


def _closed(desk: Desk) -> Wish | None:
    if desk.may("callback"):
        return Wish("callback", {"reached": desk.fate.pace < 1.7, "satisfied": not desk.fate.unhappy})
    return Wish("reopen") if desk.first("reopen", desk.fate.path) and desk.fate.unhappy else None


CENTRES: Mapping[str, Callable[[Desk], Wish | None]] = {
    "reported": _reported,
    "registered": _registered,
    "handling": _handling,
    "submitted": _submitted,
    "shelved": _shelved,
    "closed": _closed,
}


def _department(desk: Desk) -> Wish | None:
    """Mostly managed. What is left lying is left at the street only: the district's departments get it done."""
    path = desk.fate.path if desk.at_street else "plain"
    if desk.may("acknowledge"):
        return None if path == "left_pending" else Wish("acknowledge", assignment=_part(desk, "acknowledge"))
    if path == "return" and desk.first("return_assignment", "return"):
        return Wish("return_assignment", assignment=_part(desk, "return_assignment"))
    if path == "extend" and desk.first("extend", "extend"):
        return Wish("extend", {"hours": 4})
    if not desk.may("submit_result") or path == "left_handling":
        return None
    return Wish("submit_result", picture="after", assignment=_part(desk, "submit_result"))


def _part(desk: Desk, action: str) -> int | None:
    part = desk.offers[action].get("assignment")
    return None if part is None else int(part)


def _officer(desk: Desk) -> Wish | None:
    if desk.may("verify"):
        return _submitted(desk)
    if desk.status != "reported" or desk.fate.path == "left_reported":
        return None
    if desk.may("claim"):
        return Wish("claim") if desk.fate.path in ("plain", "on_site") and desk.fate.pace < 1.4 else None
    if desk.may("handle_on_site") and desk.fate.path == "on_site":
        return Wish("handle_on_site", picture="after")
    if desk.may("assign_worker") and "assign_worker" not in desk.done and desk.fate.pace < 0.9:
        return Wish("assign_worker")
    return Wish("pass_up") if desk.may("pass_up") else None


def _grid_worker(desk: Desk) -> Wish | None:
    if desk.status == "reported" and desk.may("handle_on_site") and desk.fate.path == "on_site":
        return Wish("handle_on_site", picture="after")
    return _submitted(desk) if desk.may("verify") else None


def _supervisor(desk: Desk) -> Wish | None:
    return _closed(desk) if desk.status == "closed" else _submitted(desk)


def _reporter(desk: Desk) -> Wish | None:
    """Who told us: gives up, objects, or says that it came back."""
    if desk.first("withdraw", "withdraw"):
        return Wish("withdraw")
    if desk.may("contest") and desk.fate.unhappy:
        return Wish("contest")
    return None


ROLES: Mapping[str, Callable[[Desk], Wish | None]] = {
    "department_handler": _department,
    "community_officer": _officer,
    "grid_worker": _grid_worker,
    "grid_leader": _grid_worker,
    "supervisor": _supervisor,
    "source": _reporter,
}
# Seconds that something lies before somebody takes it up, at a usual pace.
LYING: Mapping[str, float] = {
    "reported": 10, "registered": 7, "dispatched": 8, "handling": 30, "submitted": 14, "shelved": 60, "closed": 45,
}  # fmt: skip
HASTE: Mapping[str, float] = {"critical": 0.3, "urgent": 0.5}
# Reports of an hour of the day; the mean is about 1.
HOURS = (
    0.35, 0.3, 0.25, 0.25, 0.3, 0.5, 0.8, 1.3, 1.7, 1.8, 1.7, 1.4, 1.1, 1.2, 1.5, 1.6, 1.6, 1.5, 1.4, 1.2, 1.0, 0.8,
    0.6, 0.45,
)  # fmt: skip


def lies_for(line: Mapping[str, Any], fate: Fate) -> float:
    """Seconds before somebody takes an order up."""
    return LYING.get(str(line["status"]), 60) * fate.pace * HASTE.get(str(line["urgency"]), 1.0)


def busyness(hour: int) -> float:
    """How many reports come in that hour against the mean."""
    return HOURS[hour % 24]
