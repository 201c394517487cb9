"""How figures are written and which sums they are made of."""

from __future__ import annotations

import pytest

from dispatch.rules.wall import MEASURES, SPLITS, mean_time, of, percent, shares
from insight.rules import NAMES


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    # Rounded half up: 1/32 is 3.125, 16,013/16,169 is 99.0352 in the records.
    [(1, 32, "3.13"), (3, 32, "9.38"), (16013, 16169, "99.04"), (2, 3, "66.67"), (0, 7, "0.00"), (0, 0, "\u2013")],
)  # fmt: skip
def test_percent(part: int, whole: int, written: str) -> None:
    assert percent(part, whole) == written


@pytest.mark.parametrize(
    ("seconds", "number", "written"),
    [(90, 1, ("1.5", "分钟")), (3 * 60, 4, ("0.8", "分钟")), (36_000, 1, ("10.0", "小时")), (0, 0, ("\u2013", ""))],
)
def test_mean_time(seconds: int, number: int, written: tuple[str, str]) -> None:
    assert mean_time(seconds, number) == written


def test_parts_make_the_whole() -> None:
    sums = {"closed": 10, "closed_on_site": 7, "closed_by_enforcement": 1, "closed_first_level": 8}
    assert {split.key: shares(split, sums) for split in SPLITS} == {
        "level": [8, 2], "on_site": [7, 3], "tier": [7, 2, 1],
    }  # fmt: skip


def test_every_measure_is_counted_somewhere() -> None:
    named = {name for each in MEASURES for name in (each.part, each.minus, each.plus, each.whole) if name}
    named |= {part.part for split in SPLITS for part in split.parts if part.part} | {split.whole for split in SPLITS}
    assert named <= set(NAMES)


def test_on_time_is_closed_less_late() -> None:
    on_time = next(each for each in MEASURES if each.key == "on_time")
    assert of({"closed": 40, "closed_late": 3}, on_time) == (37, 40)


def test_what_arbitration_upheld_was_not_wrong() -> None:
    accuracy = next(each for each in MEASURES if each.key == "accuracy")
    assert of({"dispatched": 50, "misdispatched": 4, "upheld": 1}, accuracy) == (47, 50)
