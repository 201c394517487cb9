"""``manage.py seed_moderation``: words, flags, a block and an appeal for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.moderation import seed_moderation


class Command(BaseCommand):
    help = "Write a made-up list of words and what waits for moderators. Run it after seed_ground and seed_catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_moderation()} words are looked at")
