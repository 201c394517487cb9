"""The nightly reconciliation: it says what differs and changes nothing."""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from insight.models import Reconciliation
from insight.rules import ZONE
from insight.services.comparing import Difference, cohorts, differences
from lianqin.kernel import clock
from lianqin.kernel.clock import Now
from workorders.services.alarms import clear_alarm, raise_alarm

logger = logging.getLogger(__name__)
ALARM = "rollup_differs"
SHOWN = 20


def reconcile(cohort: int) -> list[Difference]:
    """Compare the rollups of the orders of a month with their events; raise an alarm that names what differs."""
    found = differences(cohort)
    with transaction.atomic():
        if found:
            shown = "; ".join(str(each) for each in found[:SHOWN])
            logger.error("rollups of orders of %s differ in %s cells: %s", cohort, len(found), shown)
            raise_alarm(kind=ALARM, subject=str(cohort), detail=f"{len(found)} cells, events less rollups: {shown}")
        else:
            clear_alarm(kind=ALARM, subject=str(cohort))
        Reconciliation.objects.update_or_create(
            cohort=cohort, defaults={"checked_at": clock.now(), "differences": len(found)}
        )
    return found


def reconcile_if_due() -> list[int]:
    """Once a local day: the orders of this month and of the last one, and of the month not looked at for longest."""
    today = clock.now().astimezone(ZoneInfo(ZONE)).date()
    midnight = dt.datetime.combine(today, dt.time(), tzinfo=ZoneInfo(ZONE))
    if Reconciliation.objects.filter(checked_at__gte=midnight).exists():
        return []
    chosen = chosen_cohorts(cohorts(), today)
    for cohort in chosen:
        reconcile(cohort)
    return chosen


def chosen_cohorts(known: list[int], today: dt.date) -> list[int]:
    """Of the months that there are, those whose turn it is: all of history comes round."""
    last = today.replace(day=1) - dt.timedelta(days=1)
    recent = {month.year * 100 + month.month for month in (today, last)}
    looked_at = dict(Reconciliation.objects.order_by(F("checked_at")).values_list("cohort", "checked_at"))
    older = [cohort for cohort in known if cohort not in recent]
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    oldest = sorted(older, key=lambda cohort: (looked_at.get(cohort, never), cohort))[:1]
    return [*oldest, *sorted(recent & set(known))]


def standing_differences() -> int:
    """Cells that differed when their month was last compared."""
    return sum(Reconciliation.objects.values_list("differences", flat=True))


def hours_since_last() -> float | None:
    """Hours since anything was compared; None before the first time."""
    last = Reconciliation.objects.order_by("-checked_at").annotate(age=Now() - F("checked_at")).first()
    return None if last is None else last.age.total_seconds() / 3600
