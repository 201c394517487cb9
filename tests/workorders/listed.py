"""A responsibility list of one rule, published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from catalogue.models import Category, Responsibility, ResponsibilityVersion
from catalogue.revisions import touch
from lianqin.kernel import clock
from lianqin.kernel.drafts import DraftState


def listed(
    category: Category,
    function: str,
    *,
    number: int = 4,
    code: str = "3.2.1",
    level: str = "street",
    assisting: Sequence[str] = (),
) -> ResponsibilityVersion:
    """Version ``number`` with this rule; called again with the same number it gains another."""
    now = clock.now()
    version, _new = ResponsibilityVersion.objects.get_or_create(
        number=number,
        defaults={
            "name": "试验清单",
            "state": DraftState.APPROVED,
            "effective_from": dt.date(2026, 1, 1),
            "submitted_at": now,
            "decided_at": now,
        },
    )
    Responsibility.objects.create(
        version=version, code=code, name="违停：现场处置", domain="traffic", category=category, level=level,
        lead_function=function, assisting=list(assisting),
    )  # fmt: skip
    touch()
    return version
