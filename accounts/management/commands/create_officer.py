"""Create one of the three officers."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Officer
from accounts.services import create_officer

PASSWORD_VARIABLE = "LIANQIN_OFFICER_PASSWORD"


class Command(BaseCommand):
    help = f"Create an officer; the password is asked for, or read from {PASSWORD_VARIABLE}."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("officer", choices=Officer.values)
        parser.add_argument("username")
        parser.add_argument("--full-name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get(PASSWORD_VARIABLE) or getpass.getpass("Password: ")
        try:
            create_officer(
                username=options["username"],
                officer=options["officer"],
                password=password,
                full_name=options["full_name"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{options['officer']} {options['username']} created")
