"""Every cell of actions, statuses, levels and roles, against a table typed by hand from the specification.

A line of TABLE is one action at one level: the statuses that allow it and the members of the cast that may. Whoever is
not named there but sees the order gets 403, whoever does not see it 404; in any other status everybody gets 409.
The orders of the cells lie in the first community of the first street; ``citizen`` is who reported them.
Reports and the answers to requests have no cell here: test_matrix_answers.py.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.cast import NAMES
from tests.workorders.conftest import Desk
from tests.workorders.machine import everything
from tests.workorders.prototypes import (
    CENTRE,
    DISTRICT,
    OVERSIGHT,
    REPORTER,
    STATUSES,
    Prototypes,
    answer_of,
    inputs,
    read_once,
    undone,
)
from workorders import services, states
from workorders.models import WorkOrder
from workorders.services.attachments import attach, shelf

ALL, NOBODY = "*", "-"
OPEN = "reported registered dispatched handling submitted shelved"
GRID = "grid_worker grid_worker2 grid_leader"
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
contest_return       | street   | registered                              | {CENTRE}
contest_return       | district | registered                              | {DISTRICT}
arbitrate            | street   | registered                              | {DISTRICT}
arbitrate            | district | registered                              | commander
submit_result        | street   | handling                                | handler
submit_result        | district | handling                                | district_handler
override             | street   | registered                              | {CENTRE}
override             | street   | dispatched handling                     | {CENTRE} handler
override             | district | registered                              | {DISTRICT}
override             | district | dispatched handling                     | {DISTRICT} district_handler
handle_on_site       | street   | reported                                | {GRID}
verify               | street   | submitted                               | {CENTRE} {OVERSIGHT}
verify               | district | submitted                               | {DISTRICT} supervisor
rework               | street   | submitted                               | {CENTRE} {OVERSIGHT}
rework               | district | submitted                               | {DISTRICT} supervisor
escalate             | street   | {OPEN} | {CENTRE}
hand_down            | district | registered                              | {DISTRICT}
extend               | street   | registered                              | {CENTRE}
extend               | street   | dispatched handling                     | {CENTRE} handler
extend               | district | registered                              | {DISTRICT}
extend               | district | dispatched handling                     | {DISTRICT} district_handler
shelve               | street   | registered handling                     | {CENTRE}
shelve               | district | registered handling                     | {DISTRICT}
resume               | street   | shelved                                 | {CENTRE}
resume               | district | shelved                                 | {DISTRICT}
void                 | street   | {OPEN} | {CENTRE}
void                 | district | {OPEN} | {DISTRICT}
withdraw             | street   | reported registered                     | {REPORTER}
withdraw             | district | reported registered                     | {REPORTER}
reopen               | street   | closed                                  | {CENTRE} {OVERSIGHT} {REPORTER}
reopen               | district | closed                                  | {DISTRICT} supervisor {REPORTER}
callback             | street   | closed                                  | {CENTRE} {OVERSIGHT}
callback             | district | closed                                  | {DISTRICT} supervisor
comment              | street   | {" ".join(STATUSES)}                    | {ALL}
comment              | district | {" ".join(STATUSES)}                    | {ALL}
unmerge              | street   | merged                                  | {NOBODY}
unmerge              | district | merged                                  | {NOBODY}
regrid               | street   | {OPEN} | {NOBODY}
regrid               | district | {OPEN} | {NOBODY}
attach               | street   | {OPEN}                                  | {ALL}
attach               | district | {OPEN}                                  | {ALL}
attach_result        | street   | reported                                | {CENTRE} {DISTRICT} {OVERSIGHT} {GRID}
attach_result        | street   | registered submitted shelved            | {CENTRE} {DISTRICT} {OVERSIGHT}
attach_result        | street   | dispatched handling                     | {CENTRE} {DISTRICT} {OVERSIGHT} handler
attach_result        | district | reported registered submitted shelved   | {DISTRICT} supervisor
attach_result        | district | dispatched handling                     | {DISTRICT} supervisor district_handler
"""
# The squad's own part ended when the order rose: a wrong state for it, not a missing permission.
PART_IS_OVER = {(action, "district", "handler") for action in ("acknowledge", "return_assignment", "submit_result")}


