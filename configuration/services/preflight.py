"""Prove the configuration, keep what was found, and tell of what opened overnight."""

from __future__ import annotations

import time

from django.db import transaction

from catalogue.workclock import SHANGHAI
from configuration.models import PreflightRun
from configuration.permissions import works_at_centre
from configuration.selectors.preflight import CRITICAL, ground_holes, new_since, prove, prove_hours, rule_holes
from lianqin.kernel import clock
from lianqin.kernel.actors import SYSTEM, Actor, ActorKind
from lianqin.kernel.errors import NotAllowed
from workorders.services.alarms import keep_only, raise_alarm

ALARM = "preflight_hole"
NIGHTLY_HOUR = 3
KEEP_RUNS = 400  # A year of nights, and then some.


@transaction.atomic
def run_preflight(*, by: Actor, nightly: bool = False) -> PreflightRun:
    """Look at everything now and keep it. Alarms follow what is critical; they end when it is mended.

    Raise NotAllowed.
    """
    if by.kind != ActorKind.SYSTEM and not works_at_centre(by):
        raise NotAllowed
    started = time.perf_counter()
    proof = prove()
    by_hour = prove_hours(proof.leads, proof.staffed)
    holes = [*proof.holes, *by_hour.holes, *ground_holes(), *rule_holes()]
    holes.sort(key=lambda each: (each.severity != CRITICAL, -each.count))
    before = PreflightRun.objects.first()
    run = PreflightRun.objects.create(
        nightly=nightly,
        ran_by_id=by.user_id,
        milliseconds=int((time.perf_counter() - started) * 1000),
        pairs=proof.pairs,
        holes=[each.as_json() for each in holes],
        critical=sum(each.severity == CRITICAL for each in holes),
    )
    _tell(run, before)
    _forget_old(run)
    run.refresh_from_db()
    return run


def run_nightly() -> PreflightRun | None:
    """Run once a day, from three in the morning on; None when it was done or is not yet due. Two queries."""
    now = clock.now().astimezone(SHANGHAI)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    done = PreflightRun.objects.filter(nightly=True, ran_at__gte=midnight).exists()
    if now.hour < NIGHTLY_HOUR or done:
        return None
    return run_preflight(by=SYSTEM, nightly=True)


def _tell(run: PreflightRun, before: PreflightRun | None) -> None:
    """Raise an alarm for each critical hole that is new, keep those that stand, end those that are mended."""
    fresh, _closed = new_since(run, before)
    critical = {each["key"]: each for each in run.holes if each["severity"] == CRITICAL}
    keep_only(kind=ALARM, subjects=[key[:64] for key in critical])
    if run.nightly:
        for key in critical.keys() & fresh:
            told = critical[key]
            raise_alarm(kind=ALARM, subject=key, detail=f"{told['title']} · {told['count']}{told['unit']}")


def _forget_old(run: PreflightRun) -> None:
    PreflightRun.objects.filter(pk__lt=run.pk - KEEP_RUNS).delete()
