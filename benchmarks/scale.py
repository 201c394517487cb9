"""Figures with their floors: ``python -m benchmarks.scale --database postgres://…``. See benchmarks/README.md."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
import traceback
from pathlib import Path

import django

from benchmarks import scenarios
from benchmarks.measure.place import Place, place_for
from benchmarks.measure.report import WHOLE, Part, Report, read_before, write
from lianqin.local.processes import PlainError, signals_as_interrupts

DEFAULT_FOLDER = Path("var/benchmarks")
# Logs, uploads and the like: not for keeping.
WORK_FOLDER = Path("var/benchmarks/work")


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--database", required=True, help="made by benchmarks.data: postgres://user@host:port/name")
    parser.add_argument("--against", default="", help="a small one, made likewise; without it growth is not measured")
    parser.add_argument(
        "--only", nargs="+", choices=(*scenarios.NAMES, *scenarios.LONG), default=scenarios.NAMES, metavar="NAME"
    )
    parser.add_argument("--seconds", type=float, default=10, help="how long each rate is measured")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, help="where the report of the last run lies, too")
    parser.add_argument("--processes", type=int, default=4, help="server processes, and clients of the floor")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1, help="of what is drawn")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    chosen = options(arguments)
    signals_as_interrupts()
    out, folder = chosen.out.absolute(), WORK_FOLDER.absolute()
    for each in (out, folder):
        each.mkdir(parents=True, exist_ok=True)
    common = {name: getattr(chosen, name) for name in ("against", "seconds", "seed", "processes", "connections")}
    with place_for(chosen.database, folder=folder, out=out, **common) as place:
        # Django reads its settings when it starts: only now are the servers known.
        os.environ.update(place.environment)
        django.setup()
        report = measure(place, chosen.only)
    everything = set(chosen.only) == set(scenarios.NAMES)
    write(report, out, WHOLE if everything else "-".join(chosen.only))
    print(f"\n{report.text()}\n\nReport: {out}; logs: {folder / 'log'}")
    return 0 if report.ok else 1


def measure(place: Place, names: list[str]) -> Report:
    """Run the scenarios one after the other. One that fails does not take the others' figures away."""
    from benchmarks.measure import machine

    facts = {"machine": machine.machine(), "versions": machine.versions(place.redis), "settings": machine.settings()}
    facts["data"] = machine.data()
    facts["run"] = {"seconds": place.seconds, "processes": place.processes, "connections": place.connections}
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    report = Report(at=at, facts=facts, before=read_before(place.out))
    for name in names:
        report.parts.append(_part(place, name))
    return report


def _part(place: Place, name: str) -> Part:
    title, run = scenarios.scenario(name)
    print(f"-- {name}: {title}", flush=True)
    from benchmarks.measure.machine import speed

    before, began = speed(), time.monotonic()
    try:
        figures, failed = run(place), ""
    except PlainError as error:
        figures, failed = [], str(error)
    except Exception as error:  # noqa: BLE001 — the other scenarios still have something to say
        traceback.print_exc()
        figures, failed = [], f"{type(error).__name__}: {error}"
    return Part(name, title, time.monotonic() - began, figures, failed, (before, speed()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
