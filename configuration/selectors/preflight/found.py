"""What a hole is: one cause, however many places and matters it leaves without anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

CRITICAL, WARNING = "critical", "warning"
NAMED = 12  # So many examples are told of a hole; the count says how many there are.


@dataclass(frozen=True, slots=True)
class Hole:
    """``key`` is the same from run to run; ``count`` is of what ``unit`` says; ``link`` is where it is mended."""

    key: str
    severity: str
    title: str
    count: int
    unit: str
    examples: tuple[str, ...] = ()
    link: str = ""
    remedy: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def hole(
    key: str, severity: str, title: str, names: Iterable[str], unit: str, *, link: str, remedy: str, count: int = 0
) -> Hole:
    """A hole with its first examples; ``count`` only where it is not the number of names."""
    told = list(names)
    return Hole(key, severity, str(title), count or len(told), str(unit), tuple(told[:NAMED]), link, str(remedy))


def link_of(name: str, *args: str, query: Mapping[str, str] | None = None) -> str:
    """The address of a page of the configuration; empty while there is none."""
    try:
        address = reverse(f"configuration:{name}", args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{urlencode(query)}" if query else address
