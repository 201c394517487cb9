"""The same counts once more, in plain words: every event of every order, one after the other."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from typing import Any
from zoneinfo import ZoneInfo

from grids.models import Unit
from workorders.models import Event

OPEN = {"reported", "registered", "dispatched", "handling", "submitted", "shelved"}
SHANGHAI = ZoneInfo("Asia/Shanghai")
# Typed by hand.
ENFORCING = {
    *("urban_management", "environment", "transport", "traffic_police", "public_security", "fire", "emergency"),
    *("market", "health", "planning", "culture"),
}
KINDS = {
    "report": "reported",
    "contest": "contested",
    "return_assignment": "returned",
    "rework": "reworked",
    "handle_on_site": "on_site",
    "hand_down": "handed_down",
    "supervised": "supervised",
    "extend": "extended",
    "reopen": "reopened",
}
ENTERED = {"declined", "dispatched", "submitted", "shelved", "merged", "voided", "closed"}


def expected() -> dict[tuple[object, ...], dict[str, int]]:
    """What the rollups must say, keyed as conftest.rollups."""
    sums: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    state: dict[str, Any] = {}
    late, lead = False, None
    enforcing = set(Unit.objects.filter(function__in=ENFORCING).values_list("pk", flat=True))
    for event in Event.objects.order_by("order_id", "seq"):
        body = json.loads(event.body)
        before = {} if event.seq == 1 else dict(state)
        state = before | body["changes"]["order"]
        if state["status"] == "submitted" != before.get("status"):
            late = event.late and event.at > dt.datetime.fromisoformat(before["due_at"])
        if event.seq == 1:
            lead = None
        if state["status"] == "dispatched" != before.get("status"):
            lead = state["holder_id"]
        here, there = counted(event, body, before, state, late)
        if state["status"] == "closed" != before.get("status"):
            here["closed_by_enforcement"] += lead in enforcing and not state["on_site"]
        for at, found in ((state, here), (before, there)):
            for name, number in found.items():
                for key in keys(event, at):
                    sums[key][name] += number
    return {key: {name: n for name, n in found.items() if n} for key, found in sums.items() if any(found.values())}


def keys(event: Event, at: dict[str, Any]) -> list[tuple[object, ...]]:
    day = event.at.astimezone(SHANGHAI).date()
    category = str(at["category_id"]) if at["category_id"] is not None else ""
    faces = (("all", ""), ("source", at["source"]), ("category", category))
    place = at["district_id"], at["street_id"]
    cohort = event.order_id // 1_000_000_000
    return [
        (grain, face, first, *place, value, cohort)
        for grain, first in (("day", day), ("month", day.replace(day=1)))
        for face, value in faces
    ]


def counted(
    event: Event, body: dict[str, Any], before: dict[str, Any], after: dict[str, Any], late: bool
) -> tuple[Counter[str], Counter[str]]:
    """What the event adds where the order is now, and where it was before."""
    here: Counter[str] = Counter()
    there: Counter[str] = Counter()
    age = round((event.at - dt.datetime.fromisoformat(after["reported_at"])).total_seconds())
    if event.kind in KINDS:
        here[KINDS[event.kind]] += 1
    entered = after["status"] if after["status"] != before.get("status") else ""
    if entered in ENTERED:
        here[entered] += 1
    if entered == "submitted":
        here["submitted_seconds"] += age
        here["submitted_late"] += late
    if entered == "closed":
        here["closed_seconds"] += age
        here["closed_late"] += late
        here[f"closed_at_{after['level']}"] += 1
        here["closed_first_level"] += after["highest_level"] == "street"
        here["closed_on_site"] += after["on_site"]
    if after["registered_at"] and not before.get("registered_at"):
        here["registered"] += 1
        here["registered_seconds"] += age
    told = body["data"]
    if event.kind == "dispatch" and told.get("followed") is not None:
        here["dispatched_by_rule"] += 1
        here["followed" if told["followed"] else "corrected"] += 1
    if event.kind == "arbitrate":
        here["upheld"] += told["upheld"]
    sent_back = before.get("status") in ("dispatched", "handling") and after["status"] == "registered"
    if event.kind == "return_assignment" and event.user_id is not None:
        here["misdispatched"] += sent_back
    if event.kind == "callback":
        here["reached"] += bool(body["data"]["reached"])
        here["satisfied"] += bool(body["data"]["satisfied"])
    if before:
        compare(event, before, after, here, there)
    return here, there


def compare(
    event: Event, before: dict[str, Any], after: dict[str, Any], here: Counter[str], there: Counter[str]
) -> None:
    if (before["level"], after["level"]) == ("street", "district"):
        here["escalated"] += 1
        here["timed_out"] += event.actor_kind == "system"
    here["first_escalated"] += before["highest_level"] != after["highest_level"]
    here["ended"] += before["status"] in OPEN and after["status"] not in OPEN
    there["revived"] += before["status"] not in OPEN and after["status"] in OPEN
    there["unregistered"] += bool(before["registered_at"] and not after["registered_at"])
    if (before["district_id"], before["street_id"]) != (after["district_id"], after["street_id"]):
        here["moved_in"] += 1
        there["moved_out"] += 1
    if before["category_id"] != after["category_id"]:
        here["reclassified_in"] += 1
        there["reclassified_out"] += 1
