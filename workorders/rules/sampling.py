"""Which on-the-spot orders the sub-centre checks itself: a seeded draw that nobody in the field can foresee."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

ONE_IN = 20


def drawn(number: str, one_in: int = ONE_IN) -> bool:
    """The same answer for the same order always; one order in ``one_in`` on average."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"on-site:{number}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % one_in == 0
