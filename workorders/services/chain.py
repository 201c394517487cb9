"""Prove the history: chains, replay against the tables, the daily root over everything."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from catalogue.workclock import SHANGHAI
from lianqin.kernel import clock
from relay.models import OutboxMessage
from workorders.locks import order_locked
from workorders.models import DailyRoot, Event, EventText, Timer, WorkOrder
from workorders.rules.replay import GENESIS, chained, replay, text_hash
from workorders.services.recorded import ORDER_COLUMNS, PARTS, columns_of, plain
from workorders.services.work import TOPIC


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as the events say."""

    order: str
    problem: str


@dataclass(frozen=True, slots=True)
class History:
    """What is proved of an order, from wherever it was read; events oldest first."""

    events: list[Event]
    texts: list[EventText]
    timers: list[Timer]


def verify_order(order: WorkOrder) -> Iterator[Finding]:
    """Check one chain: every hash, every text that is still there, and the tables against the replay."""
    texts = EventText.objects.filter(order=order)
    yield from verify_history(order, History(list(order.events.order_by("seq")), list(texts), list(order.timers.all())))


def verify_history(order: WorkOrder, history: History) -> Iterator[Finding]:
    """The same over events, texts and timers that were read elsewhere; two queries for the other parts."""
    yield from _check_chain(order, history.events)
    yield from _check_texts(order, history)
    yield from _check_tables(order, history)


def _check_chain(order: WorkOrder, events: list[Event]) -> Iterator[Finding]:
    previous = GENESIS
    for expected, event in enumerate(events, start=1):
        body = json.loads(event.body)
        actor = body["actor"]
        columns = (event.seq, event.kind, event.actor_kind, event.user_id, event.unit_id, event.late, plain(event.at))
        stated = (body["seq"], body["kind"], actor["kind"], actor["user"], actor["unit"], body["late"], body["at"])
        if event.seq != expected or body["order"] != order.number or columns != stated:
            yield Finding(order.number, f"event {event.seq}: columns and body differ")
        if event.hash != chained(previous, event.body):
            yield Finding(order.number, f"event {event.seq}: hash does not chain")
        previous = event.hash
    if (order.last_seq, order.last_hash) != (len(events), previous):
        yield Finding(order.number, f"the order ends at {order.last_seq}, its events at {len(events)}")


def _check_texts(order: WorkOrder, history: History) -> Iterator[Finding]:
    """An erased text is gone and nothing is wrong; one that is there must be the one that was hashed."""
    stated = {event.pk: json.loads(event.body)["texts"] for event in history.events}
    for text in history.texts:
        if stated.get(text.event_id, {}).get(text.field) != text_hash(text.salt, text.text):
            yield Finding(order.number, f"text {text.field} of an event was altered")


def _check_tables(order: WorkOrder, history: History) -> Iterator[Finding]:
    try:
        state = replay(event.body for event in history.events)
    except (ValueError, KeyError) as error:
        yield Finding(order.number, f"cannot be replayed: {error}")
        return
    yield from _differences(order.number, "order", state.order, columns_of(order, ORDER_COLUMNS))
    for part, names in PARTS.items():
        found = history.timers if part == "timers" else getattr(order, part).all()
        rows = {row.pk: columns_of(row, names) for row in found}
        replayed = getattr(state, part)
        if set(rows) != set(replayed):
            yield Finding(order.number, f"{part}: rows {sorted(rows)}, events tell of {sorted(replayed)}")
        for pk in set(rows) & set(replayed):
            yield from _differences(order.number, f"{part} {pk}", replayed[pk], rows[pk])


def _differences(number: str, what: str, told: dict[str, Any], found: dict[str, Any]) -> Iterator[Finding]:
    for name, value in found.items():
        if told.get(name) != value:
            yield Finding(number, f"{what}: {name} is {value!r}, events say {told.get(name)!r}")


def verify_live(order: WorkOrder) -> list[Finding]:
    """The same while people are at work: the order may move between two reads, so what is found is checked, held."""
    if not any(verify_order(order)):
        return []
    with transaction.atomic():
        return list(verify_order(order_locked(order.pk)))


# The daily root


def publish_daily_root(day: dt.date) -> DailyRoot:
    """Fold the hashes of a finished local day in relay order into one; chained to the day before. Once a day."""
    known = DailyRoot.objects.filter(day=day).first()
    if known is not None:
        return known
    last = DailyRoot.objects.filter(day__lt=day).order_by("-day").first()
    after = last.last_sequence if last is not None else 0
    lines = list(day_lines(day, after))
    previous = last.root if last is not None else GENESIS
    try:
        with transaction.atomic():
            return DailyRoot.objects.create(
                day=day,
                first_sequence=lines[0]["sequence"] if lines else None,
                last_sequence=lines[-1]["sequence"] if lines else after,
                events=len(lines),
                previous=previous,
                root=fold(previous, (line["hash"] for line in lines)),
                created_at=clock.now(),
            )
    except IntegrityError:
        return DailyRoot.objects.get(day=day)


def day_lines(day: dt.date, after: int) -> Iterator[dict[str, Any]]:
    """The events that left up to the end of a local day, by relay sequence: ``{"sequence", "event", "hash"}``."""
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=SHANGHAI)
    left = OutboxMessage.objects.filter(topic=TOPIC, sequence__gt=after)
    # All up to the day's last one: what was written after midnight and left before it must not fall between two days.
    last = left.filter(created_at__lt=end).aggregate(last=Max("sequence"))["last"]
    rows = left.filter(sequence__lte=last or after).order_by("sequence")
    for sequence, payload in rows.values_list("sequence", "payload").iterator():
        yield {"sequence": sequence, "event": payload["event"], "hash": payload["hash"]}


def fold(previous: str, hashes: Iterable[str]) -> str:
    digest = hashlib.sha256(previous.encode())
    for each in hashes:
        digest.update(each.encode())
    return digest.hexdigest()


def verify_offline(lines: Iterable[str]) -> Iterator[str]:
    """Check an exported day without a database: the root, and every chain as far as the day holds it."""
    source = iter(lines)
    head = json.loads(next(source))
    hashes: list[str] = []
    heads: dict[int, str] = {}
    count = 0
    for text in source:
        line = json.loads(text)
        count += 1
        hashes.append(line["hash"])
        previous = heads.get(line["order"], GENESIS if line["seq"] == 1 else None)
        if previous is not None and chained(previous, line["body"]) != line["hash"]:
            yield f"order {line['order']} event {line['seq']}: hash does not chain"
        heads[line["order"]] = line["hash"]
    if count != head["events"]:
        yield f"{count} events, the root is over {head['events']}"
    if fold(head["previous"], hashes) != head["root"]:
        yield f"the root of {head['day']} is not the fold of its events"


def unpublished_days() -> list[dt.date]:
    """Finished local days with events and without a root, oldest first; at most the last 31."""
    began = WorkOrder.objects.order_by("pk").values_list("reported_at", flat=True).first()
    if began is None:
        return []
    today = clock.now().astimezone(SHANGHAI).date()
    first = max(began.astimezone(SHANGHAI).date(), today - dt.timedelta(days=31))
    have = set(DailyRoot.objects.filter(day__gte=first).values_list("day", flat=True))
    days = [first + dt.timedelta(days=n) for n in range((today - first).days)]
    return [day for day in days if day not in have]
