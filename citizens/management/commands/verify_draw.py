"""``manage.py verify_draw``: draw again what was drawn, and compare."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from citizens.models import Draw
from citizens.services.draws import faults_of


class Command(BaseCommand):
    help = "Repeats the draws of spot checks from what was recorded. Exit status 1 if one does not follow from it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=dt.date.fromisoformat, help="of one day only (YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        draws = Draw.objects.filter(**({"day": options["day"]} if options["day"] else {})).select_related("street")
        wrong, count = 0, 0
        for draw in draws.iterator(chunk_size=200):
            count += 1
            faults = faults_of(draw)
            wrong += bool(faults)
            if faults or options["verbosity"] > 1:
                self.stdout.write(f"{draw.day} {draw.street.code} {'wrong: ' + ', '.join(faults) if faults else 'ok'}")
        if wrong:
            raise CommandError(f"{wrong} of {count} draws do not follow from what was recorded")
        self.stdout.write(f"{count} draws follow from what was recorded")
