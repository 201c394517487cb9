"""Numbers that receive codes, however they are typed. Pure."""

from __future__ import annotations

import re
import unicodedata

MOBILE = re.compile(r"1[3-9]\d{9}")
SEPARATORS = re.compile(r"[\s\-()（）.]+")


def mobile(typed: str) -> str:
    """Eleven digits, or nothing if it is no mobile number of the mainland."""
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    plain = plain.removeprefix("+86").removeprefix("0086")
    return plain if MOBILE.fullmatch(plain) else ""


def digits(typed: str) -> str:
    """A code as it was meant: six digits, or nothing."""
    plain = SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    return plain if len(plain) == 6 and plain.isascii() and plain.isdigit() else ""
