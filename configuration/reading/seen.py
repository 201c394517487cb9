"""Which submission of a draft its reader saw, as a form tells it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.dateparse import parse_datetime

NOTHING = dt.datetime.min.replace(tzinfo=dt.UTC)


def read_seen(told: Mapping[str, str]) -> dt.datetime:
    """Return ``submitted_at`` as it was shown; a form that does not tell it saw nothing that was ever submitted."""
    try:
        seen = parse_datetime(told.get("seen", "")[:40])
    except ValueError:
        return NOTHING
    return seen if seen is not None and seen.tzinfo is not None else NOTHING
