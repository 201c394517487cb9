"""The daily root follows the sequence in which events left: an event that was written late is in one root, once."""

from __future__ import annotations

import datetime as dt
import io

from catalogue.workclock import SHANGHAI
from relay.models import OutboxMessage
from tests.workorders.conftest import Desk
from workorders.services.chain import publish_daily_root, verify_offline
from workorders.services.exporting import export_day


def test_late_commits_are_in_a_root_once(desk: Desk) -> None:
    desk.registered()
    messages = list(OutboxMessage.objects.filter(topic="order.event").order_by("pk"))
    noon = dt.datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
    # Written on the 20th and 21st, relayed the other way round.
    for message, sequence, days in zip(messages, (2, 1), (0, 1), strict=True):
        OutboxMessage.objects.filter(pk=message.pk).update(sequence=sequence, created_at=noon + dt.timedelta(days=days))

    roots = [publish_daily_root(dt.date(2026, 11, day)) for day in (20, 21)]

    assert [root.events for root in roots if root] == [2, 0]
    out = io.StringIO()
    assert roots[0] is not None
    assert export_day(roots[0], out) == 2
    assert [finding for finding in verify_offline(out.getvalue().splitlines()) if "root" in finding] == []
