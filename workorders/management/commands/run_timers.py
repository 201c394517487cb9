"""The second driver of the timers: needs the database, no broker."""

from __future__ import annotations

import logging
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, connection

from workorders.services import sweep
from workorders.services.auditor import audit_if_due
from workorders.services.sweep import HANDFUL

logger = logging.getLogger(__name__)
MOST_WAIT = 30.0
# How soon a stop is noticed.
PAUSE = 0.1


class Command(BaseCommand):
    help = "Fire due timers until stopped. Many may run at once, beside the Celery tick."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between sweeps with nothing due")
        parser.add_argument("--once", action="store_true", help="sweep until nothing is due, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        # A list and not an Event: its lock may be held by the very thread that the signal interrupts.
        stopping: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, _: stopping.append(number))
        wait = interval = options["interval"]
        while not stopping:
            try:
                fired = sweep()
                audit_if_due()
                # A whole handful: there may be more.
                wait = 0.0 if fired >= HANDFUL else interval
            except (DatabaseError, InterfaceError) as error:
                if options["once"]:
                    raise
                # The server may be restarting: come back with a new connection, less often each time.
                logger.warning("sweep interrupted: %s", error)
                connection.close()
                fired, wait = 0, min(MOST_WAIT, max(wait, interval) * 2)
            if options["once"] and fired == 0:
                return
            until = time.monotonic() + wait
            while not stopping and time.monotonic() < until:
                time.sleep(min(PAUSE, wait))
