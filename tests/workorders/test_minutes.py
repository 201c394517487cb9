"""The account of an order's minutes, against histories typed by hand."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from tests.workorders.conftest import Desk
from workorders.models import Event
from workorders.rules.minutes import Phase, account, added

NINE = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)


def after(minutes: int) -> dt.datetime:
    return NINE + dt.timedelta(minutes=minutes)


def event(minute: int, order: dict[str, Any] | None = None, **parts: dict[str, Any]) -> str:
    """``parts`` are named ``a7`` for assignment 7."""
    assignments = {name[1:]: columns for name, columns in parts.items()}
    changes = {"order": order or {}, "assignments": assignments}
    return json.dumps({"at": after(minute).isoformat(), "changes": changes})


def minutes(found: dict[tuple[str, Phase], float]) -> dict[str, float]:
    return {f"{level} {phase}": seconds / 60 for (level, phase), seconds in found.items()}


LEAD = {"unit_id": 31, "role": "lead", "status": "pending"}
ASSIST = {"unit_id": 32, "role": "assist", "status": "pending"}
STREET = [
    event(0, {"status": "reported", "level": "street"}),
    event(10, {"status": "registered"}),
    event(15, {"status": "dispatched"}, a7=LEAD, a8=ASSIST),
    event(18, None, a8={"status": "acknowledged"}),
    event(25, {"status": "handling"}, a7={"status": "acknowledged"}),
    event(40, None, a8={"status": "done"}),
    event(70, {"status": "submitted"}, a7={"status": "done", "late": True}),
    event(90, {"status": "closed"}),
]


def test_one_street_order_from_report_to_closing() -> None:
    told = account(STREET, after(500))
    assert minutes(told.spent) == {
        "street registration": 10,
        "street dispatch": 5,
        "street signature": 10,
        "street handling": 45,
        "street check": 20,
    }
    assert (told.of("street"), told.of("district"), told.total) == (90 * 60, 0, 90 * 60)


def test_each_department_has_its_own_minutes() -> None:
    told = account(STREET, after(500))
    assert {part.unit_id: (part.signing / 60, part.handling / 60, part.late) for part in told.parts.values()} == {
        31: (10, 45, True),
        32: (3, 22, False),
    }


def test_the_clocks_of_street_and_district_are_kept_apart() -> None:
    told = account(
        [
            *STREET[:5],
            event(
                60, {"status": "registered", "level": "district"}, a7={"status": "superseded"}, a8={"status": "done"}
            ),
            event(75, {"status": "registered", "level": "street"}),
            event(80, {"status": "registered", "level": "district"}),
        ],
        after(100),
    )
    assert minutes(told.spent) == {
        "street registration": 10,
        "street dispatch": 5 + 5,
        "street signature": 10,
        "street handling": 35,
        "district dispatch": 15 + 20,
    }
    assert told.of("district") == 35 * 60


def test_a_rework_is_handling_again_and_a_shelf_is_nobodys_work() -> None:
    told = account(
        [
            *STREET[:7],
            event(90, {"status": "handling"}, a7={"status": "acknowledged"}),
            event(100, {"status": "shelved"}),
            event(160, {"status": "registered"}, a7={"status": "superseded"}),
        ],
        after(170),
    )
    assert minutes(told.spent)["street handling"] == 45 + 10
    assert minutes(told.spent)["street shelved"] == 60
    assert minutes(told.spent)["street dispatch"] == 5 + 10
    assert told.parts[7].handling == (45 + 10) * 60


def test_no_history_took_no_time() -> None:
    assert account([], NINE).total == 0


def test_accounts_add_up() -> None:
    both = added([account(STREET, after(500)), account(STREET[:2], after(30))])
    assert minutes(both)["street registration"] == 20
    assert minutes(both)["street dispatch"] == 5 + 20


def test_the_history_of_a_real_order_adds_up_to_its_life(desk: Desk) -> None:
    order = desk.closed()
    events = list(Event.objects.filter(order=order).order_by("seq"))
    told = account([each.body for each in events], events[-1].at + dt.timedelta(days=3))
    life = (events[-1].at - events[0].at).total_seconds()
    assert abs(told.total - life) < 1e-3
    assert {phase for _level, phase in told.spent} == {
        Phase.REGISTRATION,
        Phase.DISPATCH,
        Phase.SIGNATURE,
        Phase.HANDLING,
        Phase.CHECK,
    }
    assert [part.unit_id for part in told.parts.values()] == [desk.ground.urban_squad.pk]
