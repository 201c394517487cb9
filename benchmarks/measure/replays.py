"""The report of an intake replay: figures only, and nothing that anybody told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

NAME = "intake_replay"
ROWS = (
    ("rows of the file", "rows"),
    ("numbers in it", "numbers"),
    ("orders", "orders"),
    ("requests of the five platforms", "requests"),
    ("repeats, answered with the first order's number", "repeats answered with the first"),
    ("messages that wait for a person", "dead"),
    ("returns delivered", "returns delivered"),
    ("seconds until every number was answered", "seconds until all were taken"),
    ("seconds until every return was applied", "seconds"),
)
TROUBLE = {
    "no_answer": "calls without an answer, sent again",
    "cut_half": "calls that the platform cut in the middle",
    "cut_unheard": "answers that the platform did not hear",
    "return_500": "returns answered 500",
    "return_cut_before": "returns cut before they were applied",
    "return_cut_after": "returns cut after they were applied",
    "return_hang": "returns left hanging",
    "unsigned": "returns that arrived in part and were refused for their signature",
}


def write(figures: Mapping[str, Any], machine: Mapping[str, Any], folder: Path) -> None:
    """As JSON for programs and as Markdown for people."""
    folder.mkdir(parents=True, exist_ok=True)
    told = {"machine": machine, **figures}
    (folder / f"{NAME}.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    (folder / f"{NAME}.md").write_text(_text(figures, machine))


def _text(figures: Mapping[str, Any], machine: Mapping[str, Any]) -> str:
    load = ", ".join(str(each) for each in machine["load_before"])
    verdict = "; ".join(figures["faults"]) or "nothing lost, nothing done twice, nothing overtaken"
    kills = ", ".join(f"{role} {times}" for role, times in sorted(figures["kills"].items()))
    lines = [
        f"# Intake replay, {figures['at']}",
        "",
        f"- Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_mb']:,} MB, "
        f"Linux {machine['kernel']}, load before the run {load}",
        f"- Killed without warning: {kills}",
        f"- Verdict: {verdict}",
        "",
        "| figure | |",
        "|---|--:|",
        *(f"| {label} | {figures[name]:,} |" for label, name in ROWS),
        "",
        "| returns, each applied once by its platform | |",
        "|---|--:|",
        *(f"| {kind} | {times:,} |" for kind, times in sorted(figures["returns applied"].items())),
        "",
        "| what went wrong on the way | |",
        "|---|--:|",
        *(f"| {label} | {figures['trouble'].get(kind, 0):,} |" for kind, label in TROUBLE.items()),
        "",
    ]
    return "\n".join(lines)
