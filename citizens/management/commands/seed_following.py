"""``manage.py seed_following``: citizens and reports of theirs that have ended, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.following import seed_following


class Command(BaseCommand):
    help = "Make up citizens and ended reports: to call, to show, to check. A second run writes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_following()} reports have ended, all made up")
