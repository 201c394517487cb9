"""Judge the histories: fold every order's events and hold every step of a clock against the events before it."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from workorders.models import Event, WorkOrder
from workorders.services.chain import verify_order

# Written about a clock by the machine without being a step of it.
NO_STEP = frozenset({"credited", "recomputed"})


class Histories:
    """Reads every order once. ``faults()`` first; then the counters and the latenesses are filled."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self.lateness: list[float] = []
        self.events = self.orders = self.steps = self.acts = self.escalated_by_clock = 0

    def faults(self) -> Iterator[str]:
        for order in WorkOrder.objects.order_by("pk").iterator():
            self.orders += 1
            for finding in verify_order(order):
                yield f"chain or replay: {finding.order} {finding.problem}"
            bodies = Event.objects.filter(order=order).order_by("seq", "pk").values_list("body", flat=True)
            for fault in self._fold(bodies):
                yield f"{fault} (order {order.number})"

    def _fold(self, bodies: Any) -> Iterator[str]:
        timers: dict[str, dict[str, Any]] = {}
        fired: Counter[tuple[int, int]] = Counter()
        risen: Counter[int] = Counter()
        generation, previous = 0, ""
        for text in bodies:
            body = json.loads(text)
            self.events += 1
            if body["at"] < previous:
                yield f"out of order: event {body['seq']} is older than the one before it"
            previous = body["at"]
            yield from self._step(body, timers, fired)
            for pk, columns in body["changes"].get("timers", {}).items():
                timers.setdefault(pk, {}).update(columns)
            generation = body["changes"]["order"].get("generation", generation)
            if body["kind"] == "escalate":
                risen[generation] += 1
        for (timer, step), times in fired.items():
            if times > 1:
                yield f"doubled: step {step} of timer {timer} fired {times} times"
        for number, times in risen.items():
            if times > 1:
                yield f"doubled: {times} escalations in generation {number}"

    def _step(
        self, body: dict[str, Any], timers: dict[str, dict[str, Any]], fired: Counter[tuple[int, int]]
    ) -> Iterator[str]:
        """A step must find its clock running, at that very step, and due."""
        data = body["data"]
        if body["actor"]["kind"] != "system" or "timer" not in data or body["kind"] in NO_STEP:
            self.acts += body["actor"]["kind"] != "system"
            return
        self.steps += 1
        self.kinds[body["kind"]] += 1
        self.escalated_by_clock += body["kind"] == "escalate"
        self.lateness.append(float(data["lateness_seconds"]))
        fired[data["timer"], data["step"]] += 1
        what = f"step {data['step']} ({data['stage']} {data['name']}) of timer {data['timer']}, event {body['seq']}"
        clock = timers.get(str(data["timer"]))
        if clock is None:
            yield f"fired without a clock: {what}"
        elif clock["state"] != "pending" or clock["next_at"] is None:
            yield f"fired after the order moved on: {what} was {clock['state']}"
        elif clock["step"] != data["step"]:
            yield f"fired out of turn: {what}, the clock stood at step {clock['step']}"
        elif dt.datetime.fromisoformat(clock["next_at"]) > dt.datetime.fromisoformat(body["at"]):
            yield f"fired too early: {what}, due {clock['next_at']}, fired {body['at']}"
