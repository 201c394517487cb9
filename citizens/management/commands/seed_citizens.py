"""``manage.py seed_citizens``: what citizens have reported, earned, said and seen, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.community import open_communities
from citizens.seeding.following import seed_following
from citizens.seeding.moderation import seed_moderation
from citizens.seeding.open_data import seed_months
from citizens.seeding.points import seed_points


class Command(BaseCommand):
    help = "Make up citizens and what staff does for them. Run it after seed_ground and seed_catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        ended, words = seed_following(), seed_moderation()
        things, months, communities = seed_points(), seed_months(), open_communities()
        self.stdout.write(
            f"{ended} reports have ended, {words} words are looked at, {things} rewards, "
            f"{months} months of public numbers, {communities} communities; all made up"
        )
