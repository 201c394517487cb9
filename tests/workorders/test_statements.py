"""What a transition asks of the database in the service alone: locks, reads, checks, writes; at most eight statements.

Counted between BEGIN and COMMIT, in a process that is warm.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue import revisions
from grids import ground
from tests.house.test_statements_of_writes import LINES
from tests.workorders.conftest import Desk
from tests.workorders.prototypes import Prototypes, inputs, undone
from workorders import services
from workorders.models import Downtime

MOST = 8
# Locks, reads and writes two orders.
TWO_ORDERS = {"merge": 12}
FIGURES = {
    "claim": 4,
    "assign_worker": 7,
    "pass_up": 4,
    "place": 4,
    "relocate": 4,
    "register": 5,
    "register_to_district": 5,
    "decline": 4,
    "contest": 4,
    "handle_on_site": 5,
    "reclassify": 4,
    "dispatch": 6,
    "adjust": 5,
    "acknowledge": 4,
    "return_assignment": 5,
    "contest_return": 4,
    "arbitrate": 7,
    "submit_result": 6,
    "override": 4,
    "verify": 5,
    "rework": 5,
    "escalate": 5,
    "hand_down": 5,
    "extend": 4,
    "shelve": 4,
    "resume": 5,
    "void": 4,
    "withdraw": 4,
    "reopen": 5,
    "callback": 4,
    "comment": 4,
}


@pytest.fixture(autouse=True)
def _warm(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    """A process that does not look whether ground or catalogue have changed meanwhile."""
    monkeypatch.setattr(ground, "CHECK_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(revisions, "CHECK_SECONDS", 3600.0)
    ground.ground()


def test_every_action_takes_a_handful_of_statements(desk: Desk) -> None:
    prototypes = {level: Prototypes(desk, level) for level in ("street", "district")}
    found = {}
    for action, state, who, _figure in LINES:
        level, status = state.split()
        order, _seers = prototypes[level].of(action, status)
        data, by = inputs(action, order, prototypes[level]), getattr(desk.cast, who)
        for _ in ("warm", "measured"):
            with undone(), CaptureQueriesContext(connection) as asked:
                services.advance(order_id=order.pk, action=action, by=by, data=data)
        found[action] = sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in asked)
    assert found == {**FIGURES, **TWO_ORDERS}
    assert max(found[action] for action in FIGURES) <= MOST


def test_a_report_takes_a_handful_of_statements(desk: Desk) -> None:
    for _ in ("warm", "measured"):
        with CaptureQueriesContext(connection) as asked:
            desk.report(external_ref="")
    assert sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in asked) == 3
    assert not Downtime.objects.exists()
