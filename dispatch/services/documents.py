"""How a document of supervision comes to be: its numbers, its deadline, and whom it calls to account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue import calendars
from catalogue.workclock import SHANGHAI
from dispatch.models import DocumentCounter, SupervisionOrder
from dispatch.rules.supervision import reply_days, technical_number
from dispatch.rules.typesetting import printable
from grids.models import Role
from grids.selectors import memberships_in_force
from lianqin.kernel.errors import Invalid
from workorders.models import WorkOrder

LONGEST = 2000


def clean_text(field: str, text: str, missing: str) -> str:
    """What somebody wrote, without what no document can show; ``missing`` says so if it must not be empty."""
    cleaned = printable(text).strip()
    if missing and not cleaned:
        raise Invalid(fields={field: [missing]})
    if len(cleaned) > LONGEST:
        raise Invalid(fields={field: [_("最多 %d 字") % LONGEST]})
    return cleaned


def locked_counter(*, district_id: int, kind: str, at: dt.datetime) -> DocumentCounter:
    """The counter of that kind and year, held until the transaction ends: serials leave no gap and come once."""
    year = timezone.localtime(at, SHANGHAI).year
    key = {"district_id": district_id, "kind": kind, "year": year}
    DocumentCounter.objects.bulk_create([DocumentCounter(**key)], ignore_conflicts=True)
    return DocumentCounter.objects.select_for_update().get(**key)


def issued(counter: DocumentCounter, *, order: WorkOrder, days: int | None = None, **told: Any) -> SupervisionOrder:
    """Write a document under the next serial of a counter that is held. ``told`` are its columns; Four statements."""
    counter.last += 1
    counter.save(update_fields=["last"])
    kind, tier, raised_at = counter.kind, told.get("tier", 0), told["raised_at"]
    told["number"] = told.get("number") or _number(order, kind)
    return SupervisionOrder.objects.create(
        kind=kind,
        district_id=counter.district_id,
        year=counter.year,
        serial=counter.last,
        order=order,
        responsible_id=responsible_id(told["unit_id"]),
        reply_due_at=working_days_after(raised_at, days or reply_days(kind, tier)),
        **told,
    )


def _number(order: WorkOrder, kind: str) -> str:
    """The technical one, by how many of the kind the order has; the counter's lock keeps others away."""
    several = SupervisionOrder.objects.filter(order=order, kind=kind)
    by_hand = several if kind != "supervision" else several.exclude(number__contains="-DB")
    return technical_number(order.number, kind, by_hand.count() + 1)


def working_days_after(moment: dt.datetime, days: int) -> dt.datetime:
    """That many working days later by the district's calendar."""
    calendar = calendars.current()
    return calendar.add(moment, days * calendar.day_seconds)


def responsible_id(unit_id: int | None) -> int | None:
    """The person at the head of a unit, if one is appointed: never a deputy. One query."""
    if unit_id is None:
        return None
    heads = memberships_in_force().filter(unit_id=unit_id, role=Role.UNIT_LEADER, standing="")
    return heads.order_by("pk").values_list("user_id", flat=True).first()
