"""Who is told of what: one line per kind of event. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class To(StrEnum):
    """A way to find recipients in an event; the names are those of ``Recipients`` in the services."""

    ADDRESSEE = "addressee"  # The unit that the event names.
    HOLDER = "holder"
    CENTRE = "centre"  # Of the order's level.
    DISTRICT = "district"
    STREET = "street"
    LEAD = "lead"
    ASSISTS = "assists"
    SUPERSEDED = "superseded"  # Departments whose work ended with the event.
    APPROVER = "approver"
    REQUESTER = "requester"
    REPORTER = "reporter"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class News:
    """``own_too``: also to the unit that acted, because a second person there is meant."""

    kind: str
    gravity: str
    to: tuple[To, ...]
    own_too: bool = False


INFO, WARN, CRITICAL = "info", "warn", "critical"
NEWS: Mapping[str, tuple[News, ...]] = {
    "supervised": (News("supervised", CRITICAL, (To.ADDRESSEE, To.CENTRE, To.DISTRICT)),),
    "escalate": (News("escalated", WARN, (To.DISTRICT, To.STREET, To.SUPERSEDED)),),
    "register_to_district": (News("escalated", INFO, (To.DISTRICT,)),),
    "warned": (News("warned", WARN, (To.ADDRESSEE,)),),
    "reminded": (News("reminded", WARN, (To.ADDRESSEE,)),),
    "dispatch": (News("dispatched", INFO, (To.LEAD, To.ASSISTS)),),
    "arbitrate": (News("dispatched", WARN, (To.LEAD, To.ASSISTS)),),
    "adjust": (News("dispatched", INFO, (To.ASSISTS,)),),
    "return_assignment": (News("returned", WARN, (To.CENTRE,)),),
    "request": (News("requested", INFO, (To.APPROVER,), own_too=True),),
    "request_refused": (News("refused", WARN, (To.REQUESTER,), own_too=True),),
    "extend": (News("approved", INFO, (To.REQUESTER,), own_too=True),),
    "shelve": (News("approved", INFO, (To.REQUESTER,), own_too=True),),
    "arbitration_raised": (News("arbitration_raised", CRITICAL, (To.DISTRICT,)),),
    "rework": (News("rework", WARN, (To.HOLDER,)),),
    "callback_missed": (News("callback_missed", INFO, (To.CENTRE,)),),
    "hand_down": (News("handed_down", WARN, (To.STREET,)),),
    "assign_worker": (News("assigned", INFO, (To.WORKER,)),),
    # What is owed to the one who told us.
    "answered": (News("answered", INFO, (To.REPORTER,)),),
    "verify": (News("answered", INFO, (To.REPORTER,)),),
    "decline": (News("answered", WARN, (To.REPORTER,)), News("approved", INFO, (To.REQUESTER,), own_too=True)),
    "void": (News("answered", WARN, (To.REPORTER,)), News("approved", INFO, (To.REQUESTER,), own_too=True)),
}
# What of an event's facts a notice keeps for its sentence: codes and figures, never free text.
KEPT = ("stage", "tier", "name", "request_kind", "outcome", "number")
HALF = "half"


def gravity_of(news: News, facts: Mapping[str, Any]) -> str:
    """A warning at half of the time is only for information."""
    return INFO if news.kind == "warned" and facts.get("name") == HALF else news.gravity


def kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in KEPT if facts.get(name) is not None}


def superseded_pks(changes: Mapping[str, Any]) -> list[int]:
    """Primary keys of the assignments that the event ended without a result."""
    ended: Iterable[tuple[str, Mapping[str, Any]]] = changes.get("assignments", {}).items()
    return sorted(int(pk) for pk, columns in ended if columns.get("status") == "superseded")


def document_number(order_number: str, generation: int, tier: int) -> str:
    """``PK20261121-000123-DB1-2``: generation 1, tier 2."""
    return f"{order_number}-DB{generation}-{tier}"