def table() -> dict[tuple[str, str, str], set[str]]:
    """(action, level, status): who may."""
    cells: dict[tuple[str, str, str], set[str]] = {}
    for line in TABLE.strip().splitlines():
        action, level, statuses, who = (part.strip() for part in line.split("|"))
        assert set(who.split()) <= {*NAMES, ALL, NOBODY}, line
        cells.update({(action, level, status): set(who.split()) for status in statuses.split()})
    return cells


CELLS = table()
ACTIONS = sorted({action for action, _, _ in CELLS})


def expected(action: str, level: str, status: str, name: str, seers: set[str]) -> int:
    allowed = CELLS.get((action, level, status))
    if name not in seers:
        return 404
    if allowed is None:
        return 409
    if (action, level, name) in PART_IS_OVER:
        return 409
    return 200 if name in allowed or ALL in allowed else 403


@cache
def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2), "red").save(out, "PNG")
    return out.getvalue()


class Matrix:
    """Everybody tries everything on the orders of one level."""

    def __init__(self, desk: Desk, level: str) -> None:
        self.desk, self.level = desk, level
        self.prototypes = Prototypes(desk, level)
        self.before = everything()
        self.taken = 0

    def attempt(self, action: str, order: WorkOrder, name: str) -> int:
        by = getattr(self.desk.cast, name)
        if action in ("attach", "attach_result"):
            stage = "after" if action == "attach_result" else "before"
            return answer_of(partial(self.attach, order, by, stage))[0]
        data = inputs(action, order, self.prototypes)
        return answer_of(partial(services.advance, order_id=order.pk, action=action, by=by, data=data))[0]

    @staticmethod
    def attach(order: WorkOrder, by: Any, stage: str) -> None:
        with shelf() as written:
            upload = SimpleUploadedFile("x.png", picture())
            attach(order_id=order.pk, by=by, upload=upload, stage=stage, written=written)

    def cell(self, action: str, status: str) -> Iterator[str]:
        """Try one action on one order as everybody; yields where the answer is not as typed."""
        order, seers = self.prototypes.of(action, status)
        wanted = {name: expected(action, self.level, status, name, seers) for name in NAMES}
        with undone():
            found = self.refusals(action, order, [name for name in NAMES if wanted[name] != 200])
            traces = everything() != self.before
        if traces:
            yield f"a refused {action} {status}/{self.level} left something"
        for name in NAMES:
            if wanted[name] == 200:
                with undone():
                    found[name] = self.attempt(action, order, name)
        for name in NAMES:
            if found[name] != wanted[name]:
                yield f"{action} {status}/{self.level} by {name}: {found[name]}, not {wanted[name]}"

    def refusals(self, action: str, order: WorkOrder, names: list[str]) -> dict[str, int]:
        """One by one, in turn, reads the order for itself; the others share what was read."""
        if not names:
            return {}
        self.taken += 1
        alone = names[self.taken % len(names)]
        found = {alone: self.attempt(action, order, alone)}
        with read_once(order):
            return found | {name: self.attempt(action, order, name) for name in names if name != alone}

    def differences(self, part: int) -> list[str]:
        """Every fourth action in every status."""
        return [each for action in ACTIONS[part::4] for status in STATUSES for each in self.cell(action, status)]


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_table_names_every_action() -> None:
    assert {*ACTIONS, "report"} - {"attach_result"} == set(states.ACTIONS)


# Four classes, so that processes share them, of two parts each, so that none is long on a busy machine.
@pytest.mark.parametrize("part", [0, 2])
class TestStreetEven:
    def test_every_cell(self, desk: Desk, part: int) -> None:
        assert Matrix(desk, "street").differences(part) == []


@pytest.mark.parametrize("part", [1, 3])
class TestStreetOdd:
    def test_every_cell(self, desk: Desk, part: int) -> None:
        assert Matrix(desk, "street").differences(part) == []


@pytest.mark.parametrize("part", [0, 2])
class TestDistrictEven:
    def test_every_cell(self, desk: Desk, part: int) -> None:
        assert Matrix(desk, "district").differences(part) == []


@pytest.mark.parametrize("part", [1, 3])
class TestDistrictOdd:
    def test_every_cell(self, desk: Desk, part: int) -> None:
        assert Matrix(desk, "district").differences(part) == []
