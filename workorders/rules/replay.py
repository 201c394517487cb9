"""Rebuild the state of an order from the bodies of its events alone. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

GENESIS = ""


def canonical(body: Mapping[str, Any]) -> str:
    """The text that is stored and hashed."""
    return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def chained(previous: str, body: str) -> str:
    return hashlib.sha256((previous + body).encode()).hexdigest()


def text_hash(salt: str, text: str) -> str:
    return hashlib.sha256((salt + text).encode()).hexdigest()


@dataclass
class State:
    """What the tables must say: the order's columns, and status by id of each of its parts."""

    order: dict[str, Any] = field(default_factory=dict)
    assignments: dict[int, dict[str, Any]] = field(default_factory=dict)
    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    timers: dict[int, dict[str, Any]] = field(default_factory=dict)


def replay(bodies: Iterable[str]) -> State:
    """Fold event bodies, oldest first. Raises ValueError on a gap in the numbering."""
    state = State()
    for expected, text in enumerate(bodies, start=1):
        body = json.loads(text)
        if body["seq"] != expected:
            raise ValueError(f"event {body['seq']} where {expected} was expected")
        changes = body["changes"]
        state.order.update(changes.get("order", {}))
        for part in ("assignments", "requests", "timers"):
            known: dict[int, dict[str, Any]] = getattr(state, part)
            for pk, columns in changes.get(part, {}).items():
                known.setdefault(int(pk), {}).update(columns)
    return state
