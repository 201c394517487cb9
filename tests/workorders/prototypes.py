"""One order of every status at a level, made once through the door, and what the tests of the matrix do with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction

from lianqin.kernel import clock
from lianqin.kernel.errors import DomainError
from tests.workorders.conftest import NOWHERE, OTHER_STREET, Desk
from workorders import services
from workorders.models import WorkOrder
from workorders.services import door

STATUSES = (
    *("reported", "registered", "dispatched", "handling", "submitted", "shelved"),
    *("closed", "declined", "merged", "voided"),
)
CENTRE = "street_dispatcher street_dispatcher2"
DISTRICT = "district_dispatcher district_dispatcher2 commander"
# The commander supervises the whole district, its streets included.
OVERSIGHT = "supervisor street_supervisor commander"
REPORTER = "citizen"
# Who sees an order of the first street and community, whoever else it concerns.
SEERS = set(f"{CENTRE} {DISTRICT} {OVERSIGHT} community_officer grid_worker grid_worker2 grid_leader citizen".split())
UNPLACED_SEERS = set(f"{DISTRICT} supervisor citizen".split())
# Departments see what they have or had a part in; the district's orders were with the squad before they rose.
AT_WORK = ["dispatched", "handling", "submitted", "closed"]
WITH_PART = {("street", status): {"handler"} for status in AT_WORK}
WITH_PART |= {("district", status): {"handler"} for status in ["registered", "shelved", "merged", "voided"]}
WITH_PART |= {("district", status): {"handler", "district_handler"} for status in AT_WORK}
# With an assisting department; ``registered`` after the lead has returned its part.
WITH_ASSIST = {"street": {"handler", "handler2"}, "district": {"handler", "district_handler", "district_handler2"}}


class Prototypes:
    """The orders of one level; each try works on one of them inside a savepoint."""

    def __init__(self, desk: Desk, level: str) -> None:
        self.desk, self.level, self.street = desk, level, level == "street"
        self.in_ten_days = (clock.now().date() + dt.timedelta(days=10)).isoformat()
        # A master for `merge`: as far as anything that is merged into it.
        self.master = self.report() if self.street else self.contested()
        self.orders = {status: self.make(status) for status in STATUSES}
        self.joint = {status: self.with_assist(status) for status in ("registered", "dispatched", "handling")}
        second = desk.cast.street_dispatcher2 if self.street else desk.cast.district_dispatcher2
        self.arbitration = desk.do(self.with_assist("registered"), "contest_return", second, reason="应属贵单位")
        self.claimed = desk.do(self.report(), "claim", desk.cast.community_officer)
        lost: dict[str, Any] = {"lon": NOWHERE[0], "lat": NOWHERE[1], "source": "citizen"}
        self.unplaced = desk.report(desk.cast.citizen, **lost)
        if not self.street:
            self.unplaced = desk.do(self.unplaced, "escalate", desk.cast.commander, reason="理由")

    def of(self, action: str, status: str) -> tuple[WorkOrder, set[str]]:
        """The order of a cell and who sees it: for some actions one on which they have something to do."""
        if action == "arbitrate" and status == "registered":
            return self.arbitration, SEERS | WITH_ASSIST[self.level]
        if action in ("override", "contest_return") and status in self.joint:
            return self.joint[status], SEERS | WITH_ASSIST[self.level]
        if status == "reported" and action == "place":
            return self.unplaced, UNPLACED_SEERS
        if status == "reported" and action in ("assign_worker", "pass_up"):
            return (self.claimed if self.street else self.orders[status]), SEERS
        return self.orders[status], SEERS | WITH_PART.get((self.level, status), set())

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

    def registered(self) -> WorkOrder:
        desk, by = self.desk, self.desk.cast.street_dispatcher
        order = desk.do(self.report(), "register", by, conditions_confirmed=True)
        if self.street:
            return order
        order = desk.do(order, "dispatch", by, lead=desk.ground.urban_squad.code)
        return desk.do(order, "escalate", by, reason="理由")

    def make(self, status: str) -> WorkOrder:
        desk, cast = self.desk, self.desk.cast
        by, second = (
            ("street_dispatcher", "street_dispatcher2") if self.street else ("commander", "district_dispatcher")
        )
        if status == "reported":
            return self.report() if self.street else self.contested()
        if status == "declined":
            order = self.report()
            if not self.street:
                order = desk.do(order, "escalate", cast.street_dispatcher, reason="理由")
            return self.decided(order, "decline", by, second)
        order = self.registered()
        if status == "merged":
            return desk.do(order, "merge", getattr(cast, by), master=self.master.number)
        if status == "voided":
            return self.decided(order, "void", by, second)
        if status == "shelved":
            asker, approver = (by, "district_dispatcher2") if self.street else (second, "commander")
            return self.decided(order, "shelve", asker, approver, review_on=self.in_ten_days)
        return self.worked(order, status, by, second)

    def worked(self, order: WorkOrder, status: str, by: str, second: str) -> WorkOrder:
        """Onwards from registered until it is as it should be."""
        desk, cast = self.desk, self.desk.cast
        handler = cast.handler if self.street else cast.district_handler
        lead = desk.ground.urban_squad if self.street else desk.ground.urban_bureau
        for action, who in (
            ("dispatch", getattr(cast, by)),
            ("acknowledge", handler),
            ("submit_result", handler),
            ("verify", getattr(cast, second)),
        ):
            if order.status == status:
                break
            order = desk.do(order, action, who, result="已清理", lead=lead.code)
        assert order.status == status
        return order

    def with_assist(self, status: str) -> WorkOrder:
        """A lead and an assisting department; dispatched by somebody who will not have to arbitrate."""
        desk, cast = self.desk, self.desk.cast
        by, lead = (cast.street_dispatcher, cast.handler) if self.street else (
            cast.district_dispatcher, cast.district_handler
        )  # fmt: skip
        codes = ("001-urban_management", "001-market") if self.street else ("-urban_management", "-water")
        units = [desk.ground.unit(code).code for code in codes]
        order = desk.do(self.registered(), "dispatch", by, lead=units[0], assists=units[1:])
        if status == "handling":
            order = desk.do(order, "acknowledge", lead)
        if status == "registered":
            order = desk.do(order, "return_assignment", lead, reason="不属本单位")
        assert order.status == status
        return order


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
        "master": prototypes.master.number,
        "workdays": 2,
        "review_on": prototypes.in_ten_days,
        "reached": True,
    }


def answer_of(attempt: Callable[[], Any]) -> tuple[int, str]:
    """What the door answers, as the API would say it: status and code."""
    try:
        attempt()
    except DomainError as refusal:
        return refusal.status, str(refusal.code)
    return 200, ""


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside never was."""
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(savepoint)


@contextmanager
def read_once(order: WorkOrder) -> Iterator[None]:
    """Let the door read the order one time for many refusals: who is refused has changed nothing of it.

    Only for refusals. What they left behind is looked at in the database afterwards, over all tables.
    """
    known = WorkOrder.objects.select_related("category").prefetch_related("assignments", "timers").get(pk=order.pk)
    with pytest.MonkeyPatch.context() as patch:
        # Merged orders stand beside it as well; a refusal looks at none of them.
        patch.setattr(door, "orders_locked", lambda order_ids: dict.fromkeys(order_ids, known))
        yield
