"""``manage.py run_platform``: one or some of the five platforms, as a program of its own beside ours."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from citizens.management.platforms.appeals import SHANGHAI, WRITTEN, Appeal, made_up, of_file
from citizens.management.platforms.ledger import Ledger
from citizens.management.platforms.post import Post
from citizens.management.platforms.sender import Sender
from citizens.management.platforms.server import Returns
from citizens.seeding.platforms import MAIL


class Command(BaseCommand):
    help = "Emulate a platform: send appeals, signed, and take the returns. Knows nothing of our database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--platform", required=True, nargs="+", choices=WRITTEN)
        parser.add_argument("--lianqin", required=True, metavar="URL", help="where our door is")
        parser.add_argument(
            "--port", type=int, required=True, help="where returns are taken; the next ones by the next platforms"
        )
        parser.add_argument("--ledgers", type=Path, required=True, help="the folder of the SQLite files")
        parser.add_argument("--keys", type=Path, help='JSON {platform: {"key", "secret", "algorithm"}}')
        parser.add_argument("--appeals", type=Path, help="a CSV; made-up ones if left out")
        parser.add_argument("--share", default="0/1", help="which of how many shares of the CSV: 2/5")
        parser.add_argument("--number", type=int, default=0, help="how many made-up ones; 0: without end")
        parser.add_argument("--around", default="", metavar="LON,LAT", help="where made-up ones lie")
        parser.add_argument("--rate", type=float, default=0.0, help="appeals a second; 0: as fast as they go")
        parser.add_argument("--lines", type=int, default=2, help="calls at the same time")
        parser.add_argument("--repeat", type=float, default=0.0, help="share that is sent once more")
        parser.add_argument("--cut", type=float, default=0.0, help="share of our calls that are cut in the middle")
        parser.add_argument("--trouble", type=float, default=0.0, help="share of returns that go wrong here")
        parser.add_argument(
            "--mail", default="", metavar="HOST:PORT", help="where our mailboxes are; no letters if left out"
        )
        parser.add_argument("--mail-pause", type=float, default=120.0, help="seconds between two letters")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        running = [_begin(name, options["port"] + n, options, stopping) for n, name in enumerate(options["platform"])]
        if options["mail"]:
            _write_letters(options, stopping)
        # Returns are taken until it is told to stop, long after the last appeal was sent.
        while not stopping.wait(0.5):
            pass
        for returns, sending in running:
            returns.shutdown()
            sending.join()
        figures = {name: each.ledger.figures() for name, (each, _) in zip(options["platform"], running, strict=True)}
        self.stdout.write(json.dumps(figures, ensure_ascii=False))


def _begin(
    name: str, port: int, options: dict[str, Any], stopping: threading.Event
) -> tuple[Returns, threading.Thread]:
    """Take returns and send appeals, each in a thread of its own."""
    key, ledger = _key(options["keys"], name), Ledger(options["ledgers"] / f"{name}.sqlite")
    returns = Returns(
        port, ledger=ledger, key_id=key["key"], secret=key["secret"], algorithm=key["algorithm"],
        trouble=options["trouble"], seed=options["seed"],
    )  # fmt: skip
    threading.Thread(target=returns.serve_forever, daemon=True).start()
    sender = Sender(
        platform=name, address=options["lianqin"], ledger=ledger, key_id=key["key"], secret=key["secret"],
        algorithm=key["algorithm"], rate=options["rate"], repeat=options["repeat"], trouble=options["cut"],
        seed=options["seed"], stopping=stopping,
    )  # fmt: skip
    appeals = _appeals(name, options)
    sending = threading.Thread(target=sender.run, args=(appeals,), kwargs={"lines": options["lines"]})
    sending.start()
    return returns, sending


def _write_letters(options: dict[str, Any], stopping: threading.Event) -> None:
    """Those that have a mailbox of ours write to it as well."""
    host, _, port = options["mail"].partition(":")
    for name in set(options["platform"]) & set(MAIL):
        writer, mailbox = f"office{MAIL[name]['mail_senders'][0]}", MAIL[name]["mailbox"]
        post = Post(host, int(port), writer, mailbox, options["mail_pause"])
        letters = _appeals(name, {**options, "appeals": None, "number": 0})
        threading.Thread(target=post.run, args=(letters, stopping), daemon=True).start()


def _key(path: Path | None, platform: str) -> dict[str, str]:
    """From a file, or LIANQIN_PLATFORM_KEY and LIANQIN_PLATFORM_SECRET; never from the command line."""
    if path is not None:
        found: dict[str, str] = json.loads(path.read_text())[platform]
        return found
    names = {"key": "LIANQIN_PLATFORM_KEY", "secret": "LIANQIN_PLATFORM_SECRET"}
    missing = [name for name in names.values() if not os.environ.get(name)]
    if missing:
        raise CommandError(f"{missing[0]} is not set, and there is no --keys")
    return {"algorithm": "HMAC-SHA256", **{name: os.environ[given] for name, given in names.items()}}


def _appeals(platform: str, options: dict[str, Any]) -> Iterable[Appeal]:
    if options["appeals"]:
        share, _, shares = options["share"].partition("/")
        return of_file(options["appeals"], int(share), int(shares))
    dice = random.Random(f"{platform}:{options['seed']}")
    lon, _, lat = options["around"].partition(",")
    # Started again, it tells of other things: the numbers of the last time are taken.
    prefix = f"{platform[:3].upper()}{options['seed']}-{dt.datetime.now(SHANGHAI):%m%d%H%M%S}"
    endless = made_up(prefix, dice, (float(lon), float(lat)) if lat else None)
    return (each for _n, each in zip(range(options["number"]), endless, strict=False)) if options["number"] else endless
