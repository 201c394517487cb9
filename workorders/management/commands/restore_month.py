"""Bring an archived month back."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.services.archive import restore_month
from workorders.services.hindrances import Refused


class Command(BaseCommand):
    help = "Bring an archived month back and check it against its manifest. Cut off, it goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", type=int, metavar="YYYYMM")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_month(month=options["month"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{manifest.month} is back: {manifest.orders} orders, {manifest.events} events, as archived")
