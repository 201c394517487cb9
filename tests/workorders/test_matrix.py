"""Every cell of actions, statuses, levels and roles, against a table typed by hand from the specification.

A line of TABLE is one action at one level: the statuses that allow it and the members of the cast that may. Whoever is
not named there but sees the order gets 403, whoever does not see it 404; in any other status everybody gets 409.
The orders of the cells lie in the first community of the first street; ``reporter`` is who reported them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from django.db import transaction

from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError
from tests.cast import NAMES
from tests.workorders.conftest import NOWHERE, OTHER_STREET, Desk
from tests.workorders.machine import everything
from workorders import services
from workorders.models import WorkOrder

STATUSES = (
    *("reported", "registered", "dispatched", "handling", "submitted", "shelved"),
    *("closed", "declined", "merged", "voided"),
)
CENTRE = "street_dispatcher street_dispatcher2"
DISTRICT = "district_dispatcher district_dispatcher2 commander"
# The commander supervises the whole district, its streets included.
OVERSIGHT = "supervisor street_supervisor commander"
REPORTER = "citizen"
ALL = "*"
# action | level | statuses | who
TABLE = f"""
claim                | street   | reported                                | community_officer
assign_worker        | street   | reported                                | community_officer
pass_up              | street   | reported                                | community_officer
place                | street   | reported                                | {DISTRICT}
place                | district | reported                                | {DISTRICT}
relocate             | street   | reported registered                     | {CENTRE}
relocate             | district | reported registered                     | {DISTRICT}
register             | street   | reported                                | {CENTRE}
register             | district | reported                                | {DISTRICT}
register_to_district | street   | reported                                | {CENTRE}
reclassify           | street   | registered dispatched handling          | {CENTRE}
reclassify           | district | registered dispatched handling          | {DISTRICT}
decline              | street   | reported                                | {CENTRE}
decline              | district | reported                                | {DISTRICT}
contest              | street   | declined                                | {REPORTER}
contest              | district | declined                                | {REPORTER}
merge                | street   | reported registered dispatched handling | {CENTRE}
merge                | district | reported registered dispatched handling | {DISTRICT}
dispatch             | street   | registered                              | {CENTRE}
dispatch             | district | registered                              | {DISTRICT}
adjust               | street   | dispatched handling                     | {CENTRE}
adjust               | district | dispatched handling                     | {DISTRICT}
acknowledge          | street   | dispatched                              | handler
acknowledge          | district | dispatched                              | district_handler
return_assignment    | street   | dispatched handling                     | handler
return_assignment    | district | dispatched handling                     | district_handler
submit_result        | street   | handling                                | handler
submit_result        | district | handling                                | district_handler
handle_on_site       | street   | reported                                | grid_worker grid_worker2 grid_leader
verify               | street   | submitted                               | {CENTRE} {OVERSIGHT}
verify               | district | submitted                               | {DISTRICT} supervisor
rework               | street   | submitted                               | {CENTRE} {OVERSIGHT}
rework               | district | submitted                               | {DISTRICT} supervisor
escalate             | street   | reported registered dispatched handling submitted shelved | {CENTRE}
hand_down            | district | registered                              | {DISTRICT}
extend               | street   | registered                              | {CENTRE}
extend               | street   | dispatched handling                     | {CENTRE} handler
extend               | district | registered                              | {DISTRICT}
extend               | district | dispatched handling                     | {DISTRICT} district_handler
shelve               | street   | registered handling                     | {CENTRE}
shelve               | district | registered handling                     | {DISTRICT}
resume               | street   | shelved                                 | {CENTRE}
resume               | district | shelved                                 | {DISTRICT}
void                 | street   | reported registered dispatched handling submitted shelved | {CENTRE}
void                 | district | reported registered dispatched handling submitted shelved | {DISTRICT}
withdraw             | street   | reported registered                     | {REPORTER}
withdraw             | district | reported registered                     | {REPORTER}
reopen               | street   | closed                                  | {CENTRE} {OVERSIGHT} {REPORTER}
reopen               | district | closed                                  | {DISTRICT} supervisor {REPORTER}
callback             | street   | closed                                  | {CENTRE} {OVERSIGHT}
callback             | district | closed                                  | {DISTRICT} supervisor
comment              | street   | {" ".join(STATUSES)}                    | {ALL}
comment              | district | {" ".join(STATUSES)}                    | {ALL}
"""
# An arbitration, a contested return and an overridden part need more than a status: test_returns.py.
# Who sees an order of the first street and community, whoever else it concerns.
SEERS = set(f"{CENTRE} {DISTRICT} {OVERSIGHT} community_officer grid_worker grid_worker2 grid_leader citizen".split())
# Departments see what they have or had a part in; the district's orders were with the squad before they rose.
AT_WORK = ["dispatched", "handling", "submitted", "closed"]
WITH_PART = {("street", status): {"handler"} for status in AT_WORK}
WITH_PART |= {("district", status): {"handler"} for status in ["registered", "shelved", "merged", "voided"]}
WITH_PART |= {("district", status): {"handler", "district_handler"} for status in AT_WORK}
# The squad's own part ended when the order rose: a wrong state for it, not a missing permission.
PART_IS_OVER = {(action, "district", "handler") for action in ("acknowledge", "return_assignment", "submit_result")}
UNPLACED_SEERS = set(f"{DISTRICT} supervisor citizen".split())


def table() -> dict[tuple[str, str, str], set[str]]:
    """(action, level, status): who may."""
    cells: dict[tuple[str, str, str], set[str]] = {}
    for line in TABLE.strip().splitlines():
        action, level, statuses, who = (part.strip() for part in line.split("|"))
        cells.update({(action, level, status): set(who.split()) for status in statuses.split()})
    return cells


CELLS = table()
ACTIONS = sorted({action for action, _, _ in CELLS})


class Prototypes:
    """One order of every status and level, made once through the door; each cell works on it inside a savepoint."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        lost: dict[str, Any] = {"lon": NOWHERE[0], "lat": NOWHERE[1], "source": "citizen"}
        risen = desk.do(desk.report(desk.cast.citizen, **lost), "escalate", desk.cast.commander, reason="理由")
        self.unplaced = {"street": desk.report(desk.cast.citizen, **lost), "district": risen}
        self.claimed = desk.do(self.report(), "claim", desk.cast.community_officer)
        # Masters for `merge`: as far as anything that is merged into them.
        self.masters = {"street": self.report(), "district": self.contested()}
        self.orders = {level: {status: self.make(status, level) for status in STATUSES} for level in self.masters}

    def of(self, action: str, level: str, status: str) -> tuple[WorkOrder, set[str]]:
        """The order of a cell and who sees it. Some actions on a reported order need a claim, or no place."""
        if status == "reported" and action == "place":
            return self.unplaced[level], UNPLACED_SEERS
        if status == "reported" and action in ("assign_worker", "pass_up"):
            return (self.claimed if level == "street" else self.orders[level][status]), SEERS
        return self.orders[level][status], SEERS | WITH_PART.get((level, status), set())

    def report(self) -> WorkOrder:
        return self.desk.report(self.desk.cast.citizen, source="citizen")

    def decided(self, order: WorkOrder, action: str, by: str, second: str, **data: Any) -> WorkOrder:
        order = self.desk.do(order, action, getattr(self.desk.cast, by), reason="理由", **data)
        request = order.requests.get(outcome="pending")
        services.decide(request_id=request.pk, approve=True, by=getattr(self.desk.cast, second))
        return WorkOrder.objects.get(pk=order.pk)

    def contested(self) -> WorkOrder:
        order = self.decided(self.report(), "decline", "street_dispatcher", "street_dispatcher2")
        return self.desk.do(order, "contest", self.desk.cast.citizen, reason="确有其事")

    def make(self, status: str, level: str) -> WorkOrder:
        desk, cast = self.desk, self.desk.cast
        street = level == "street"
        centre, second = ("street_dispatcher", "street_dispatcher2") if street else ("commander", "district_dispatcher")
        handler = cast.handler if street else cast.district_handler
        order = self.report()
        if status == "declined" and not street:
            order = desk.do(order, "escalate", cast.street_dispatcher, reason="理由")
            return self.decided(order, "decline", centre, second)
        if status == "declined":
            return self.decided(order, "decline", centre, second)
        if status == "reported":
            return order if street else self.contested()
        order = desk.do(order, "register", cast.street_dispatcher, conditions_confirmed=True)
        if not street:
            order = desk.do(order, "dispatch", cast.street_dispatcher, lead=desk.ground.urban_squad.code)
            order = desk.do(order, "escalate", cast.street_dispatcher, reason="理由")
        if status == "registered":
            return order
        if status == "merged":
            return desk.do(order, "merge", getattr(cast, centre), master=self.masters[level].number)
        if status == "voided":
            return self.decided(order, "void", centre, second)
        if status == "shelved":
            approver = "district_dispatcher2" if street else "commander"
            asker = centre if street else second
            return self.decided(order, "shelve", asker, approver, review_on=in_ten_days())
        lead = desk.ground.urban_squad if street else desk.ground.urban_bureau
        order = desk.do(order, "dispatch", getattr(cast, centre), lead=lead.code)
        for step, action, by in (
            ("handling", "acknowledge", handler),
            ("submitted", "submit_result", handler),
            ("closed", "verify", getattr(cast, second)),
        ):
            if order.status == status:
                break
            order = desk.do(order, action, by, result="已清理")
            assert order.status == step
        return order


