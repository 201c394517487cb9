"""``manage.py seed_community``: residents, patrols, observers and matters, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.community import open_communities


class Command(BaseCommand):
    help = "Fill two communities with residents, a patrol team, observers and matters. For demonstrations only."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{open_communities()} communities")
