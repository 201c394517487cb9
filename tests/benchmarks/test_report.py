"""What a run of the benchmarks says: limits, ratios, and what changed since the last run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.measure.figures import MEDIAN, P95, RATIO, Figure, Limit, of_times, percentile
from benchmarks.measure.report import Part, Report, read_before, write

FACTS: dict[str, Any] = {
    "machine": {"processor": "Abacus", "cores": 4, "memory_mb": 8000, "kernel": "6.1", "load_before": [0.1, 0.2, 0.3]},
    "versions": {"Python": "3.11.7", "PostgreSQL": "18.4"},
    "settings": {"fsync": "on"},
    "data": {"orders": 867000, "bytes": 2**30, "tables": []},
}


def report_of(*figures: Figure, failed: str = "", before: dict[str, Any] | None = None) -> Report:
    part = Part("lists", "Lists by every filter", 12.3, list(figures), failed)
    return Report(at="2026-11-21T20:00:00+00:00", facts=FACTS, parts=[part], before=before or {})


def told(name: str, median: float, unit: str = "ms") -> dict[str, Any]:
    return {"at": "2026-11-20T20:00:00+00:00", "parts": [{"figures": [{"name": name, "unit": unit, "median": median}]}]}


def test_durations_are_told_by_median_and_nearest_rank() -> None:
    figure = of_times("detail", [0.010, 0.030, 0.020, 0.040])
    assert (figure.median, figure.p95, figure.n) == (25.0, 40.0, 4)
    assert percentile(list(range(1, 101)), 95) == 95
    assert percentile([7.0], 95) == 7.0


def test_a_rate_stands_to_its_floor_as_a_ratio() -> None:
    limit = Limit(RATIO, least=0.25)
    assert Figure("transitions", "transitions/s", 600, floor=2400, limits=(limit,)).kept is True
    assert Figure("transitions", "transitions/s", 599, floor=2400, limits=(limit,)).kept is False


def test_every_limit_must_be_kept() -> None:
    limits = (Limit(P95, most=50), Limit(RATIO, most=5))
    assert Figure("lists", "ms", 10, p95=50, floor=2, limits=limits).kept is True
    assert Figure("lists", "ms", 10, p95=50.1, floor=2, limits=limits).kept is False
    assert Figure("lists", "ms", 10, p95=50, floor=1.9, limits=limits).kept is False


def test_a_figure_that_is_missing_keeps_no_limit() -> None:
    assert Figure("lists", "ms", 10, limits=(Limit(P95, most=50),)).kept is False
    assert Figure("lists", "ms", 10).kept is None


@pytest.mark.parametrize(
    ("now", "unit", "told_as"),
    [(12.1, "ms", True), (7.9, "ms", False), (12.1, "answers/s", False), (7.9, "answers/s", True)],
)
def test_more_than_a_fifth_is_a_change_and_its_direction_depends_on_the_unit(
    now: float, unit: str, told_as: bool
) -> None:
    report = report_of(Figure("x", unit, now), before=told("x", 10.0, unit))
    assert report.changes() == [{"name": "x", "before": 10.0, "now": now, "worse": told_as}]


def test_less_than_a_fifth_another_unit_or_another_figure_is_no_change() -> None:
    assert report_of(Figure("x", "ms", 11.9), before=told("x", 10.0)).changes() == []
    assert report_of(Figure("x", "us", 99.0), before=told("x", 10.0)).changes() == []
    assert report_of(Figure("y", "ms", 99.0), before=told("x", 10.0)).changes() == []


def test_the_report_names_what_was_missed_and_what_could_not_be_measured(tmp_path: Path) -> None:
    slow = Figure("lists as citizen", "ms", 60, p95=80, limits=(Limit(P95, most=50),))
    assert "Missed: lists as citizen\n" in report_of(slow).text()
    text = report_of(failed="the server does not answer").text()
    assert "Missed: lists (not measured)" in text
    assert "**Not measured:** the server does not answer" in text
    assert "Every limit is kept." in report_of(Figure("x", "ms", 1, limits=(Limit(MEDIAN, most=2),))).text()


def test_a_failed_scenario_or_a_missed_limit_fails_the_run() -> None:
    assert report_of(Figure("x", "ms", 1)).ok
    assert not report_of(Figure("x", "ms", 1), failed="no").ok
    assert not report_of(Figure("x", "ms", 3, limits=(Limit(MEDIAN, most=2),))).ok


def test_the_next_run_reads_what_this_one_wrote(tmp_path: Path) -> None:
    assert read_before(tmp_path) == {}
    write(report_of(Figure("x", "ms", 10.0, floor=4.0, limits=(Limit(RATIO, most=5),))), tmp_path)
    kept = json.loads((tmp_path / "report.json").read_text())["parts"][0]["figures"][0]
    assert (kept["ratio"], kept["limits"], kept["kept"]) == (2.5, ["ratio ≤ 5"], True)
    again = report_of(Figure("x", "ms", 15.0), before=read_before(tmp_path))
    assert [each["name"] for each in again.changes()] == ["x"]
    write(again, tmp_path)
    assert "- worse: x, 10 → 15" in (tmp_path / "report.md").read_text()


def test_a_run_of_some_scenarios_leaves_the_report_of_all_alone(tmp_path: Path) -> None:
    write(report_of(Figure("x", "ms", 10.0)), tmp_path)
    write(report_of(Figure("x", "ms", 99.0)), tmp_path, "lists")
    assert read_before(tmp_path)["parts"][0]["figures"][0]["median"] == 10.0
    assert json.loads((tmp_path / "lists.json").read_text())["parts"][0]["figures"][0]["median"] == 99.0
