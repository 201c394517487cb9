"""Put everything that has a place into the grid that holds it now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from grids.services.elements_in_bulk import relocate_elements


class Command(BaseCommand):
    help = "Put elements, people who need attention and cameras into the grids that hold them now."

    def handle(self, *args: Any, **options: Any) -> None:
        for table, number in relocate_elements().items():
            self.stdout.write(f"{table}: {number} moved")
