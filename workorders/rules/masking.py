"""Hide who somebody is, and leave enough to recognise one whom one knows. Pure."""

from __future__ import annotations

import re

HIDDEN = "**"
DIGITS = re.compile(r"\d")


def mask_name(name: str) -> str:
    """``刘德华`` becomes ``刘**``."""
    return name[:1] + HIDDEN if name else ""


def mask_phone(phone: str) -> str:
    """``13812341234`` becomes ``138****1234``; of a short number only the last two digits stay."""
    digits = "".join(DIGITS.findall(phone))
    if not phone:
        return ""
    if len(digits) < 7:
        return "****"
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 11 else f"****{digits[-2:]}"
