"""Numbers that somebody sent as text."""

from __future__ import annotations


def whole(text: str | None, digits: int = 18) -> int | None:
    """Read a whole number of at most ``digits`` ASCII digits; None for anything else.

    Eighteen digits are what a key of the database holds; thousands of them are what Python refuses to read at all.
    """
    return int(text) if text and len(text) <= digits and text.isascii() and text.isdecimal() else None
