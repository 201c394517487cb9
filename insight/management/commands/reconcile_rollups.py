"""Compare the rollups with the events and change nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insight import services


class Command(BaseCommand):
    help = "Compare the rollups with the events and raise an alarm for what differs; exit code 1 if anything does."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("months", nargs="*", type=int, metavar="YYYYMM", help="order months; all if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        known = services.cohorts()
        months = options["months"] or known
        if unknown := sorted(set(months) - set(known)):
            raise CommandError(f"there are no orders of {', '.join(map(str, unknown))}")
        found = [each for cohort in months for each in services.reconcile(cohort)]
        for difference in found:
            self.stderr.write(str(difference))
        if found:
            raise CommandError(f"{len(found)} cells differ from the events; rebuild_rollups mends them")
        self.stdout.write(f"{len(months)} order months: the rollups are what the events say")
