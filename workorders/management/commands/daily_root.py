"""Publish one hash over a day's events."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workorders.models import DailyRoot
from workorders.services.chain import publish_daily_root, unpublished_days
from workorders.services.exporting import export_day
from workorders.services.hindrances import Refused


class Command(BaseCommand):
    help = "Publish the roots of finished days; with --export write a day so that others can verify it offline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=dt.date.fromisoformat, help="a finished day; all that have none by default")
        parser.add_argument("--export", type=Path, metavar="FILE", help="write the day's events and root to a file")

    def handle(self, *args: Any, **options: Any) -> None:
        days = [options["day"]] if options["day"] else unpublished_days()
        if not days:
            self.stdout.write("every finished day has its root")
        for day in days:
            published = publish_daily_root(day)
            self.stdout.write(f"{published.day} {published.events:>7} events  {published.root}")
        if not options["export"]:
            return
        root = DailyRoot.objects.filter(**({"day": options["day"]} if options["day"] else {})).last()
        if root is None:
            raise CommandError("no day has been published yet")
        with options["export"].open("w", encoding="utf-8") as out:
            try:
                count = export_day(root, out)
            except Refused as refusal:
                raise CommandError(str(refusal.message)) from refusal
            self.stdout.write(f"{count} events written to {options['export'].name}")
