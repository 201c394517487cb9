"""Duty and rosters: what their pages and reads ask."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from dispatch.models import Handover
from lianqin.kernel import clock
from tests.dispatch.rosters import shift_at, watch
from tests.workorders.conftest import Desk


def prepare(desk: Desk) -> dict[str, str]:
    goes = shift_at(desk.ground.sub_center, -7)
    watch(goes, desk.cast.user("street_dispatcher2"))
    later = shift_at(desk.ground.sub_center, 20, duty_officer=1, dispatcher=1)
    mine = watch(later, desk.cast.user("street_dispatcher"))
    watch(shift_at(desk.ground.sub_center, 44), desk.cast.user("street_dispatcher2"))
    handover = Handover.objects.create(shift=goes, unit=desk.ground.sub_center, due_at=goes.ends_at)
    today = timezone.localdate(clock.now())
    return {
        "handover": str(handover.pk), "shift": str(later.pk), "watch": str(mine.pk),
        "today": today.isoformat(), "tomorrow": (today + dt.timedelta(days=1)).isoformat(),
    }  # fmt: skip


FIGURES = {
    "page duty": ("/duty/", "street_dispatcher", 15),
    "page roster": ("/duty/roster/", "street_dispatcher", 14),
    "page roster picking": ("/duty/roster/?shift={shift}&post=dispatcher", "street_dispatcher", 20),
    "page roster day": ("/duty/roster/?view=day", "district_dispatcher", 9),
    "page roster-hours": ("/duty/hours/", "street_dispatcher", 8),
    "page handovers": ("/duty/handovers/", "street_dispatcher", 7),
    "page handover": ("/duty/handovers/{handover}/", "street_dispatcher", 9),
    "page swap": ("/duty/swap/{watch}/", "street_dispatcher", 12),
    "page duty-moved": ("/district/duty/", "street_dispatcher", 2),
    "api duty": ("/api/v1/duty/", "street_dispatcher", 5),
    "api shifts": (
        "/api/v1/shifts/?unit=320999001-centre&since={today}&until={tomorrow}", "street_dispatcher", 6,
    ),
    "api shift": ("/api/v1/shifts/{shift}/", "street_dispatcher", 8),
    "api swaps": ("/api/v1/swaps/", "street_dispatcher", 5),
    "api handovers": ("/api/v1/handovers/", "street_dispatcher", 5),
}  # fmt: skip