def in_ten_days() -> str:
    return (clock.now().date() + dt.timedelta(days=10)).isoformat()


def inputs(action: str, order: WorkOrder, prototypes: Prototypes) -> dict[str, Any]:
    """Valid for every action at once: what an action does not ask for it does not look at."""
    street = order.level == "street"
    return {
        "reason": "理由",
        "comment": "请知悉",
        "result": "已清理",
        "lon": OTHER_STREET[0],
        "lat": OTHER_STREET[1],
        "category": "T02" if action == "reclassify" else "T01",
        "conditions_confirmed": True,
        "worker": "grid_worker",
        "lead": "320999001-urban_management" if street else "320999-urban_management",
        "add": ["320999001-market" if street else "320999-water"],
        "master": prototypes.masters[order.level].number,
        "workdays": 2,
        "review_on": in_ten_days(),
        "reached": True,
    }


def expected(action: str, level: str, status: str, name: str, seers: set[str]) -> int:
    allowed = CELLS.get((action, level, status))
    if name not in seers:
        return 404
    if allowed is None:
        return 409
    if (action, level, name) in PART_IS_OVER:
        return 409
    return 200 if name in allowed or ALL in allowed else 403


def tried(desk: Desk, order: WorkOrder, action: str, name: str, data: dict[str, Any]) -> int:
    """What the door answers; whatever it did is undone."""
    savepoint = transaction.savepoint()
    try:
        services.advance(order_id=order.pk, action=action, by=getattr(desk.cast, name), data=data)
    except DomainError as refusal:
        transaction.savepoint_commit(savepoint)
        return refusal.status
    transaction.savepoint_rollback(savepoint)
    return 200


