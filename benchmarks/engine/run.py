"""One run from beginning to end."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections

from benchmarks.engine import judge, witness
from benchmarks.engine.plan import Least, Plan
from benchmarks.engine.stage import Stage
from benchmarks.engine.trouble import Trouble
from catalogue.models import Category
from lianqin.local.processes import wait_until

MACHINES = ("timers", "beat", "worker", "relay")


def run(plan: Plan, least: Least, *, environment: Mapping[str, str], folder: Path) -> judge.Verdict:
    """Set the stage on the database that Django is connected to, make trouble, calm down, judge."""
    verdict = judge.Verdict(plan.seed)
    _prepare(plan)
    stage = Stage(plan, environment, folder)
    trouble = Trouble(plan, environment["DATABASE_URL"], environment["REDIS_URL"], stage.count)
    try:
        stage.begin()
        began = time.monotonic()
        stage.storm(trouble)
        verdict.figures["storm in seconds"] = round(time.monotonic() - began, 1)
        _calm_down(plan, stage, verdict)
    finally:
        trouble.close()
        stage.end()
    judge.judge(verdict, least, stage.logs(), stage.count, stage.stubborn)
    return verdict


def _prepare(plan: Plan) -> None:
    if not Category.objects.exists():
        call_command("seed_catalogue", stdout=io.StringIO())
    witness.create_table()
    if plan.without == "constraint":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE workorders_event DROP CONSTRAINT event_order_seq")
    connections.close_all()


def _calm_down(plan: Plan, stage: Stage, verdict: judge.Verdict) -> None:
    """People go home, everything else is up; what is due must be fired and everything told, within bounds."""
    began = time.monotonic()
    stage.send_home("client")
    if not wait_until(lambda: judge.overdue() == 0, plan.drain_within, 0.2):
        verdict.blame(f"lost: {judge.overdue()} timers are still overdue after {plan.drain_within:.0f} s of calm")
    verdict.figures["calm until nothing was overdue in seconds"] = round(time.monotonic() - began, 1)
    stage.send_home("timers", "beat", "worker")
    if not wait_until(lambda: judge.unrelayed() == 0, plan.drain_within, 0.2):
        verdict.blame(f"lost: {judge.unrelayed()} messages are still in the outbox")
    stage.send_home("relay")
