"""Every stage has a rule; the figures are typed out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pytest_django.asserts import assertNumQueries

from catalogue import revisions
from catalogue.deadlines import Policy, policy_for
from catalogue.errors import DeadlineInvalid
from catalogue.models import Category, DeadlineRule
from catalogue.services import change_deadline
from lianqin.kernel.actors import SYSTEM, Actor
from lianqin.kernel.errors import NotAllowed

STAGES = ("accept", "resolve", "dispatch", "acknowledge", "handle", "verify", "review", "decide", "callback")
MIN, WD, CLOCK, HOURS = "minutes", "workdays", True, False


def ask(stage: str, urgency: str, level: str = "street", code: str = "0101", source: str = "") -> Policy:
    category_id = Category.objects.get(code=code).pk if code else None
    return policy_for(stage=stage, level=level, category_id=category_id, urgency=urgency, source=source)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (("accept", "critical"), (15, MIN, CLOCK, 900)),
        (("accept", "urgent"), (30, MIN, CLOCK, 1800)),
        (("accept", "normal"), (120, MIN, HOURS, 7200)),
        (("accept", "normal", "street", "", "hotline_12345"), (60, MIN, HOURS, 3600)),
        (("accept", "normal", "street", "0101", "police_110"), (30, MIN, CLOCK, 1800)),
        (("accept", "critical", "street", "0101", "police_110"), (10, MIN, CLOCK, 600)),
        (("accept", "critical", "street", "0101", "hotline_12345"), (15, MIN, CLOCK, 900)),
        (("accept", "normal", "street", "0101", "portal"), (1, WD, HOURS, 25200)),
        (("accept", "normal", "street", "0101", "grid_worker"), (120, MIN, HOURS, 7200)),
        (("resolve", "critical"), (240, MIN, CLOCK, 14400)),
        (("resolve", "critical", "district"), (240, MIN, CLOCK, 14400)),
        (("resolve", "urgent"), (360, MIN, CLOCK, 21600)),
        (("resolve", "urgent", "district"), (1, WD, HOURS, 25200)),
        (("resolve", "normal"), (3, WD, HOURS, 75600)),
        (("resolve", "normal", "district"), (5, WD, HOURS, 126000)),
        (("resolve", "normal", "street", "0202"), (5, WD, HOURS, 126000)),  # difficult
        (("resolve", "critical", "street", "0202"), (240, MIN, CLOCK, 14400)),  # urgency first
        (("resolve", "urgent", "street", "0406"), (360, MIN, CLOCK, 21600)),
        (("dispatch", "normal", "district"), (120, MIN, HOURS, 7200)),
        (("acknowledge", "urgent"), (20, MIN, CLOCK, 1200)),
        (("handle", "normal"), (2, WD, HOURS, 50400)),
        (("verify", "normal"), (1, WD, HOURS, 25200)),
        (("review", "normal"), (20, WD, HOURS, 504000)),
        (("decide", "normal"), (240, MIN, HOURS, 14400)),
        (("callback", "normal"), (2, WD, HOURS, 50400)),
    ],
)
def test_figures(asked: tuple[str, ...], expected: tuple[int, str, bool, int]) -> None:
    policy = ask(*asked)
    assert (policy.amount, policy.unit, policy.around_the_clock, policy.seconds) == expected
    assert policy.rule_id is not None
    assert policy.calendar_version == 1


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("urgency", ["normal", "urgent", "critical"])
@pytest.mark.parametrize("level", ["street", "district"])
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_always_has_a_rule(stage: str, level: str, urgency: str) -> None:
    for category_id in (None, *Category.objects.values_list("pk", flat=True)):
        policy = policy_for(stage=stage, level=level, category_id=category_id, urgency=urgency)
        assert policy.seconds > 0
        assert policy.rule_id is not None


@pytest.mark.django_db
@pytest.mark.parametrize("stage", STAGES)
def test_an_empty_table_still_gives_a_clock(stage: str) -> None:
    assert not DeadlineRule.objects.exists()
    policy = policy_for(stage=stage, level="street", category_id=None, urgency="normal")
    assert policy.seconds > 0
    assert policy.rule_id is None
    assert policy.calendar_version == 0


@pytest.mark.django_db
def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        policy_for(stage="nonsense", level="street", category_id=None, urgency="normal")


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("stage", ["accept", "handle"])
def test_inner_stages_fit_into_resolve(stage: str) -> None:
    for level in ("street", "district"):
        for urgency in ("normal", "urgent", "critical"):
            assert ask(stage, urgency, level).seconds < ask("resolve", urgency, level).seconds


@pytest.mark.usefixtures("seeded")
def test_no_query_when_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(revisions, "_monotonic", lambda: now)
    revisions.forget()
    asked: dict[str, Any] = {"stage": "resolve", "level": "street", "category_id": None, "urgency": "normal"}
    policy_for(**asked)
    with assertNumQueries(0):
        for _ in range(100):
            policy_for(**asked)
    now += 1.01
    with assertNumQueries(1):  # looks at the version row, finds nothing new
        policy_for(**asked)


@pytest.mark.usefixtures("seeded")
def test_a_changed_rule_moves_no_running_clock() -> None:
    frozen = ask("resolve", "normal").as_snapshot()
    rule = change_deadline(
        stage="resolve", urgency="normal", level="street", amount=2, unit="workdays", by=SYSTEM,
        valid_from=dt.date(2020, 1, 1),
    )  # fmt: skip
    assert ask("resolve", "normal").rule_id == rule.pk
    assert ask("resolve", "normal").seconds == 50400
    assert Policy.from_snapshot(frozen).seconds == 75600
    start = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)
    assert Policy.from_snapshot(frozen).due_at(start) == dt.datetime(2026, 11, 26, 2, 0, tzinfo=dt.UTC)
    assert Policy.from_snapshot(frozen).due_at(start, share=0.5) == dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)


def test_a_rule_for_one_matter_wins_over_its_class(seeded: None) -> None:
    class_id, leaf_id = (Category.objects.get(code=code).pk for code in ("01", "0101"))
    common: dict[str, Any] = {"stage": "verify", "urgency": "normal", "unit": "minutes", "by": SYSTEM}
    change_deadline(category_id=class_id, amount=90, **common)
    assert ask("verify", "normal").amount == 90
    change_deadline(category_id=leaf_id, amount=45, **common)
    assert ask("verify", "normal").amount == 45
    assert ask("verify", "normal", code="0102").amount == 90
    assert ask("verify", "normal", code="0202").unit == "workdays"


def test_a_future_rule_waits_for_its_day(seeded: None) -> None:
    change_deadline(
        stage="decide", urgency="normal", amount=30, unit="minutes", by=SYSTEM, valid_from=dt.date(2099, 1, 1)
    )
    assert ask("decide", "normal").amount == 240
    later = policy_for(stage="decide", level="street", category_id=None, urgency="normal", on=dt.date(2099, 1, 1))
    assert later.amount == 30


def test_refusals_write_nothing(seeded: None, sysadmin: Actor, commander: Actor, dispatcher: Actor) -> None:
    before = DeadlineRule.objects.count()
    for person in (dispatcher, sysadmin, commander):  # Whoever it is: a person goes through a draft.
        with pytest.raises(NotAllowed):
            change_deadline(stage="verify", amount=1, unit="minutes", by=person)
    with pytest.raises(DeadlineInvalid):
        change_deadline(stage="verify", amount=1, unit="workdays", around_the_clock=True, by=SYSTEM)
    with pytest.raises(DeadlineInvalid):
        change_deadline(stage="verify", amount=0, unit="minutes", by=SYSTEM)
    assert DeadlineRule.objects.count() == before