def differences(desk: Desk, level: str, half: int) -> Iterator[str]:
    """Whoever sees the order tries every cell; those who do not take turns, so that each tries every action."""
    prototypes = Prototypes(desk)
    before, others = everything(), cycle(NAMES)
    for action in ACTIONS[half::2]:
        for status in STATUSES:
            order, seers = prototypes.of(action, level, status)
            data = inputs(action, order, prototypes)
            for name in (*sorted(seers), next(others), next(others)):
                found, wanted = tried(desk, order, action, name, data), expected(action, level, status, name, seers)
                if found != wanted:
                    yield f"{action} {status}/{level} by {name}: {found}, not {wanted}"
        # What was allowed is undone, so any trace is a refusal's.
        if everything() != before:
            yield f"a refused {action} left something"


# About twenty seconds of one processor each; the limit is for a machine that is busy with other things.
pytestmark = pytest.mark.timeout(400)


# Two classes, so that two processes share them.
@pytest.mark.parametrize("half", [0, 1])
class TestStreet:
    def test_every_cell(self, desk: Desk, half: int) -> None:
        assert list(differences(desk, "street", half)) == []


@pytest.mark.parametrize("half", [0, 1])
class TestDistrict:
    def test_every_cell(self, desk: Desk, half: int) -> None:
        assert list(differences(desk, "district", half)) == []
