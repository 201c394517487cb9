"""``manage.py seed_open_data``: made-up public numbers of the last twelve months, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.open_data import seed_months


class Command(BaseCommand):
    help = "Publish made-up numbers of the last twelve months; a second run changes nothing. For demonstrations only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_months()} months of public numbers, all made up")
