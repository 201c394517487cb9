"""Fill the catalogue from its data files; a second run changes nothing.

``--demo`` adds what a demonstration shows: a published responsibility list, drafts and applications, all made up.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from pypinyin import lazy_pinyin

from catalogue.calendars import holidays_known_until, known_days
from catalogue.models import Category, DeadlineRule, WorkCalendar
from catalogue.revisions import touch
from catalogue.seeding import seed_responsibilities, seed_rules
from catalogue.services import DayPlan, publish_calendar
from lianqin.kernel.actors import SYSTEM

DATA = Path(__file__).resolve().parents[2] / "data"
RULES_FROM = dt.date(2018, 1, 1)


class Command(BaseCommand):
    help = "Fill the catalogue from its data files; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="also write the made-up content of a demonstration")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        changed = seed_categories() + seed_deadlines()
        if changed:
            touch()
        if not WorkCalendar.objects.exists():
            days = [DayPlan(date, workday, note) for date, (workday, note) in known_days().items()]
            publish_calendar(version=1, days=days, by=SYSTEM, known_until=holidays_known_until())
        self.stdout.write(
            f"{Category.objects.filter(level=2).count()} categories, {DeadlineRule.objects.count()} deadline rules, "
            f"{WorkCalendar.objects.count()} calendars"
        )
        if options["demo"]:
            # An operator who fills a real catalogue must never publish a made-up list along with it.
            lines, papers = seed_responsibilities(), seed_rules()
            self.stdout.write(f"{lines} responsibilities, {papers} drafts and applications, all made up")


def seed_categories() -> int:
    """Write every row that is missing; what is there may have been edited since, and stays. Return how many."""
    known = {category.code: category for category in Category.objects.all()}
    parents = {code: category for code, category in known.items() if category.level == 1}
    written = 0
    for level in (1, 2):
        missing = [
            Category(code=row["code"], **_category_values(row, order, parents))
            for order, row in enumerate(_rows("categories.csv"), start=1)
            if (2 if row["parent"] else 1) == level and row["code"] not in known
        ]
        written += len(Category.objects.bulk_create(missing))
        parents |= {category.code: category for category in missing if category.level == 1}
    return written


def _category_values(row: dict[str, str], order: int, parents: dict[str, Category]) -> dict[str, Any]:
    parent = parents[row["parent"]] if row["parent"] else None
    return {
        "name": row["name"],
        "parent_id": parent.pk if parent else None,
        "level": 2 if parent else 1,
        "order": order,
        "pinyin": " ".join(lazy_pinyin(row["name"])),
        "registration_conditions": _list(row["registration_conditions"]),
        "closing_conditions": _list(row["closing_conditions"]),
        "evidence_required": row["evidence_required"] == "1",
        "vertical": row["vertical"] == "1",
        "public": row["public"] == "1",
        "urgency": row["urgency"],
        "deadline_class": row["deadline_class"],
        "street_function": row["street_function"],
        "district_function": row["district_function"],
        "illustrative": True,
    }


def seed_deadlines() -> int:
    """Write the rules that are missing. What an administrator changed since stays as it is."""
    by_code = dict(Category.objects.values_list("code", "pk"))
    columns = ("stage", "category_id", "deadline_class", "source", "urgency", "level")
    known = set(DeadlineRule.objects.filter(valid_from=RULES_FROM).values_list(*columns))
    missing = []
    for row in _rows("deadlines.csv"):
        rule = DeadlineRule(
            stage=row["stage"],
            category_id=by_code[row["category"]] if row["category"] else None,
            deadline_class=row["deadline_class"],
            source=row["source"],
            urgency=row["urgency"],
            level=row["level"],
            valid_from=RULES_FROM,
            amount=int(row["amount"]),
            unit=row["unit"],
            around_the_clock=row["around_the_clock"] == "1",
        )
        if tuple(getattr(rule, name) for name in columns) not in known:
            missing.append(rule)
    return len(DeadlineRule.objects.bulk_create(missing))


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _list(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]
