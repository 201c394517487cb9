"""Prove that no history was altered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.models import WorkOrder
from workorders.services.chain import verify_live, verify_offline


class Command(BaseCommand):
    help = "Verify every event chain, its texts and the tables against a replay; or an exported day without a database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("numbers", nargs="*", help="orders; all of them if none is named")
        parser.add_argument("--offline", type=Path, metavar="FILE", help="a day written by `daily_root --export`")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["offline"]:
            with options["offline"].open(encoding="utf-8") as lines:
                problems = list(verify_offline(lines))
            self._conclude(problems, f"{options['offline'].name} is as it was published")
            return
        orders = WorkOrder.objects.order_by("pk")
        if options["numbers"]:
            orders = orders.filter(number__in=options["numbers"])
            if len(orders) != len(set(options["numbers"])):
                raise CommandError("there is no order of that number")
        problems, count, events = [], 0, 0
        for order in orders.iterator(chunk_size=500):
            problems += [f"{finding.order}: {finding.problem}" for finding in verify_live(order)]
            count, events = count + 1, events + order.last_seq
        self._conclude(problems, f"{count} orders, {events} events: every chain holds, every table follows from it")

    def _conclude(self, problems: list[str], well: str) -> None:
        for problem in problems:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} findings")
        self.stdout.write(well)
