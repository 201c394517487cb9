"""Create the three officers of an empty platform; running it again changes nothing."""

from __future__ import annotations

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Officer, User
from accounts.services import create_officer

PASSWORD_VARIABLE = "LIANQIN_DEMO_PASSWORD"


class Command(BaseCommand):
    help = f"Create sysadmin, secadmin and auditadmin with {PASSWORD_VARIABLE}; for trying out an empty platform."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--accounts", type=Path, required=True, help="list them in this file")

    def handle(self, *args: Any, accounts: Path, **options: Any) -> None:
        password = os.environ.get(PASSWORD_VARIABLE, "")
        if not password:
            raise CommandError(f"{PASSWORD_VARIABLE} is not set")
        for officer in Officer:
            if not User.objects.filter(username=officer.value).exists():
                create_officer(
                    username=officer.value, officer=officer.value, password=password, full_name=str(officer.label)
                )
        rows = [
            {"username": officer.value, "password": password, "role": officer.value, "unit": ""} for officer in Officer
        ]
        descriptor = os.open(accounts, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=1)
