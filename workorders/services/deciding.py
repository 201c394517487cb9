"""Two actions that are one decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from lianqin.kernel.actors import Actor
from workorders.models import WorkOrder
from workorders.rules.inputs import INPUTS
from workorders.services.door import advance


@transaction.atomic
def register_and_dispatch(
    *, order_id: int, by: Actor, data: Mapping[str, Any], seen_version: int | None = None
) -> WorkOrder:
    """Register a report and send it at once: two events, or none. Raises what the two raise."""
    registered = advance(
        order_id=order_id, action="register", by=by, data=_of("register", data), seen_version=seen_version
    )
    return advance(
        order_id=order_id, action="dispatch", by=by, data=_of("dispatch", data), seen_version=registered.version
    )


def _of(action: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What of the data the action asks for."""
    return {field.name: data[field.name] for field in INPUTS[action] if field.name in data}
