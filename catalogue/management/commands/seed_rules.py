"""Write the drafts and applications of the demonstration; a second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalogue.seeding.rules import seed_rules


class Command(BaseCommand):
    help = "Write the drafts and applications of the demonstration; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_rules()} drafts and applications")
