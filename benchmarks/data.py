"""Build a data set: ``python -m benchmarks.data --size 867000 --database postgres://…``. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import secrets
import sys

import django
from django.core.management import call_command

from benchmarks.dataset.progress import say, step
from benchmarks.dataset.target import RefusedError, bytes_for, check_room, connect, mark, name_of, prepare, sibling

NAMED = "10,000 (a street), 867,000 (a district) and 14,700,000 (a province's city)"


def options(arguments: list[str]) -> argparse.Namespace:
    room = f"867,000 orders need about {bytes_for(867_000) / 1e9:.0f} GB of disk while they are built"
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.data",
        description="Fill a database with the people and five years of orders of a made-up district, by COPY.",
        epilog=f"{room}, 14,700,000 about {bytes_for(14_700_000) / 1e9:.0f} GB.",
    )
    parser.add_argument("--size", type=int, required=True, help=f"how many orders; the named sizes are {NAMED}")
    parser.add_argument("--database", required=True, help="postgres://user@host:port/name; made if it is missing")
    parser.add_argument("--seed", type=int, default=1, help="of every random choice (default 1)")
    parser.add_argument("--workers", type=int, default=min(4, os.cpu_count() or 1), help="processes at work")
    parser.add_argument("--quiet", type=int, default=60, metavar="MINUTES", help="nothing becomes due so soon after")
    parser.add_argument("--replace", action="store_true", help="drop the database even if somebody else filled it")
    parser.add_argument("--anyway", action="store_true", help="begin even if the disk is visibly too small")
    chosen = parser.parse_args(arguments)
    if chosen.size < 100:
        parser.error("--size must be 100 or more: every course of life comes at least once")
    return chosen


def main(arguments: list[str]) -> int:
    chosen = options(arguments)
    try:
        check_room(chosen.database, chosen.size, anyway=chosen.anyway)
        prepare(chosen.database, replace=chosen.replace)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    os.environ["DATABASE_URL"] = chosen.database
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianqin.settings")
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
    os.environ.setdefault("LIANQIN_DEMO", "1")
    django.setup()
    # Only now is the database known, and with it the models that the rest is made of.
    from benchmarks.dataset.building import build

    with step("seeded"):
        call_command("migrate", verbosity=0)
        call_command("seed_ground", verbosity=0)
        call_command("seed_catalogue", verbosity=0)
    try:
        summary = build(
            chosen.database,
            orders=chosen.size,
            seed=chosen.seed,
            workers=max(1, chosen.workers),
            quiet=dt.timedelta(minutes=chosen.quiet),
        )
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    with connect(sibling(chosen.database, "postgres"), autocommit=True) as admin:
        mark(admin, name_of(chosen.database), f"{chosen.size} orders, seed {chosen.seed}")
    print(summary)
    say("done")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
