"""Make the rollups say what the events say, while people go on working."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from insight import services


class Command(BaseCommand):
    help = (
        "Compare the rollups with the events, an order month at a time, and add what is missing. Safe at any time; "
        "months whose history is archived keep their rollups."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="first local day, as 2026-11-21")
        parser.add_argument("--to", dest="until", type=_day, metavar="DAY", help="last local day, included")

    def handle(self, *args: Any, **options: Any) -> None:
        since, last = options["since"], options["until"]
        if since and last and last < since:
            raise CommandError("--to is before --from")
        until = last + dt.timedelta(days=1) if last else None
        # What happened by a day happened to orders of its month or of an earlier one.
        months = [each for each in services.cohorts() if last is None or each <= last.year * 100 + last.month]
        wrong = 0
        for done, cohort in enumerate(months, start=1):
            wrong += services.rebuild(cohort, since, until)
            self._show(done, len(months), cohort)
        services.fold()
        self.stdout.write(f"{len(months)} order months compared, {wrong} cells were wrong and are right")

    def _show(self, done: int, count: int, cohort: int) -> None:
        if not sys.stderr.isatty():
            return
        bar = "#" * (40 * done // count)
        self.stderr.write(f"\r[{bar:<40}] {done}/{count} {cohort or 'earlier'}", ending="\n" if done == count else "")
        self.stderr.flush()


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
