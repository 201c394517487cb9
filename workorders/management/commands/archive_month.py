"""Move months that are over to the archive."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.management.progress import Bar
from workorders.rules.months import is_month
from workorders.services.archive import archivable_months, archive_month
from workorders.services.hindrances import Refused, Unproven


class Command(BaseCommand):
    help = (
        "Prove a month's histories and move them to the schema `archive`, where they stay readable for "
        "`verify_chain --archived` and `pg_dump -n archive`. Cut off, it goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("month", nargs="?", type=int, metavar="YYYYMM")
        parser.add_argument("--before", type=int, metavar="YYYYMM", help="every month before this one, oldest first")
        parser.add_argument("--anyway", action="store_true", help="even if it should be kept at hand for longer")

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["month"] or options["before"]
        if not named or (options["month"] and options["before"]):
            raise CommandError("name a month, or --before a month")
        if not is_month(named):
            raise CommandError(f"{named} is no month: give it as 202311")
        months = [named] if options["month"] else archivable_months(before=named)
        left = [month for month in months if not self._archived(month, early=options["anyway"])]
        if left:
            raise CommandError(f"not archived: {', '.join(map(str, left))}")
        if not months:
            self.stdout.write("nothing to archive")

    def _archived(self, month: int, *, early: bool) -> bool:
        try:
            manifest = archive_month(month=month, early=early, progress=Bar(sys.stderr, str(month)))
        except Refused as refusal:
            for finding in refusal.findings if isinstance(refusal, Unproven) else ():
                self.stderr.write(f"{finding.order}: {finding.problem}")
            self.stderr.write(str(refusal))
            return False
        told = f"{manifest.orders} orders, {manifest.events} events, {manifest.texts} texts, {manifest.timers} clocks"
        self.stdout.write(f"{month} archived: {told}; heads {manifest.heads}")
        return True
