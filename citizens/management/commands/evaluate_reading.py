"""Measure the reader on labelled texts of a file, beside a floor and a reference. Writes figures, no texts."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.rules.reading_model import Features
from citizens.rules.reading_scores import Folded, by_folds, majority, ours, reference
from citizens.rules.reading_training import Row


class Command(BaseCommand):
    help = "Macro-F1 by five folds of a CSV file with labelled texts; the same figures every time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--csv", type=Path, required=True)
        parser.add_argument("--text", default="description", help="columns with the text, with commas between")
        parser.add_argument("--label", default="category", help="the column with the label")
        parser.add_argument("--seeds", type=int, default=5, help="how often the folds are drawn anew")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = self._rows(options["csv"], options["text"].split(","), options["label"])
        seeds = range(max(options["seeds"], 1))
        self.stdout.write(f"texts {len(rows)}, folds 5, repetitions {len(seeds)}\n\n")
        self.stdout.write("| reader | macro-F1 | sd |\n|---|---|---|")
        judges = (
            ("majority class", majority),
            ("linear SVM, n-grams of 1-3 characters", reference),
            ("ours, hashed n-grams of 1-2 characters", ours(Features())),
        )
        for name, judge in judges:
            found = by_folds(name, judge, rows, seeds)
            self.stdout.write(f"| {name} | {mean(found.f1):.3f} | {pstdev(found.f1):.3f} |")
        self._table(found)

    def _rows(self, path: Path, columns: list[str], label: str) -> list[Row]:
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                told = list(csv.DictReader(file))
            return [(" ".join(row[name].strip() for name in columns), row[label].strip()) for row in told]
        except (OSError, KeyError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"cannot read {path}: {error!r}") from error

    def _table(self, found: Folded) -> None:
        self.stdout.write("\nConfusion of the last, first repetition: a row a true label, a column what was said.\n\n")
        self.stdout.write(f"| | {' | '.join(found.labels)} |\n|---{'|---' * len(found.labels)}|")
        for label, row in zip(found.labels, found.confusion, strict=True):
            self.stdout.write(f"| {label} | {' | '.join(map(str, row))} |")
