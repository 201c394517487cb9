"""What the state machine of the tests knows: valid inputs for every action, and what must hold after every step.

Typed by hand from the specification; nothing here is read from workorders.states.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection

from tests.workorders.conftest import HERE, NEXT_GRID, OTHER_STREET
from workorders.models import Alarm, Assignment, Timer, WorkOrder
from workorders.services.auditor import breaches
from workorders.services.chain import verify_order

ACTIONS = (
    "claim", "assign_worker", "pass_up", "place", "relocate", "register", "register_to_district", "decline",
    "contest", "handle_on_site", "reclassify", "merge", "dispatch", "adjust", "acknowledge", "return_assignment",
    "contest_return", "arbitrate", "submit_result", "override", "verify", "rework", "escalate", "hand_down",
    "extend", "shelve", "resume", "void", "withdraw", "reopen", "callback", "comment",
)  # fmt: skip
OPEN = {"reported", "registered", "dispatched", "handling", "submitted", "shelved"}
STREET_LEADS = ("320999001-urban_management", "320999001-market")
DISTRICT_LEADS = ("320999-urban_management", "320999-water")
# Stages of the order's own clocks that run (pending) in each status; the rest is paused or over.
RUNNING = {
    "reported": {"accept"},
    "registered": {"resolve", "dispatch"},
    "dispatched": {"resolve"},
    "handling": {"resolve"},
    "submitted": {"verify"},
    "shelved": {"review"},
    "closed": {"callback"},
    "declined": set(),
    "merged": set(),
    "voided": set(),
}


def inputs(action: str, order: WorkOrder, other: WorkOrder | None, pick: int, today: dt.date) -> dict[str, Any]:
    """Valid inputs for an action on an order; ``pick`` varies them."""
    leads = DISTRICT_LEADS if order.level == "district" else STREET_LEADS
    lead, second = leads[pick % 2], leads[1 - pick % 2]
    point = (HERE, NEXT_GRID, OTHER_STREET)[pick % 3]
    master = other.number if other is not None else order.number
    return {
        "reason": "情况有变",
        "comment": "请知悉",
        "result": "已清理完毕",
        "lon": point[0],
        "lat": point[1],
        "category": ("T01", "T03")[pick % 2] if action == "reclassify" else "T01",
        "conditions_confirmed": True,
        "worker": "grid_worker",
        "lead": lead,
        "assists": [second] if pick % 4 < 2 else [],
        "add": [second] if pick % 2 else [],
        "revoke": [] if pick % 2 else [second],
        "master": master,
        "street": "320999001",
        "workdays": 1 + pick % 3,
        "review_on": (today + dt.timedelta(days=1 + pick)).isoformat(),
        "reached": pick % 2 == 0,
        "affected_streets": ["320999002"] if pick % 3 == 0 else [],
    }


TABLES = (
    *("workorder", "assignment", "request", "timer", "event", "eventtext", "alarm", "ordertext", "reportercontact"),
    *("attachment", "numberday"),
)


def everything() -> str:
    """One digest over every row that an action may change."""
    parts = [
        f"(SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM workorders_{table} t)"
        for table in TABLES
    ]
    parts.append("(SELECT count(*)::text FROM relay_outboxmessage)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " || '/' || ".join(parts))
        digest: str = cursor.fetchone()[0]
    return digest


def faults() -> list[str]:
    """Everything that is not as it must be, over all orders; a timer may wait for the next sweep."""
    found = [f"{b.kind} {b.subject} {b.detail}" for b in breaches() if b.kind != "timer_overdue"]
    found += [f"alarm {alarm.kind}: {alarm.detail}" for alarm in Alarm.objects.filter(kind="timer_failed")]
    for order in WorkOrder.objects.order_by("pk"):
        found += [f"{finding.order} {finding.problem}" for finding in verify_order(order)]
        found += [f"{order.number} {order.status}/{order.level}: {fault}" for fault in order_faults(order)]
    return found


def order_faults(order: WorkOrder) -> list[str]:
    parts = list(Assignment.objects.filter(order=order))
    live = [part for part in parts if part.status in ("pending", "acknowledged")]
    leads = [part for part in live if part.role == "lead"]
    done = [part for part in parts if part.role == "lead" and part.status == "done"]
    master = order.master
    rules = {
        "unknown status": order.status in RUNNING,
        "unknown level": order.level in ("street", "district"),
        "highest level forgotten": order.level == "street" or order.highest_level == "district",
        "open without a holder": order.status not in OPEN or order.holder_id is not None,
        "final with a holder or a due": order.status in OPEN or (order.holder_id is None and order.due_at is None),
        "open without a due": order.status not in OPEN or order.due_at is not None,
        "not ended when final": (order.status in OPEN) == (order.ended_at is None),
        "two leads": len(leads) <= 1,
        "dispatched without a pending lead": order.status != "dispatched" or [p.status for p in leads] == ["pending"],
        "handling with nobody at work": order.status != "handling" or bool(live),
        "handling without a lead": order.status != "handling"
        or bool(done)
        or [p.status for p in leads] == ["acknowledged"],
        "a lead before dispatch": order.status not in ("reported", "registered") or not leads,
        "live parts where there are none": order.status in ("registered", "dispatched", "handling") or not live,
        "merged without a master": (order.status == "merged") == (master is not None),
        "merged into one that let it go": master is None or master.status not in ("declined", "voided", "merged"),
        "handed down twice": order.hand_downs <= 1,
        "shelved three times": order.shelvings <= 2,
        "extended twice on a level": len(order.extended_levels.split()) == len(set(order.extended_levels.split())),
        "on site but not submitted": not order.on_site or order.status in ("submitted", "closed", "voided"),
    }
    return [fault for fault, holds in rules.items() if not holds] + clock_faults(order)


def clock_faults(order: WorkOrder) -> list[str]:
    timers = list(Timer.objects.filter(order=order, state__in=("pending", "paused")))
    own = {timer.stage: timer for timer in timers if timer.assignment_id is None and timer.request_id is None}
    running = {stage for stage, timer in own.items() if timer.state == "pending"}
    wanted = RUNNING[order.status]
    if order.status == "reported" and order.hand_downs:
        running.discard("resolve")  # The district's own clock runs on.
    if order.status == "closed":
        running.discard("callback")  # Until somebody called.
        wanted = set()
    found = [] if running == wanted else [f"clocks {sorted(running)} run, not {sorted(wanted)}"]
    resolve = own.get("resolve")
    for timer in timers:
        inside = timer.stage in ("dispatch", "acknowledge", "handle") and timer.state == "pending"
        if inside and resolve is not None and timer.started_at < resolve.due_at < timer.due_at:
            found.append(f"{timer.stage} ends after resolve")
        if timer.stage in ("accept", "dispatch", "verify", "review") and timer.level != order.level:
            found.append(f"a clock of the {timer.level} runs: {timer.stage}")
    return found
