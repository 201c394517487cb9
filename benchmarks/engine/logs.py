"""Read what the processes said: every exception that nobody expected is a fault."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

# What a cut connection, a flushed Redis or a killed child may say; nothing else is forgiven.
EXPECTED = {
    "connection cut": re.compile(
        r"terminating connection due to administrator command|server closed the connection unexpectedly"
        r"|the connection is (closed|lost)|connection already closed|consuming input failed|AdminShutdown"
        r"|connection (is bad|failed)|sending query (and params )?failed|SSL connection has been closed"
    ),
    "worker child killed": re.compile(r"WorkerLostError|exited prematurely|signal 9 \(SIGKILL\)"),
    "redis": re.compile(r"redis\.exceptions\.|kombu\.exceptions\.OperationalError|Connection to broker lost"),
}
TRACEBACK = "Traceback (most recent call last):"
# A line of a log that says that something went wrong, without a traceback.
ERROR = re.compile(r"\b(ERROR|CRITICAL)\b")
# Celery's way of handing a traceback on: the traceback itself follows.
WRAPPER = "billiard.einfo.ExceptionWithTraceback"
INDENTED = (" ", "\t", "+", "|")


@dataclass
class Spoken:
    unexpected: list[str] = field(default_factory=list)
    expected: Counter[str] = field(default_factory=Counter)
    swept: Counter[str] = field(default_factory=Counter)
    people: Counter[str] = field(default_factory=Counter)


def read(paths: list[Path]) -> Spoken:
    spoken = Spoken()
    for path in paths:
        role = path.stem.partition("-")[2]
        lines = path.read_text(errors="replace").splitlines()
        for complaint in _complaints(lines):
            kind = next((kind for kind, pattern in EXPECTED.items() if pattern.search(complaint)), None)
            if kind is None:
                spoken.unexpected.append(f"{path.name}: {complaint[:400]}")
            else:
                spoken.expected[f"{kind} ({role})"] += 1
        spoken.swept[role] += sum(int(each.rpartition(" ")[2]) for each in lines if _is_sweep(each))
        # Every client says again and again what it has done so far.
        told = [line for line in lines if line.startswith("COUNT ")]
        if told:
            spoken.people.update(ast.literal_eval(told[-1].removeprefix("COUNT ")))
    spoken.swept = +spoken.swept
    return spoken


def _is_sweep(line: str) -> bool:
    return re.fullmatch(r"SWEPT \d+", line) is not None


def _complaints(lines: list[str]) -> Iterator[str]:
    """The closing lines of every traceback, and every line of an error that has none."""
    index = 0
    while index < len(lines):
        line = lines[index]
        if TRACEBACK in line:
            closing, index = _closing(lines, index + 1)
            if closing and not closing.startswith(WRAPPER):
                yield closing
            continue
        follows = any(TRACEBACK in each for each in lines[index + 1 : index + 4])
        if ERROR.search(line) and not follows:
            yield " ".join(lines[index : index + 3])
        index += 1


def _closing(lines: list[str], index: int) -> tuple[str, int]:
    """The exception of a traceback with its message; nothing if the process was killed while it spoke."""
    while index < len(lines) and (not lines[index].strip() or lines[index].startswith(INDENTED)):
        index += 1
    end = index
    while end < len(lines) and end < index + 4 and lines[end].strip() and TRACEBACK not in lines[end]:
        end += 1
    return " ".join(lines[index:end]), max(end, index)
