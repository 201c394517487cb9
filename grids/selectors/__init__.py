"""Reads of the ground and its people."""

from .approval import may_approve
from .directory import (
    audit_of,
    entrusted,
    keys_of,
    people,
    posts_over_time,
    presence_counts,
    remaining_after,
    secondments,
    unit_tree,
    with_places,
)
from .divisions import divisions, place_at
from .grid_rows import Branch, GridFilter, GridRow, grid_rows, ground_tree, members_of
from .history import versions_of, whose_place
from .norms import norms
from .people import actor_for, memberships_in_force, post_labels
from .plan_preview import changes_of, planned_index, preview_members
from .plans import check_plan, plan_of, planned_communities, planned_grids, plans
from .staffing import StaffingFault, staffing_faults, staffing_summary
from .training import courses_missing_to, missing_courses
from .units import active_unit, may_be_dispatched_to, units, units_for_dispatch

__all__ = [
    "Branch",
    "GridFilter",
    "GridRow",
    "StaffingFault",
    "active_unit",
    "actor_for",
    "audit_of",
    "changes_of",
    "check_plan",
    "courses_missing_to",
    "divisions",
    "entrusted",
    "grid_rows",
    "ground_tree",
    "keys_of",
    "may_approve",
    "may_be_dispatched_to",
    "members_of",
    "memberships_in_force",
    "missing_courses",
    "norms",
    "people",
    "place_at",
    "plan_of",
    "planned_communities",
    "planned_grids",
    "planned_index",
    "plans",
    "post_labels",
    "posts_over_time",
    "presence_counts",
    "preview_members",
    "remaining_after",
    "secondments",
    "staffing_faults",
    "staffing_summary",
    "unit_tree",
    "units",
    "units_for_dispatch",
    "versions_of",
    "whose_place",
    "with_places",
]
