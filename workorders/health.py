"""What a monitor must know about orders: is the machine awake, is anything overdue, does the auditor find fault?"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from lianqin.kernel.replicas import replicas
from relay.health import Fact, check
from workorders.models import Alarm, SweepRecord
from workorders.rules.months import between, later
from workorders.services.auditor import AUDIT_EVERY_SECONDS, OVERDUE_SECONDS
from workorders.services.partitions import AHEAD, months_there, this_month
from workorders.services.sweep import OUTAGE_SECONDS

AGE = "SELECT extract(epoch FROM clock_timestamp() - last_at) FROM workorders_sweeprecord WHERE id = %s"


@check("last_sweep_age_seconds")
def last_sweep_age() -> Fact:
    return _age(SweepRecord.SWEEP, OUTAGE_SECONDS)


@check("last_audit_age_seconds")
def last_audit_age() -> Fact:
    return _age(SweepRecord.AUDIT, 5 * AUDIT_EVERY_SECONDS)


def _age(record: int, limit: float) -> Fact:
    """By wall time, whatever a test does to the platform's clock."""
    with connection.cursor() as cursor:
        cursor.execute(AGE, [record])
        row = cursor.fetchone()
    if row is None:
        return Fact(ok=False, note="has never run")
    return Fact(ok=row[0] <= limit, value=round(float(row[0]), 1), limit=limit)


@check("overdue_timers")
def overdue_timers() -> Fact:
    """Timers that should have fired a minute ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM workorders_timer WHERE state = 'pending'"
            " AND next_at < (SELECT lianqin_now()) - make_interval(secs => %s)",
            [OVERDUE_SECONDS],
        )
        count = cursor.fetchone()[0]
    return Fact(ok=count == 0, value=count, limit=0)


@check("auditor_findings")
def auditor_findings() -> Fact:
    """Standing alarms: invariants that do not hold, timers that fail."""
    alarms = Alarm.objects.filter(cleared_at=None)
    count = alarms.count()
    kinds = ", ".join(sorted(set(alarms.values_list("kind", flat=True)[:20])))
    return Fact(ok=count == 0, value=count, limit=0, note=kinds)


@check("replicas")
def replicas_behind() -> Fact:
    """Seconds that the worst replica is behind; one that is away or too far behind is not read from."""
    found = replicas()
    unfit = [replica.alias for replica in found if not replica.is_fit]
    worst = max((replica.behind for replica in found if replica.behind is not None), default=0.0)
    note = f"not in use: {', '.join(unfit)}" if unfit else ""
    return Fact(ok=not unfit, value=round(worst, 1), limit=settings.LIANQIN_REPLICA_LAG_SECONDS, note=note)


@check("history_months_ahead")
def history_months_ahead() -> Fact:
    """How many coming months have their partitions. Without one nothing is refused, but somebody must look."""
    there, current = months_there(), this_month()
    ahead = [month for month in between(later(current, 1), later(current, AHEAD)) if month in there]
    return Fact(ok=later(current, 1) in there, value=len(ahead), limit=1)
