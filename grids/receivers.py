"""News that this room listens to."""

from __future__ import annotations

from relay.models import OutboxMessage
from relay.registry import consumer

from .rules import GROUND_CHANGED
from .services.elements_in_bulk import relocate_elements


@consumer("grids.relocate_elements", [GROUND_CHANGED])
def relocate(message: OutboxMessage) -> None:
    """Boundaries moved: what stands on the ground is put into the grids that hold it now."""
    relocate_elements()
