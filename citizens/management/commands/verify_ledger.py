"""``manage.py verify_ledger``: prove the books of points."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.services.points_keeping import prove_ledger


class Command(BaseCommand):
    help = "Proves that every balance and every stock follows from what was written. Exit status 1 if one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        check = prove_ledger()
        for each in check.faults:
            self.stdout.write(f"{each['fault']}: {', '.join(map(str, each['ids']))}")
        if check.faults:
            raise CommandError(f"{len(check.faults)} of the proofs failed")
        self.stdout.write(f"{check.transactions} transactions, the books balance")
