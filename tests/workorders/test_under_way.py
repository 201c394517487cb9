"""What looks at orders or drives them while others are at work."""

from __future__ import annotations

import pytest

from tests.workorders.conftest import Desk
from workorders import tasks
from workorders.models import WorkOrder
from workorders.services.auditor import audit
from workorders.services.chain import verify_live, verify_order


def test_order_that_moves_while_it_is_verified_is_not_a_finding(desk: Desk) -> None:
    order = desk.registered()
    desk.do(order, "dispatch", desk.cast.street_dispatcher, lead=desk.ground.urban_squad.code)

    # `order` is what a reader had before them when somebody dispatched it.
    assert any(verify_order(order))
    assert verify_live(order) == []


def test_altered_order_is_a_finding_and_an_alarm(desk: Desk) -> None:
    order = desk.registered()
    WorkOrder.objects.filter(pk=order.pk).update(status="handling")
    order.refresh_from_db()

    assert [finding.problem for finding in verify_live(order)] == [
        "order: status is 'handling', events say 'registered'"
    ]
    assert "chain_broken" in {breach.kind for breach in audit()}


def test_tick_ends_before_the_time_limit_of_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def endless_sweep() -> int:
        now[0] += 9.0
        return 200

    monkeypatch.setattr(tasks, "sweep", endless_sweep)
    monkeypatch.setattr("workorders.tasks.time.monotonic", lambda: now[0])

    assert tasks.sweep_timers() == 600
