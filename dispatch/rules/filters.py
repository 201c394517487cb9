"""What a saved filter keeps of an address. Pure."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

PARAMETERS = ("tab", "q", "category", "street", "community", "source", "sort")
MOST = 20
LONGEST_NAME = 16
LONGEST_VALUE = 80


def tidy(query: str) -> str:
    """The known parameters of a query, once each and in one sequence; empty where nothing is asked for."""
    asked = dict(parse_qsl(query.removeprefix("?"), max_num_fields=40))
    kept = {name: asked[name][:LONGEST_VALUE] for name in PARAMETERS if asked.get(name)}
    return urlencode(kept)


def has_conditions(query: str) -> bool:
    """Whether a tidy query asks for more than a tab."""
    return any(name != "tab" for name, _value in parse_qsl(query))
