"""Compile the catalogues of translations, without gettext on the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po to .mo with Babel."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                with source.open("rb") as text:
                    catalogue = read_po(text)
                with source.with_suffix(".mo").open("wb") as compiled:
                    write_mo(compiled, catalogue)
                self.stdout.write(f"{source.name}: {len(catalogue)} messages")
