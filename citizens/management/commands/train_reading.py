"""Teach the readers now, in this process."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.models import TrainingState
from citizens.services.reading_training import open_training, run_training


class Command(BaseCommand):
    help = "Teach the readers of category and urgency from the platform's own orders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=dt.date.fromisoformat, help="only orders reported since this day")
        parser.add_argument("--limit", type=int, help="only so many of the newest orders")

    def handle(self, *args: Any, **options: Any) -> None:
        open_training()
        done = run_training(since=options["since"], limit=options["limit"])
        if done is None:
            raise CommandError("another training is under way")
        if done.state != TrainingState.DONE:
            raise CommandError(done.note)
        self.stdout.write(done.note)
