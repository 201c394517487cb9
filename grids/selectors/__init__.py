"""Reads of the ground and its people."""

from .approval import may_approve
from .divisions import divisions, place_at
from .norms import norms
from .people import actor_for, memberships_in_force, post_labels
from .training import courses_missing_to, missing_courses
from .units import active_unit, may_be_dispatched_to, units, units_for_dispatch

__all__ = [
    "active_unit",
    "actor_for",
    "courses_missing_to",
    "divisions",
    "may_approve",
    "may_be_dispatched_to",
    "memberships_in_force",
    "missing_courses",
    "norms",
    "place_at",
    "post_labels",
    "units",
    "units_for_dispatch",
]
