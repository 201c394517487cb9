"""Tell the life of one order from its events alone."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.models import Event, WorkOrder
from workorders.rules.months import month_of
from workorders.rules.replay import replay
from workorders.services.archived import at_hand, history_in_archive


class Command(BaseCommand):
    help = "Rebuild an order from its events, up to a moment if one is named, and print it as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number")
        parser.add_argument("--until", type=int, metavar="SEQ", help="stop after this event")
        parser.add_argument("--events", action="store_true", help="print a line for each event first")

    def handle(self, *args: Any, **options: Any) -> None:
        order = WorkOrder.objects.filter(number=options["number"]).first()
        if order is None:
            raise CommandError(f"there is no order {options['number']}")
        events = _events(order)
        if options["until"]:
            events = [event for event in events if event.seq <= options["until"]]
        if options["events"]:
            for event in events:
                self.stdout.write(f"{event.seq:>4}  {event.at:%F %T.%f}  {event.actor_kind:<7} {event.kind}")
        state = replay(event.body for event in events)
        told = {
            "order": state.order,
            "assignments": state.assignments,
            "requests": state.requests,
            "timers": state.timers,
        }
        self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))


def _events(order: WorkOrder) -> list[Event]:
    """The history of an order, oldest first, from wherever it lies."""
    found = list(Event.objects.filter(order=order).order_by("seq"))
    if found or order.archived_at is None:
        return found
    month = month_of(order.pk)
    if month is None or not at_hand(month):
        raise CommandError(f"the events of {month} are not in the database: load its dump first")
    return history_in_archive(order, month).events
