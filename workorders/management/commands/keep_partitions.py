"""Make the partitions of the history ahead of time."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.rules.months import between, is_month
from workorders.services.partitions import AHEAD, keep_partitions, make_months, this_month


class Command(BaseCommand):
    help = "Make the partitions of this month and the next ones, and move what lies in DEFAULT to its own month."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ahead", type=int, default=AHEAD, metavar="N", help=f"months ahead, {AHEAD} by default")
        parser.add_argument("--from", type=int, dest="first", metavar="YYYYMM", help="past months too, from this one")

    def handle(self, *args: Any, **options: Any) -> None:
        first, made = options["first"], []
        kept = keep_partitions(ahead=options["ahead"])
        if first:
            if not is_month(first):
                raise CommandError(f"{first} is no month: give it as 202611")
            made = make_months(between(first, this_month()))
        months = sorted([*kept.made, *made])
        self.stdout.write(f"made: {', '.join(map(str, months)) or 'nothing'}; moved home: {kept.moved} rows")
