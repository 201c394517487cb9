"""Telephone numbers: read whole, shown masked."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.rules import masked_phone
from configuration.tables.base import Column
from configuration.tables.widgets import Text


class Telephone(Text):
    def __init__(self) -> None:
        super().__init__(20)

    def shown(self, text: str) -> str:
        return text if "*" in text else masked_phone(text)


def with_phones_masked(cells: Mapping[str, str] | None, columns: Mapping[str, Column]) -> dict[str, str] | None:
    """The cells of a line as answers show them."""
    if cells is None:
        return None
    widgets = {name: columns[name].widget for name in cells if name in columns}
    return {
        name: widget.shown(text) if isinstance(widget := widgets.get(name), Telephone) else text
        for name, text in cells.items()
    }
