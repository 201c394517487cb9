"""What other rooms may hear, and object to."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with ``unit`` (locked) before a unit is closed; whoever still needs it raises UnitInUse.
unit_closing = Signal()

# Sent with ``departure``, within its transaction, when an account is shut for good: what waits for the person moves on.
departed = Signal()
