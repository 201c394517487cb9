"""The public door: how often, and whether at all. What comes in by it asks here first."""

from __future__ import annotations

from django.http import HttpRequest

from citizens.rules.limits import BLOCKED
from citizens.services.blocks import require_not_blocked
from citizens.services.limits import count
from citizens.services.visitors import visitor_of

PARAMETER = "work"


def admit(request: HttpRequest, what: str) -> None:
    """Count one more ``what``, a row of the figures, of who asks. Raises Limited and Blocked.

    The proof of work comes in the address, so that nothing is read of what may be refused.
    """
    visitor = visitor_of(request)
    count(visitor, what, proof=request.GET.get(PARAMETER, ""))
    if what in BLOCKED:
        require_not_blocked(visitor)
