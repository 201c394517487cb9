"""``manage.py seed_citizens``: what citizens have reported, earned, said and seen, for a demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from citizens.seeding.community import open_communities
from citizens.seeding.following import seed_following
from citizens.seeding.moderation import seed_moderation
from citizens.seeding.open_data import seed_months
from citizens.seeding.people import two_of_the_centre
from citizens.seeding.points import seed_points
from citizens.seeding.reading import teach_reader


class Command(BaseCommand):
    help = "Make up citizens and what staff does for them. Run it after seed_ground and seed_catalogue."

    def handle(self, *args: Any, **options: Any) -> None:
        ended, words = seed_following(), seed_moderation()
        things, months, communities = seed_points(), seed_months(), open_communities()
        first, second = two_of_the_centre()
        readers = teach_reader(first=first, second=second)
        self.stdout.write(
            f"{ended} reports have ended, {words} words are looked at, {things} rewards, "
            f"{months} months of public numbers, {communities} communities, {readers} readers; all made up"
        )
