"""``manage.py seed_platforms``: the five platforms with keys in force, for a demonstration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.models import User
from citizens.rules.formats import FORMATS
from citizens.seeding.open311 import ask_for_keys
from citizens.seeding.platforms import open_platforms
from grids.selectors import actor_for

ORDER = ("police_110", "online_inquiry", "portal", "governance_platform", "hotline_12345")
assert set(ORDER) == set(FORMATS), "every platform has its port"


class Command(BaseCommand):
    help = "Open the five platforms as two people would, write their keys, and ask for keys of Open311."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keys", type=Path, required=True, help="the file that is written")
        parser.add_argument("--port", type=int, required=True, help="where the first of them takes returns")

    def handle(self, *args: Any, **options: Any) -> None:
        admin = actor_for(User.objects.get(username="sysadmin"))
        second = actor_for(User.objects.get(username="commander"))
        returns = {code: f"http://127.0.0.1:{options['port'] + n}/returns" for n, code in enumerate(ORDER)}
        keys = open_platforms(admin=admin, second=second, returns=returns)
        ask_for_keys(admin=admin, second=second)
        options["keys"].touch(mode=0o600)
        options["keys"].write_text(json.dumps(keys))
