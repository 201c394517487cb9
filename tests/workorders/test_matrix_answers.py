"""Who may report at all, and who answers which request: every member of the cast, against tables typed by hand."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from tests.cast import NAMES, OFFICERS, POSTS
from tests.workorders.conftest import HERE, Desk
from tests.workorders.machine import everything
from tests.workorders.prototypes import (
    CENTRE,
    DISTRICT,
    SEERS,
    UNPLACED_SEERS,
    WITH_ASSIST,
    WITH_PART,
    Prototypes,
    answer_of,
    inputs,
    read_once,
    undone,
)
from workorders import services
from workorders.models import Request, WorkOrder
from workorders.services.intake import report_handled

SAME = "same"
OPEN = "reported registered dispatched handling submitted shelved"
# action | level | statuses | asked by | may answer, unless they asked | what the order is when they agree
TABLE = f"""
decline | street   | reported                       | street_dispatcher   | {CENTRE} {DISTRICT} | declined
decline | district | reported                       | district_dispatcher | {DISTRICT}          | declined
void    | street   | {OPEN}                         | street_dispatcher2  | {CENTRE} {DISTRICT} | voided
void    | district | {OPEN}                         | commander           | {DISTRICT}          | voided
extend  | street   | registered dispatched handling | street_dispatcher   | {DISTRICT}          | {SAME}
extend  | street   | dispatched handling            | handler             | {CENTRE} {DISTRICT} | {SAME}
extend  | district | registered dispatched handling | district_dispatcher | commander           | {SAME}
extend  | district | registered                     | commander           | commander           | {SAME}
extend  | district | dispatched handling            | district_handler    | {DISTRICT}          | {SAME}
shelve  | street   | registered handling            | street_dispatcher   | {DISTRICT}          | shelved
shelve  | district | registered handling            | district_dispatcher | commander           | shelved
shelve  | district | registered                     | commander           | commander           | shelved
"""
# Nobody's street: the district's own, at whichever level it stands.
UNPLACED = f"""
decline | street   | reported                       | district_dispatcher | {DISTRICT}          | declined
decline | district | reported                       | district_dispatcher | {DISTRICT}          | declined
void    | street   | reported                       | commander           | {DISTRICT}          | voided
"""
REPORTERS = {*POSTS, "citizen", "citizen2", "source"}
ON_SITE = {"grid_worker", "grid_worker2", "grid_leader"}


def expected(name: str, asked_by: str, may: set[str], seers: set[str]) -> tuple[int, str]:
    if name not in seers:
        return 404, "not_found"
    if name not in may:
        return 403, "permission_denied"
    return (403, "same_person") if name == asked_by else (200, "")


class Answers:
    """Everybody answers every request of one level, with yes and with no."""

    def __init__(self, desk: Desk, level: str) -> None:
        self.desk, self.level = desk, level
        self.prototypes = Prototypes(desk, level)

    def differences(self, lines: str, *, placed: bool) -> list[str]:
        found = []
        for line in lines.strip().splitlines():
            action, level, statuses, asked_by, may, becomes = (part.strip() for part in line.split("|"))
            for status in statuses.split() if level == self.level else ():
                order = self.prototypes.orders[status] if placed else self.prototypes.unplaced
                seers = SEERS | WITH_PART.get((level, status), set()) if placed else UNPLACED_SEERS
                wanted = {name: expected(name, asked_by, set(may.split()), seers) for name in NAMES}
                where = f"{action} {status}/{level} asked by {asked_by}"
                with undone():
                    target = status if becomes == SAME else becomes
                    found += [f"{where}: {each}" for each in self.cell(order, action, asked_by, wanted, target)]
        return found

    def cell(
        self, order: WorkOrder, action: str, asked_by: str, wanted: dict[str, tuple[int, str]], target: str
    ) -> list[str]:
        by, data = getattr(self.desk.cast, asked_by), inputs(action, order, self.prototypes)
        services.advance(order_id=order.pk, action=action, by=by, data=data)
        request, wrong = Request.objects.get(order=order, outcome="pending"), []
        before, refused = everything(), [name for name in NAMES if wanted[name][0] != 200]
        with undone(), read_once(order):
            for name in refused:
                for approve in (True, False):
                    answered = self.answered(request, name, approve)
                    if answered != wanted[name]:
                        wrong.append(f"{name}, {approve=}: {answered}, not {wanted[name]}")
            if everything() != before:
                wrong.append("a refused answer left something")
        for name in sorted({*NAMES} - {*refused}):
            for approve in (True, False):
                with undone():
                    answered = self.answered(request, name, approve)
                    after = Request.objects.values_list("outcome", "approver__username", "order__status").get(
                        pk=request.pk
                    )
                is_so = ("approved", name, target) if approve else ("refused", name, order.status)
                if (answered, after) != ((200, ""), is_so):
                    wrong.append(f"{name}, {approve=}: {answered} and {after}, not {is_so}")
        return wrong

    def to_an_arbitration(self, arbiters: set[str]) -> list[str]:
        """Nobody answers it in passing: it is done by arbitrating, with a department."""
        request = self.prototypes.arbitration.requests.get(outcome="pending")
        before, wrong = everything(), []
        for name in NAMES:
            wanted = expected(name, "", arbiters, SEERS | WITH_ASSIST[self.level])
            wanted = (409, "use_arbitrate") if wanted[0] == 200 else wanted
            found = {self.answered(request, name, approve) for approve in (True, False)}
            if found != {wanted}:
                wrong.append(f"arbitration: {name}: {found}, not {wanted}")
        return wrong if everything() == before else [*wrong, "arbitration: a refused answer left something"]

    def answered(self, request: Request, name: str, approve: bool) -> tuple[int, str]:
        by = getattr(self.desk.cast, name)
        return answer_of(partial(services.decide, request_id=request.pk, approve=approve, by=by, answer="按规定办理"))


@pytest.mark.parametrize(
    ("level", "arbiters"), [("street", DISTRICT), ("district", "commander")], ids=["street", "district"]
)
def test_everybody_answers_every_request(desk: Desk, level: str, arbiters: str) -> None:
    answers = Answers(desk, level)
    assert answers.differences(TABLE, placed=True) + answers.differences(UNPLACED, placed=False) == []
    assert answers.to_an_arbitration(set(arbiters.split())) == []


def test_who_may_report(desk: Desk) -> None:
    """Everybody with a post, citizens and connected platforms; no officer of the platform, nobody without a post."""
    assert {*NAMES} - {*OFFICERS, "outsider"} == REPORTERS
    before = everything()
    told: dict[str, Any] = {"title": "井盖缺失", "source": "hotline_12345", "lon": HERE[0], "lat": HERE[1]}
    for name, actor in desk.cast.all():
        with undone():
            found = answer_of(partial(services.report, by=actor, data=told))
        assert found == ((200, "") if name in REPORTERS else (403, "permission_denied")), name
        assert everything() == before


def test_who_may_report_what_is_done_already(desk: Desk) -> None:
    """The grid's own workers; a worker of another grid reports, but does not handle here."""
    before = everything()
    told = {"title": "占道经营", "lon": HERE[0], "lat": HERE[1], "category": "T01", "result": "已劝离"}
    for name, actor in desk.cast.all():
        with undone():
            found = answer_of(partial(report_handled, by=actor, data=told))
            statuses = list(WorkOrder.objects.values_list("status", "on_site"))
        wanted = ((200, ""), [("submitted", True)]) if name in ON_SITE else ((403, "permission_denied"), [])
        assert (found, statuses) == wanted, name
        assert everything() == before
