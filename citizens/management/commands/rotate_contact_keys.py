"""Seal all contact data under the first of LIANQIN_CONTACT_KEYS."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.services.rotating import rotate
from workorders.management.progress import Bar


class Command(BaseCommand):
    help = "Seal all contact data under the first of LIANQIN_CONTACT_KEYS; may be cut off and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        found = rotate(Bar(self.stdout, "sealed"))  # type: ignore[arg-type]
        self.stdout.write(f"{found.renewed} sealed anew, {found.current} were under the first key already")
        if found.lost:
            raise CommandError(f"{found.lost} open with no key of LIANQIN_CONTACT_KEYS: keep the old keys in the list")
