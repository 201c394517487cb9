"""``manage.py outbox list|retry``: the dead letters."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relay.selectors import backlog_seconds, dead_letters
from relay.services import retry_dead


class Command(BaseCommand):
    help = "List the dead letters of the outbox, or put them back into line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["list", "retry"])
        parser.add_argument("ids", nargs="*", type=int, help="deliveries to retry; all of them if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "retry":
            count = retry_dead(delivery_ids=options["ids"] or None)
            self.stdout.write(f"{count} put back into line")
            return
        for letter in dead_letters():
            message = letter.message
            self.stdout.write(
                f"{letter.pk}\t{letter.consumer}\t{message.topic}\t{message.key}\t{letter.attempts}\t{letter.last_error}"
            )
        self.stdout.write(f"{dead_letters().count()} dead, backlog {backlog_seconds():.1f} s")
