"""Who wants which news. Filled by ``receivers.py`` of the rooms above when Django starts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from relay.models import OutboxMessage

Handler = Callable[[OutboxMessage], None]
Choice = Callable[[OutboxMessage], bool]


@dataclass(frozen=True, slots=True)
class Consumer:
    """``transactional``: the handler's writes commit together with the receipt, so the effect is exactly once.

    Otherwise (calls to the outside) it runs without a transaction and may see a message twice.
    ``alone`` tells messages for which the handler locks what people lock as well, an order for one: they share no
    transaction with others, as what two of them lock has no order that everybody could keep to.
    """

    name: str
    topics: frozenset[str]
    handler: Handler
    transactional: bool = True
    alone: Choice | None = None


_consumers: dict[str, Consumer] = {}


def consumer(
    name: str, topics: Iterable[str], *, transactional: bool = True, alone: Choice | None = None
) -> Callable[[Handler], Handler]:
    """Register a handler; it receives the message and raises to have it delivered again later."""

    def register(handler: Handler) -> Handler:
        known = _consumers.get(name)
        if known is not None and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"consumer {name!r} is registered twice")
        _consumers[name] = Consumer(name, frozenset(topics), handler, transactional, alone)
        return handler

    return register


def forget(name: str) -> None:
    """Take a consumer out again. For tests."""
    _consumers.pop(name, None)


def consumers() -> dict[str, Consumer]:
    return dict(_consumers)


def routes() -> list[tuple[str, str]]:
    """Every (consumer, topic)."""
    return [(each.name, topic) for each in _consumers.values() for topic in sorted(each.topics)]
