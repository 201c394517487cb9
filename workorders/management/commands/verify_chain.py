"""Prove that no history was altered."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.management.progress import Bar
from workorders.models import ArchivedMonth, ArchiveState, WorkOrder
from workorders.services.archived import at_hand, verify_archived
from workorders.services.chain import verify_live, verify_offline


class Command(BaseCommand):
    help = "Verify every event chain, its texts and the tables against a replay; or an exported day without a database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", help="orders; all of them if none is named")
        parser.add_argument("--offline", type=Path, metavar="FILE", help="a day written by `daily_root --export`")

        parser.add_argument(
            "--archived", nargs="?", type=int, const=0, metavar="YYYYMM", help="the archive: one month, or all of it"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["offline"]:
            with options["offline"].open(encoding="utf-8") as lines:
                problems = list(verify_offline(lines))
            self._conclude(problems, f"{options['offline'].name} is as it was published")
            return
        if options["archived"] is not None:
            self._verify_archive(options["archived"])
            return
        orders = WorkOrder.objects.filter(archived_at=None).order_by("pk")
        if options["numbers"]:
            orders = orders.filter(number__in=options["numbers"])
            if len(orders) != len(set(options["numbers"])):
                raise CommandError("there is no order of that number whose history is at hand")
        problems, count, events = [], 0, 0
        for order in orders.iterator(chunk_size=500):
            problems += [f"{finding.order}: {finding.problem}" for finding in verify_live(order)]
            count, events = count + 1, events + order.last_seq
        self._conclude(problems, f"{count} orders, {events} events: every chain holds, every table follows from it")

    def _verify_archive(self, month: int) -> None:
        manifests = ArchivedMonth.objects.filter(state=ArchiveState.ARCHIVED)
        if month and not (manifests := manifests.filter(month=month)):
            raise CommandError(f"{month} is not in the archive")
        problems, proved = [], 0
        for manifest in manifests:
            if not at_hand(manifest.month):
                self.stdout.write(f"{manifest.month}: not in the database; load its dump to verify it")
                continue
            proved += 1
            bar = Bar(sys.stderr, str(manifest.month))
            problems += [f"{found.order}: {found.problem}" for found in verify_archived(manifest, bar)]
        self._conclude(problems, f"{proved} months: every chain holds, and each is what was archived")

    def _conclude(self, problems: list[str], well: str) -> None:
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} findings")
        self.stdout.write(well)
