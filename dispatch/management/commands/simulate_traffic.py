"""Made-up traffic on a demonstration, over the REST API as its accounts."""

from __future__ import annotations

import asyncio
import logging
import signal
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dispatch.management.traffic.show import Options, run


class Command(BaseCommand):
    help = "Report, decide and handle as the demo accounts, through the API only, until SIGTERM."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--base-url", required=True, help="for example http://127.0.0.1:8000")
        parser.add_argument("--accounts", type=Path, required=True, help="the accounts.json of the demonstration")
        parser.add_argument("--time-scale", type=int, default=settings.LIANQIN_TIME_SCALE)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--rate", type=float, default=4.0, help="reports a minute, on average over the day")
        parser.add_argument("--duration", type=float, default=0.0, help="seconds; 0: until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["accounts"].is_file():
            raise CommandError(f"{options['accounts']} is not there")
        for noisy in ("httpx", "httpcore"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
        names = ("base_url", "accounts", "time_scale", "seed", "rate", "duration")
        chosen = Options(**{name: options[name] for name in names})
        asyncio.run(self._run(chosen))

    async def _run(self, chosen: Options) -> None:
        stopping, loop = asyncio.Event(), asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stopping.set)
        show = await run(chosen, stopping)
        seen = ", ".join(f"{name} {after:.0f} s" for name, after in show.seen.items())
        self.stdout.write(f"first seen: {seen or 'nothing'}")
