"""Collect the texts of the screens into a catalogue, without gettext on the machine."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation.template import templatize

KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}
ASIDE = {".venv", "node_modules", "var", "tests", "migrations"}


class Command(BaseCommand):
    help = "Write locale/<language>/LC_MESSAGES/django.po from Python files and templates."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("languages", nargs="+", help="for example: en")

    def handle(self, *args: Any, **options: Any) -> None:
        template = self._collect(Path(settings.BASE_DIR))
        for language in options["languages"]:
            target = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"
            catalogue = Catalog(locale=language)
            if target.exists():
                with target.open("rb") as text:
                    catalogue = read_po(text, locale=language)
            catalogue.update(template, no_fuzzy_matching=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as text:
                write_po(text, catalogue, sort_by_file=True, width=120, include_lineno=False)
            self.stdout.write(f"{target}: {len(catalogue)} messages")

    def _collect(self, project: Path) -> Catalog:
        template = Catalog(project="lianqin")
        for path in sorted(project.rglob("*")):
            name = path.relative_to(project)
            if path.suffix not in {".py", ".html", ".txt"} or not ASIDE.isdisjoint(name.parts):
                continue
            if path.suffix != ".py" and "templates" not in name.parts:
                continue
            text = path.read_text("utf-8")
            source = text if path.suffix == ".py" else templatize(text, origin=str(name))
            for line, message, comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
                template.add(message, locations=[(str(name), line)], auto_comments=comments, context=context)
        return template
