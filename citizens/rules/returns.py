"""Which events of an order, and of the one it was merged into, are news for the platform that sent it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

ACCEPTED, REGISTERED, DECLINED, HANDLED = "accepted", "registered", "declined", "handled"
CLOSED, REOPENED, MERGED, VOIDED = "closed", "reopened", "merged", "voided"
# By what was done, whatever the order is then; what was let go again stands registered on its own.
DONE: Mapping[str, str] = {
    "report": ACCEPTED, "register": REGISTERED, "register_to_district": REGISTERED, "unmerge": REGISTERED,
    "reopen": REOPENED, "contest": REOPENED,
}  # fmt: skip
# By the status that the order came to, whatever was done: handled, when the last of those at work is done.
BECAME: Mapping[str, str] = {
    "submitted": HANDLED, "closed": CLOSED, "declined": DECLINED, "merged": MERGED, "voided": VOIDED,
}  # fmt: skip
MERGED_IN = "merged_in"


@dataclass(frozen=True, slots=True)
class Fact:
    """An event. ``becomes``: the status it led to, if it changed; ``other``: into which order, or which order here."""

    event_id: int
    order_id: int
    kind: str
    becomes: str = ""
    other: int | None = None

    @property
    def news(self) -> str:
        return DONE.get(self.kind) or BECAME.get(self.becomes, "")


def may_be_news(kind: str, status: str) -> bool:
    """Whether an event after which the order has this status may be news, before it is read."""
    return kind in DONE or status in BECAME


def masters_of(own: Iterable[Fact]) -> set[int]:
    """The orders it was ever merged into."""
    return {fact.other for fact in own if fact.news == MERGED and fact.other is not None}


def told_of(own: Sequence[Fact], masters: Mapping[int, Sequence[Fact]]) -> list[Fact]:
    """All news of an order as it happened: once it is merged, that of the other, until it is let go again.

    What comes later is only ever added at the end.
    """
    news: list[Fact] = []
    times: dict[int, Iterator[int]] = {}
    for fact in own:
        if not fact.news:
            continue
        news.append(fact)
        if fact.news == MERGED and fact.other is not None:
            place = next(times.setdefault(fact.other, count()))
            news += _meanwhile(masters.get(fact.other, ()), fact.order_id, place)
    return news


def _meanwhile(master: Sequence[Fact], order_id: int, place: int) -> Iterator[Fact]:
    """News of the other order from the ``place``-th time that this one came in, until it ended without a result."""
    ins = [at for at, fact in enumerate(master) if fact.kind == MERGED_IN and fact.other == order_id]
    for fact in master[ins[place] :] if place < len(ins) else ():
        if fact.news in (DECLINED, VOIDED):
            return
        if fact.news:
            yield fact
