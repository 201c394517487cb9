"""Publish a first, made-up responsibility list; a second run changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from catalogue.seeding import seed_responsibilities


class Command(BaseCommand):
    help = "Publish a first, made-up responsibility list; a second run changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{seed_responsibilities()} responsibilities")
