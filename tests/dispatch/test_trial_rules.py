"""What other limits would have meant, typed by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from dispatch.rules.replaying import replay
from dispatch.rules.trials import NEVER, SURELY, Chance, Clock, Ending, Paces, explains, strikes

HOUR = 3600.0
DONE = Clock(1, 7, "standard", "resolve", "street", 8 * HOUR, 10 * HOUR, Ending.DONE, 10 * HOUR, True)
STRUCK = replace(DONE, used=10 * HOUR, ending=Ending.STRUCK)
NOTHING = Paces.of([])


def test_what_ended_in_time_strikes_only_below_what_it_used() -> None:
    assert strikes(replace(DONE, limit=9 * HOUR), NOTHING) == NEVER
    assert strikes(replace(DONE, limit=7 * HOUR), NOTHING) == SURELY


def test_what_ran_out_runs_out_sooner_too() -> None:
    assert strikes(replace(STRUCK, limit=8 * HOUR), NOTHING) == SURELY
    assert strikes(STRUCK, NOTHING) == SURELY


def test_what_nothing_changes_stays_as_it_was() -> None:
    # Acted on after the due and before the firing: late, and still not struck.
    late = replace(DONE, used=11 * HOUR, touched=False)
    assert strikes(late, NOTHING) == NEVER
    assert strikes(replace(STRUCK, touched=False), NOTHING) == SURELY


def test_time_that_was_never_given_is_a_range() -> None:
    # 20 others ended at 7.5 of 10 hours: 20 endings in 50 hours of second halves, 0.4 an hour.
    others = [replace(DONE, used=7.5 * HOUR) for _ in range(20)]
    likely = strikes(replace(STRUCK, limit=12 * HOUR), Paces.of(others))

    assert (likely.low, likely.high) == (0, 1)
    assert likely.likely == pytest.approx(math.exp(-0.8))


def test_too_few_others_say_nothing() -> None:
    others = [replace(DONE, used=7.5 * HOUR) for _ in range(19)]
    assert strikes(replace(STRUCK, limit=12 * HOUR), Paces.of(others)) == Chance(0, 1, 1)


def test_a_kind_with_too_few_goes_by_its_stage() -> None:
    others = [replace(DONE, kind="difficult", used=7.5 * HOUR) for _ in range(20)]
    assert strikes(replace(STRUCK, limit=12 * HOUR), Paces.of(others)).likely == pytest.approx(math.exp(-0.8))


@pytest.mark.parametrize(
    ("used", "ending", "explained"),
    [(8, "done", True), (10.5, "done", False), (10, "struck", True), (9, "struck", False), (3, "cut", True)],
)
def test_seconds_explain_an_ending(used: float, ending: str, explained: bool) -> None:
    assert explains(used * HOUR, 10 * HOUR, Ending(ending)) is explained


def test_an_order_that_rises_is_no_longer_in_time_at_the_street() -> None:
    outcome = replay([replace(DONE, limit=7 * HOUR), replace(DONE, order_id=2, limit=9 * HOUR)])

    assert (outcome.whole.orders, outcome.whole.escalated, outcome.whole.trial) == (2, 0, [1.0, 1.0, 1.0])
    assert (outcome.whole.resolved, outcome.whole.on_time, outcome.whole.trial_on_time) == (2, 2, [1.0, 1.0, 1.0])
    assert (outcome.whole.guessed, outcome.whole.unpaced) == (0, 0)


@pytest.mark.parametrize(("others", "unpaced"), [(19, 1), (20, 0)])
def test_what_is_guessed_without_a_pace_is_counted_where_it_happened(others: int, unpaced: int) -> None:
    """Of its kind there is one alone, so that it goes by all of its stage, to which it adds its own."""
    known = [replace(DONE, order_id=n + 2, used=7.5 * HOUR, touched=False) for n in range(others - 1)]
    outcome = replay([replace(STRUCK, limit=12 * HOUR, street_id=8, kind="difficult"), *known])

    assert (outcome.whole.guessed, outcome.whole.unpaced) == (1, unpaced)
    assert (outcome.streets[8].guessed, outcome.streets[8].unpaced) == (1, unpaced)
    assert (outcome.streets[7].guessed, outcome.kinds["standard"].unpaced) == (0, 0)
    assert outcome.stages["resolve"][2] == others


def test_a_street_counts_its_own_orders_only() -> None:
    outcome = replay([replace(DONE, limit=7 * HOUR), replace(DONE, order_id=2, street_id=8, limit=9 * HOUR)])

    assert outcome.streets[7].trial == [1.0, 1.0, 1.0]
    assert outcome.streets[8].trial == [0.0, 0.0, 0.0]


def test_what_ran_out_before_registration_still_had_everything_before_it() -> None:
    accept = replace(STRUCK, order_id=1, stage="accept", limit=20 * HOUR)
    # Half of those that were registered run out at the street.
    others = [replace(DONE, order_id=n, limit=7 * HOUR if n % 2 else 9 * HOUR) for n in range(2, 42)]
    paces = [replace(DONE, order_id=n, stage="accept", used=7.5 * HOUR, limit=20 * HOUR) for n in range(50, 70)]
    outcome = replay([accept, *others, *paces])

    # Twenty ended in 50 hours of second halves, and the one that ran out adds its own five.
    not_accepted = math.exp(-20 / 55 * 10)
    assert outcome.whole.trial[0] == pytest.approx(20)
    assert outcome.whole.trial[1] == pytest.approx(20 + not_accepted + (1 - not_accepted) * 0.5)
    assert outcome.whole.trial[2] == pytest.approx(21)


def test_at_the_district_it_is_the_time_used_in_the_end_that_counts() -> None:
    supervised = replace(STRUCK, level="district", used=14 * HOUR, limit=15 * HOUR)
    outcome = replay([supervised, replace(DONE, order_id=2, level="district", limit=7 * HOUR)])

    assert (outcome.whole.district, outcome.whole.district_on_time) == (2, 1)
    assert outcome.whole.trial_district_on_time == 1
    assert outcome.whole.orders == 0
