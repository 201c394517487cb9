"""What a text tells: its matter, its urgency and its place, with the reason. Where it is not sure, nothing."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from catalogue.selectors import category_tree
from catalogue.selectors.categories import LEAF, CategoryNode
from citizens.models import ReadingKind, ReadingState, TextModel, TextModelWeights
from citizens.rules.reading_model import Reader, unpacked
from lianqin.kernel.replicas import from_primary

CHECK_SECONDS = 1.0
RUNNERS_UP = 2


@dataclass(frozen=True, slots=True)
class Choice:
    """A matter, or a class where matters have too few examples; ``percent``: how sure."""

    code: str
    name: str
    percent: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``why``: the pieces of the text that weighed most. ``confidence`` from 0 to 1, calibrated."""

    code: str
    name: str
    is_matter: bool
    confidence: float
    runners_up: tuple[Choice, ...]
    urgency: str
    why: tuple[str, ...]
    model_id: int

    @property
    def percent(self) -> int:
        # Nobody is wholly sure of what somebody meant.
        return min(99, round(100 * self.confidence))


@dataclass(frozen=True, slots=True)
class _Active:
    model_id: int
    reader: Reader


class _Keeper:
    """The reader of a kind in this process; it looks once a second whether another is in use."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        self.active: _Active | None = None
        self.look_at = float("-inf")

    def get(self) -> _Active | None:
        if time.monotonic() < self.look_at:
            return self.active
        with self.lock, from_primary():
            row = (
                TextModel.objects.filter(kind=self.kind, state=ReadingState.ACTIVE).values_list("pk", "digest").first()
            )
            if row is None:
                self.active = None
            elif self.active is None or self.active.model_id != row[0]:
                packet = TextModelWeights.objects.values_list("packet", flat=True).get(model=row[0])
                self.active = _Active(row[0], unpacked(bytes(packet), row[1]))
            self.look_at = time.monotonic() + CHECK_SECONDS
            return self.active


_keepers = {kind: _Keeper(kind) for kind in ReadingKind.values}


def forget_readers() -> None:
    """Have the next text ask the database which reader is in use."""
    for keeper in _keepers.values():
        keeper.forget()


def suggest(text: str) -> Suggestion | None:
    """The matter that a text tells of, or None where nothing is in use or the reader is not sure enough."""
    active = _keepers[ReadingKind.CATEGORY].get()
    if active is None:
        return None
    guesses = active.reader.guesses(text, RUNNERS_UP + 1)
    if not guesses or guesses[0].confidence < active.reader.threshold:
        return None
    best = _category(guesses[0].label)
    if best is None:
        return None
    others = ((each, _category(each.label)) for each in guesses[1:])
    return Suggestion(
        code=best.code,
        name=best.name,
        is_matter=best.level == LEAF,
        confidence=guesses[0].confidence,
        runners_up=tuple(Choice(row.code, row.name, round(100 * each.confidence)) for each, row in others if row),
        urgency=_urgency(text) or best.urgency,
        why=active.reader.reasons(text, guesses[0].label),
        model_id=active.model_id,
    )


def _urgency(text: str) -> str:
    """Empty where the reader of urgency is not sure."""
    active = _keepers[ReadingKind.URGENCY].get()
    if active is None:
        return ""
    best = active.reader.guesses(text, 1)
    return best[0].label if best and best[0].confidence >= active.reader.threshold else ""


def _category(code: str) -> CategoryNode | None:
    """A matter or class that may still be chosen."""
    nodes = (node for each in category_tree() for node in (each, *each.children))
    return next((node for node in nodes if node.code == code), None)
