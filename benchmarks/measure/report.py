"""The report of a run: JSON for the next run to compare with, Markdown for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.measure.figures import Figure

# Of all scenarios; a run of some leaves it alone and is compared with it.
WHOLE = "report"
# Below this, two runs on the same machine differ by themselves.
NOTEWORTHY = 0.2
HEADER = "| figure | median | p95 | n | floor | ratio | limit | |\n|---|--:|--:|--:|--:|--:|---|---|"


@dataclass
class Part:
    """What one scenario told. ``failed``: why it could not be measured; ``speed``: of the machine before and after."""

    name: str
    title: str
    seconds: float
    figures: list[Figure]
    failed: str = ""
    speed: tuple[float, ...] = ()

    @property
    def took(self) -> str:
        told = f"({self.seconds:.0f} s"
        if self.speed:
            told += f"; bare Python adds {' → '.join(f'{each:.1f}' for each in self.speed)} million a second"
        return f"{told})"


@dataclass
class Report:
    """``before``: the report that the folder held."""

    at: str
    facts: dict[str, Any]
    parts: list[Part] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        return [figure for part in self.parts for figure in part.figures]

    @property
    def ok(self) -> bool:
        return not any(part.failed for part in self.parts) and all(each.kept is not False for each in self.figures)

    def as_json(self) -> dict[str, Any]:
        parts = [
            {
                **{"name": part.name, "title": part.title, "seconds": round(part.seconds, 1), "failed": part.failed},
                "speed": [round(each, 2) for each in part.speed],
                "figures": [_told(figure) for figure in part.figures],
            }
            for part in self.parts
        ]
        return {"at": self.at, **self.facts, "parts": parts, "compared": self.changes()}

    def changes(self) -> list[dict[str, Any]]:
        """Figures whose median moved by more than a fifth since the report before, the worst first."""
        known = {each["name"]: each for part in self.before.get("parts", []) for each in part["figures"]}
        found = []
        for figure in self.figures:
            old = known.get(figure.name, {}).get("median")
            if not old or known[figure.name]["unit"] != figure.unit:
                continue
            factor = figure.median / old
            if abs(factor - 1) > NOTEWORTHY:
                worse = (factor < 1) if figure.more_is_better else (factor > 1)
                found.append({"name": figure.name, "before": old, "now": figure.median, "worse": worse})
        return sorted(found, key=lambda each: (not each["worse"], each["name"]))

    def text(self) -> str:
        missed = [each.name for each in self.figures if each.kept is False]
        missed += [f"{part.name} (not measured)" for part in self.parts if part.failed]
        lines = [f"# Scale: {self.facts['data']['orders']:,} orders, {self.at}", "", *self._facts(), ""]
        lines += ["Missed: " + "; ".join(missed) if missed else "Every limit is kept.", ""]
        for part in self.parts:
            lines += [f"## {part.title}", ""]
            lines += [f"**Not measured:** {part.failed}", ""] if part.failed else []
            lines += [HEADER, *(_row(figure) for figure in part.figures), ""] if part.figures else []
            lines += [f"- {figure.name}: {figure.note}" for figure in part.figures if figure.note]
            lines += ["", part.took, ""]
        return "\n".join([*lines, *self._comparison(), ""])

    def _facts(self) -> list[str]:
        machine, data = self.facts["machine"], self.facts["data"]
        load = ", ".join(str(each) for each in machine["load_before"])
        lines = [
            f"- Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_mb']:,} MB, "
            f"Linux {machine['kernel']}, load before the run {load}",
            "- Versions: " + ", ".join(f"{name} {value}" for name, value in self.facts["versions"].items()),
            "- PostgreSQL: " + ", ".join(f"{name} {value}" for name, value in self.facts["settings"].items()),
            f"- Data: {data['orders']:,} orders, {data['bytes'] / 2**20:,.0f} MB"
            + "".join(
                f"; {each['table']} {each['rows']:,} rows, {each['bytes'] / 2**20:,.0f} MB"
                f" + {each['index_bytes'] / 2**20:,.0f} MB of indexes"
                for each in data["tables"][:8]
            ),
        ]
        return lines

    def _comparison(self) -> list[str]:
        if not self.before:
            return ["## Compared", "", "There is no report before this one in the folder."]
        lines = ["## Compared", "", f"With the report of {self.before['at']}, changes of more than 20 %:", ""]
        lines += [
            f"- {'worse' if each['worse'] else 'better'}: {each['name']}, {number(each['before'])} → "
            f"{number(each['now'])}"
            for each in self.changes()
        ] or ["- none"]
        return lines


def read_before(folder: Path) -> dict[str, Any]:
    path = folder / f"{WHOLE}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write(report: Report, folder: Path, name: str = WHOLE) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1) + "\n")
    (folder / f"{name}.md").write_text(report.text())


def number(value: float | None) -> str:
    """Three digits, thousands with commas."""
    if value is None:
        return ""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _told(figure: Figure) -> dict[str, Any]:
    limits = [str(limit) for limit in figure.limits]
    return {**asdict(figure), "limits": limits, "kept": figure.kept}


def _row(figure: Figure) -> str:
    floor = f"{number(figure.floor)} {figure.floor_name}".strip() if figure.floor is not None else ""
    verdict = {None: "", True: "kept", False: "**missed**"}[figure.kept]
    cells = [
        figure.name,
        f"{number(figure.median)} {figure.unit}",
        number(figure.p95),
        f"{figure.n:,}",
        floor,
        number(figure.ratio),
        ", ".join(str(limit) for limit in figure.limits),
        verdict,
    ]
    return f"| {' | '.join(cells)} |"
