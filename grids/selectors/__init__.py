"""Reads of the ground and its people."""

from .approval import may_approve
from .divisions import divisions, place_at
from .people import actor_for, memberships_in_force, post_labels
from .units import active_unit, may_be_dispatched_to, units, units_for_dispatch

__all__ = [
    "active_unit",
    "actor_for",
    "divisions",
    "may_approve",
    "may_be_dispatched_to",
    "memberships_in_force",
    "place_at",
    "post_labels",
    "units",
    "units_for_dispatch",
]
