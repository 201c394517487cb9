"""The verdict: what was lost, doubled or broken, and whether enough happened to say so."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

from benchmarks.engine import logs
from benchmarks.engine.history import Histories
from benchmarks.engine.plan import Least
from workorders.services.auditor import breaches

OVERDUE = """
SELECT count(*) FROM workorders_timer
WHERE state = 'pending' AND next_at < (SELECT lianqin_now()) - interval '3 seconds'
"""
UNRELAYED = """
SELECT (SELECT count(*) FROM relay_outboxmessage WHERE sequence IS NULL)
     + (SELECT count(*) FROM relay_delivery WHERE state <> 'done')
     + (SELECT coalesce(max(last_sequence - published_sequence), 0) FROM relay_logstate)
"""
# What must be empty at the end -> query that counts what is wrong.
COUNTS = {
    "outbox: not one message for each event": """
        SELECT count(*) FROM (SELECT e.id FROM workorders_event e LEFT JOIN relay_outboxmessage m
        ON m.topic = 'order.event' AND m.key = e.id::text GROUP BY e.id HAVING count(m.id) <> 1) wrong""",
    "outbox: messages of events that do not exist": """
        SELECT count(*) FROM relay_outboxmessage m WHERE m.topic = 'order.event'
        AND NOT EXISTS (SELECT 1 FROM workorders_event e WHERE e.id::text = m.key)""",
    "outbox: messages without a sequence": "SELECT count(*) FROM relay_outboxmessage WHERE sequence IS NULL",
    "outbox: gaps in the sequence": """
        SELECT coalesce(max(sequence), 0) - count(*) FROM relay_outboxmessage WHERE sequence IS NOT NULL""",
    "outbox: deliveries not done": "SELECT count(*) FROM relay_delivery WHERE state <> 'done'",
    "outbox: numbered but not published": """
        SELECT coalesce(max(last_sequence - published_sequence), 0) FROM relay_logstate""",
    "consumer: not exactly one effect for each message": """
        SELECT count(*) FROM (SELECT m.id FROM relay_outboxmessage m LEFT JOIN fire_witness w ON w.message_id = m.id
        WHERE m.topic = 'order.event' GROUP BY m.id HAVING count(w.*) <> 1) wrong""",
    "timers that failed": "SELECT count(*) FROM workorders_timer WHERE attempts > 0",
    "alarms raised": "SELECT count(*) FROM workorders_alarm",
    "outages recorded that were none": "SELECT count(*) FROM workorders_downtime",
}
SHOWN = 12


def scalar(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def overdue() -> int:
    return scalar(OVERDUE)


def unrelayed() -> int:
    return scalar(UNRELAYED)


@dataclass
class Verdict:
    """``faults`` by kind, the first of each in words; ``figures`` for people."""

    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.faults

    def blame(self, fault: str) -> None:
        kind = fault.partition(":")[0]
        self.faults[kind] += 1
        told = self.examples.setdefault(kind, [])
        if len(told) < SHOWN:
            told.append(fault)

    def as_json(self) -> dict[str, Any]:
        return {"seed": self.seed, "ok": self.ok, "figures": self.figures, "faults": self.examples}

    def text(self) -> str:
        lines = [f"seed {self.seed}: {'ok' if self.ok else 'FAILED'}"]
        lines += [f"  {name}: {value}" for name, value in self.figures.items()]
        for kind, number in self.faults.most_common():
            lines += [f"  FAULT {kind}: {number}", *(f"    {each}" for each in self.examples[kind])]
        return "\n".join(lines)


def judge(verdict: Verdict, least: Least, logs_of_run: list[Path], troubles: Counter[str], stubborn: list[str]) -> None:
    """Look at everything the run left behind. Nothing is ok when nothing happened."""
    histories = Histories()
    for fault in histories.faults():
        verdict.blame(fault)
    for breach in breaches():
        if breach.kind == "timer_overdue":
            continue  # Looked at while there was still somebody to fire.
        verdict.blame(f"invariant {breach.kind}: {breach.subject} {breach.detail}")
    for name, query in COUNTS.items():
        number = scalar(query)
        if number:
            verdict.blame(f"{name}: {number}")
    for text in stubborn:
        verdict.blame(f"process: {text}")
    spoken = logs.read(logs_of_run)
    for text in spoken.unexpected:
        verdict.blame(f"unexpected exception: {text}")
    verdict.figures |= _figures(histories, spoken, troubles)
    for fault in _too_little(histories, troubles, least):
        verdict.blame(fault)


def _figures(histories: Histories, spoken: logs.Spoken, troubles: Counter[str]) -> dict[str, Any]:
    late = sorted(histories.lateness) or [0.0]
    return {
        "orders": histories.orders,
        "events": histories.events,
        "actions by people": histories.acts,
        "steps fired": histories.steps,
        "escalated by the clock": histories.escalated_by_clock,
        "steps by kind": dict(histories.kinds.most_common()),
        "fired by": dict(spoken.swept),
        "lateness in seconds": {
            "median": round(statistics.median(late), 3),
            "p95": round(late[int(len(late) * 0.95)], 3),
            "max": round(late[-1], 3),
        },
        "people": dict(spoken.people.most_common()),
        "kills": sum(number for name, number in troubles.items() if name.startswith("kill")),
        "trouble": dict(sorted(troubles.items())),
        "expected errors in the logs": dict(spoken.expected.most_common()),
    }


def _too_little(histories: Histories, troubles: Counter[str], least: Least) -> Iterator[str]:
    happened = {
        "firings": histories.steps,
        "actions": histories.acts,
        "escalations": histories.escalated_by_clock,
        "kills": sum(number for name, number in troubles.items() if name.startswith("kill")),
        "cuts": troubles["cut"],
        "flushes": troubles["flush"],
    }
    for name, wanted in asdict(least).items():
        if happened[name] < wanted:
            yield f"too little happened: {happened[name]} {name}, at least {wanted} are needed to prove anything"
