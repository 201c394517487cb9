"""Reads of the ground and its people."""

from .approval import may_approve
from .divisions import divisions, place_at
from .grid_rows import Branch, GridFilter, GridRow, grid_rows, ground_tree, members_of
from .norms import norms
from .people import actor_for, memberships_in_force, post_labels
from .training import courses_missing_to, missing_courses
from .units import active_unit, may_be_dispatched_to, units, units_for_dispatch

__all__ = [
    "Branch",
    "GridFilter",
    "GridRow",
    "active_unit",
    "actor_for",
    "courses_missing_to",
    "divisions",
    "grid_rows",
    "ground_tree",
    "may_approve",
    "may_be_dispatched_to",
    "members_of",
    "memberships_in_force",
    "missing_courses",
    "norms",
    "place_at",
    "post_labels",
    "units",
    "units_for_dispatch",
]
