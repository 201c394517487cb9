"""``manage.py seed_command``: rosters and what else a command centre lives with, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from dispatch.seeding.announcements import write_announcements
from dispatch.seeding.messages import write_channels
from dispatch.seeding.rosters import seed_rosters
from dispatch.seeding.whistles import write_whistles


class Command(BaseCommand):
    help = "Write synthetic rosters, positions and papers of command. Run it after seed_ground and seed_catalogue."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        seed_rosters()
        write_announcements()
        write_whistles()
        write_channels()
        self.stdout.write("command is seeded")
