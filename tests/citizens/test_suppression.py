"""What is kept back cannot be worked out, and no more is kept back than that takes."""

from __future__ import annotations

import itertools
import random

import pytest

from citizens.rules.suppression import kept_back, with_totals
from tests.citizens.attacker import Key, bounds

LEAST = 10
# (street, class) -> count.
PLAIN = {
    ("A", "x"): 3, ("A", "y"): 40, ("A", "z"): 70,
    ("B", "x"): 50, ("B", "y"): 20, ("B", "z"): 80,
    ("C", "x"): 90, ("C", "y"): 60, ("C", "z"): 0,
}  # fmt: skip


def shown(counts: dict[Key, int]) -> dict[Key, int | None]:
    table, hidden = with_totals(counts), kept_back(counts, LEAST)
    return {key: None if key in hidden else count for key, count in table.items()}


def test_nothing_is_kept_back_where_nothing_is_small() -> None:
    assert kept_back({("A", "x"): 10, ("A", "y"): 0, ("B", "x"): 400, ("B", "y"): 11}, LEAST) == frozenset()


def test_a_small_number_takes_the_cheapest_others_along_and_no_total() -> None:
    assert kept_back(PLAIN, LEAST) == {("A", "x"), ("A", "y"), ("B", "x"), ("B", "y")}


def test_two_small_ones_of_a_line_do_not_guard_each_other() -> None:
    """1 + 1 = 2 has one answer: a third is needed."""
    counts = {("A", "x"): 1, ("A", "y"): 1, ("A", "z"): 30, ("B", "x"): 1, ("B", "y"): 1, ("B", "z"): 40}
    found = bounds(shown(counts))
    assert min(most - least for least, most in found.values()) >= LEAST - 1


def test_a_lonely_number_takes_totals_along() -> None:
    assert kept_back({("A", "x"): 4}, LEAST) == {("A", "x"), ("A", "total"), ("total", "x"), ("total", "total")}


def test_the_attacker_can_do_it_where_only_the_small_one_is_missing() -> None:
    table = {key: None if key == ("A", "x") else count for key, count in with_totals(PLAIN).items()}
    assert bounds(table) == {("A", "x"): (3, 3)}


def test_every_way_to_fill_the_gaps_by_hand() -> None:
    """Brute force, without any solver: all tables that agree with what is shown."""
    counts = {("A", "x"): 2, ("A", "y"): 12, ("B", "x"): 13, ("B", "y"): 11}
    assert kept_back(counts, LEAST) == set(counts)
    found = set()
    for a, b, c, d in itertools.product(range(1, 26), repeat=4):
        if (a + b, c + d, a + c, b + d) == (14, 24, 15, 23):
            found.add((a, b, c, d))
    assert {each[0] for each in found} == set(range(1, 14))
    assert {each[3] for each in found} == set(range(10, 23))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_ten_values_remain_possible_and_the_true_one_is_among_them(seed: int) -> None:
    chance = random.Random(seed)
    rows, columns = chance.choice([(2, 2), (3, 4), (6, 5)])
    mean = chance.choice([2, 6, 15, 40])
    keys = itertools.product((f"r{n}" for n in range(rows)), (f"c{n}" for n in range(columns)))
    counts = {key: 0 if chance.random() < 0.2 else int(chance.expovariate(1 / mean)) for key in keys}
    table = with_totals(counts)
    told = shown(counts)
    assert all(told[key] is None for key, count in table.items() if 0 < count < LEAST)
    for key, (least, most) in bounds(told).items():
        assert most - least >= LEAST - 1, key
        assert least <= table[key] <= most
