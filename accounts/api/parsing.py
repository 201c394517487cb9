"""JSON in, but no deeper than anything of ours: what nests without end would exhaust the stack."""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 20


class ShallowJSONParser(JSONParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Raise ParseError for what is no JSON, or deeper than ``DEEPEST``."""
        try:
            data = super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError from error
        level = [data]
        for _depth in range(DEEPEST):
            level = [child for each in level for child in _children(each)]
            if not level:
                return data
        raise ParseError


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
