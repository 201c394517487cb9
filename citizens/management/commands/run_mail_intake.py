"""``manage.py run_mail_intake``: take the mail that the mail server hands over for the mailboxes of platforms."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from ipaddress import ip_network
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from citizens.management.mail import Mailboxes, Network, line


class Command(BaseCommand):
    help = (
        "Listen for mail to the mailboxes of platforms; behind the organisation's mail server, never on the internet."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8025)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asyncio.run(_listen(options["host"], options["port"], _peers()))
        except OSError as error:
            raise CommandError(f"cannot listen on {options['host']}:{options['port']}: {error}") from error


def _peers() -> list[Network]:
    try:
        return [ip_network(each) for each in settings.LIANQIN_MAIL_PEERS]
    except ValueError as error:
        raise CommandError(f"LIANQIN_MAIL_PEERS: {error}") from error


async def _listen(host: str, port: int, peers: list[Network]) -> None:
    """Until told to stop; what is being said then is said to its end or said again."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    handler = Mailboxes(peers)
    server = await loop.create_server(lambda: line(handler), host, port)
    async with server:
        await stopping.wait()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(server.wait_closed(), timeout=2)
