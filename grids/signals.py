"""What other rooms may hear, and object to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``unit`` (locked) before a unit is closed; whoever still needs it raises UnitInUse.
unit_closing = Signal()
