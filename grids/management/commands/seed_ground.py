"""Write the demonstration ground; running it again changes nothing."""

from __future__ import annotations

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from grids.seeding.ground import seed_ground
from grids.seeding.people import set_passwords


class Command(BaseCommand):
    help = "Seed the real divisions of the district with synthetic boundaries, units and people."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--accounts", type=Path, help="give the named accounts LIANQIN_DEMO_PASSWORD and list them in this file"
        )

    def handle(self, *args: Any, accounts: Path | None = None, **options: Any) -> None:
        started = time.monotonic()
        written = seed_ground()
        if accounts is not None:
            password = os.environ.get("LIANQIN_DEMO_PASSWORD", "")
            if not password:
                raise CommandError("--accounts needs LIANQIN_DEMO_PASSWORD in the environment")
            listed = json.dumps(set_passwords(password), ensure_ascii=False, indent=1)
            descriptor = os.open(accounts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(listed)
        word = "Seeded the ground" if written else "The ground is there already"
        self.stdout.write(f"{word} ({time.monotonic() - started:.1f} s)")
